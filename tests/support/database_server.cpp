#include "support/database_server.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <list>
#include <stdexcept>

namespace lockstep {
namespace {

std::string first_line(const std::string& file) {
  std::string line;
  std::ifstream in(file);
  std::getline(in, line);
  return line;
}

}  // namespace

DatabaseServer::DatabaseServer(const std::string& name, const std::string& options)
    : script_(LOCKSTEP_SOURCE_DIR "/tests/support/" + name + "_server.sh") {
  static std::atomic<int> made = 0;
  const std::string file = "lockstep-" + name + "-" + std::to_string(getpid()) + "-" + std::to_string(++made);
  file_ = (std::filesystem::temp_directory_path() / file).string();
  if (run("start " + file_ + " " + options) != 0) throw std::runtime_error("no " + name + " server could be started");
  folder_ = first_line(file_);
}

DatabaseServer::~DatabaseServer() { run("stop " + file_); }

void DatabaseServer::ask(const std::string& verb, const std::string& more) const {
  if (run(verb + " " + file_ + " " + more) != 0) throw std::runtime_error("the server did not " + verb);
}

// exec, so that the server ends with this process and not with a shell.
int DatabaseServer::run(const std::string& words) const { return std::system(("exec " + script_ + " " + words).c_str()); }

std::string folder_of_common(const std::string& name, bool (*answers)(const std::string& folder)) {
  const std::string common = first_line(LOCKSTEP_BINARY_DIR "/" + name + "-server");
  if (!common.empty() && answers(common)) return common;
  static std::list<DatabaseServer> own;
  return own.emplace_back(name).folder();
}

}  // namespace lockstep
