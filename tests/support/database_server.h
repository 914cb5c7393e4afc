// A database server of the tests: the one that ctest started for all of them, else one of this program's own.
#pragma once

#include <string>

namespace lockstep {

/// A server of a program's own, which ends with the object. Throws std::runtime_error when one is installed and does not start.
class DatabaseServer {
 public:
  /// `name`: of the script NAME_server.sh. `options`: the server's, as a shell reads them.
  explicit DatabaseServer(const std::string& name, const std::string& options = {});
  ~DatabaseServer();
  DatabaseServer(const DatabaseServer&) = delete;
  DatabaseServer& operator=(const DatabaseServer&) = delete;

  /// In which its socket is; empty where none is installed.
  const std::string& folder() const { return folder_; }
  /// As if its machine had lost its power.
  void crash() const { ask("crash"); }
  void restart() const { ask("restart"); }
  /// One of the script's other verbs. Throws std::runtime_error when it fails.
  void ask(const std::string& verb, const std::string& more = {}) const;

 private:
  int run(const std::string& words) const;

  std::string script_, file_, folder_;
};

/// The folder of the common server, or of one of this program's own. `answers`: whether a server does in a folder.
std::string folder_of_common(const std::string& name, bool (*answers)(const std::string& folder));

}  // namespace lockstep
