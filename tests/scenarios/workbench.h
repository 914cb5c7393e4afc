// Workbench: a directory with the shipped configuration, a database of its own and the environment that leads to a sandbox.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/scratch_folder.h"
#include "sandbox/sandbox.h"
#include "scenarios/database_kind.h"
#include "scenarios/program.h"

namespace lockstep::test {

constexpr const char* kKey = "key-of-the-sandbox-5f2c";

/// Settings of a sandbox that the workbench's key opens.
sandbox::Options sandbox_options(std::size_t assistants = 0);

class Workbench {
 public:
  explicit Workbench(const sandbox::Sandbox& sandbox, const DatabaseKind& kind = sqlite_kind());
  /// Removes directory and database.
  ~Workbench();
  Workbench(const Workbench&) = delete;
  Workbench& operator=(const Workbench&) = delete;

  const std::filesystem::path& directory() const { return folder_.path(); }
  const std::string& database() const { return database_; }
  std::map<std::string, std::string>& environment() { return environment_; }

  /// `path` lies in the directory; its folders are made.
  void write(const std::string& path, const std::string& text) const;
  /// Adds a line to the shipped configuration, beside the line `beside`.
  void set_option(const std::string& beside, const std::string& line) const;
  /// Root (an admin), Ana, Bruno and Keiko with ids 1 to 4.
  void add_users() const;
  /// The program with these arguments; `wrapper` is a command that runs it.
  Outcome run(const std::vector<std::string>& arguments, const std::vector<std::string>& wrapper = {}) const;
  std::unique_ptr<Running> start(const std::vector<std::string>& arguments, const std::vector<std::string>& wrapper = {}) const;

 private:
  ScratchFolder folder_{"scenario"};
  std::string database_;
  std::map<std::string, std::string> environment_;
};

}  // namespace lockstep::test
