// Reference: one page of all commands, keys of the YAML files, converters and stages of hooks, from the program's own tables.
#pragma once

#include <string>
#include <vector>

#include "cli/arguments.h"
#include "plugin/registry.h"

namespace lockstep {

/// In Markdown. The keys of providers and stores are those of every plugin that `registry` can load.
std::string reference(const std::vector<Command>& commands, Registry& registry);

}  // namespace lockstep
