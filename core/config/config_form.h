// The form of lockstep.yaml: what the reader of configurations accepts, and the JSON Schema for editors says.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.h"
#include "format/form.h"
#include "sdk/options.h"

namespace lockstep {

/// A plugin that may stand under `providers` or `stores`.
struct PluginForm {
  std::string name, summary;
  std::span<const Option> options;
};

/// Its parts by name: key(configuration_form(), "syncs").form. Of the entries under `stores` and `providers` it knows what all have.
const yaml::Form& configuration_form();
/// The same with the options of each of these plugins, and without the names that the program has for itself.
yaml::Form configuration_form(std::span<const PluginForm> providers, std::span<const PluginForm> stores, const OwnNames& own);
/// Of an entry under `syncs`, `providers` …: "syncs" → the map behind a name.
const yaml::Form& entry_form(std::string_view section);
/// A row of an option table as a key.
yaml::Key key_of(const Option& option);

}  // namespace lockstep
