// Schema: the JSON Schema (draft 7) of a form, for editors: what they complete, explain and underline while somebody writes YAML.
#pragma once

#include <string>

#include "config/config.h"
#include "data/json.h"
#include "format/form.h"
#include "plugin/registry.h"

namespace lockstep {

/// `title` is what an editor shows for the whole file.
Json schema_of(const yaml::Form& form, const std::string& title);

/// "configuration", "mapping", "provider" (a table of the plugin rest), "resources" or "tests". The configuration knows the options of
/// every plugin that `registry` can load, and the names that are the program's `own`.
Json schema_named(const std::string& name, Registry& registry, const OwnNames& own);

}  // namespace lockstep
