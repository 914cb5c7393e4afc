// Plugin options: what an entry of the configuration gives a plugin, held against the plugin's own table.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "config/config.h"
#include "format/yaml.h"
#include "sdk/plugin.h"

namespace lockstep {

struct OptionRules {
  const std::filesystem::path& directory;  ///< where relative paths start
  const yaml::Environment& doubt;          ///< why the value of a variable must not say where data goes; empty: any may
  const std::string& timeout;              ///< in place of the option `timeout`, where the table has one; empty: no
};

std::span<const Option> options_of(const PluginHead& head);

/// Those that are right; each that is wrong, unknown or lacking goes to `problems`. Secrets are registered.
OptionValues read_options(const PluginUse& use, std::span<const Option> table, const OptionRules& rules, yaml::Problems& problems);

}  // namespace lockstep
