// Registry: finds plugins, looks at each file before loading it, loads only what is asked for, and never unloads what has run.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/plugin.h"

namespace lockstep {

/// One file of a plugin directory.
struct PluginFile {
  std::filesystem::path path;
  std::string kind;  ///< "provider", "store" or empty
  std::string name;  ///< known once loaded; before, the file's name without "lib" and ".so"
  std::string version;
  std::string summary;
  bool loaded = false;
  std::string refused;  ///< why not; empty when loaded or not asked for
};

class Registry {
 public:
  /// Directories in the order of precedence; missing ones are skipped.
  explicit Registry(std::vector<std::filesystem::path> directories);
  ~Registry();

  /// Every *.so of the directories, each loaded or refused with its reason. For `lockstep plugins`.
  std::vector<PluginFile> survey();
  /// The plugin of that name, loaded on first use. Throws Error{Invalid} naming the directories and what was found, with a suggestion.
  const ProviderPlugin& provider(std::string_view name);
  const StorePlugin& store(std::string_view name);
  /// The file of that name, loaded or refused. Throws as provider() does when there is none.
  PluginFile file(std::string_view name);
  /// Names of the files that look like a plugin of that kind, without loading: for suggestions.
  std::vector<std::string> names() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lockstep
