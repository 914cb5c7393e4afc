// plugins: what lies in the plugin directories, and what came of loading it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/json.h"
#include "plugin/registry.h"

namespace lockstep::operations {

struct PluginsOutcome {
  std::vector<PluginFile> plugins;
  std::vector<std::filesystem::path> directories;  ///< that were looked in, in this order
};

/// Loads each that may be loaded. Throws nothing for one that is refused: that is said of it.
PluginsOutcome plugins(const std::vector<std::filesystem::path>& directories);

/// {"plugins": [{"name", "kind", "version", "summary", "file", "loaded", "refused"}], "directories"}
Json to_json(const PluginsOutcome& outcome);

}  // namespace lockstep::operations
