// StateFolder: what `lockstep serve` keeps beside the databases: tokens, pauses, plans. JSON files, each written whole or not at all, that
// only the user of this process can read.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "config/config.h"
#include "data/json.h"

namespace lockstep::serve {

/// Where it is: `serve.state`, else STATE_DIRECTORY (systemd), else .lockstep beside the configuration.
std::filesystem::path state_path(const Configuration& configuration);

/// Any thread, and any process.
class StateFolder {
 public:
  /// Makes the folder. Throws Error{Storage}, or Error{Invalid} where somebody else could write it.
  explicit StateFolder(std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }
  /// The JSON in a file; null when there is none. Throws Error{Corrupt} naming it.
  Json read(const std::string& name) const;
  /// Reads, changes and writes it while no other process does. Throws what `change` throws, and Error{Storage}; then it is as it was.
  void change(const std::string& name, const std::function<void(Json&)>& change) const;
  /// Changes whenever the file does; 0: there is none.
  std::int64_t version(const std::string& name) const;

 private:
  const std::filesystem::path path_;
};

}  // namespace lockstep::serve
