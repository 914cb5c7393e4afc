#include "support/postgres_server.h"

#include <libpq-fe.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace lockstep {
namespace {

constexpr const char* kScript = LOCKSTEP_SOURCE_DIR "/tests/support/postgres_server.sh";

std::string host_in(const std::string& file) {
  std::string host;
  std::ifstream in(file);
  std::getline(in, host);
  return host;
}

bool answers(const std::string& host) {
  return !host.empty() && PQping(("host=" + host + " user=lockstep dbname=postgres").c_str()) == PQPING_OK;
}

/// Of this program alone, and as long as it.
class Server {
 public:
  Server() : file_((std::filesystem::temp_directory_path() / ("lockstep-postgres-" + std::to_string(getpid()))).string()) {
    if (run("start") != 0) throw std::runtime_error("no PostgreSQL server could be started");
  }
  ~Server() { run("stop"); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  const std::string& file() const { return file_; }

 private:
  int run(const char* what) const {
    // exec, so that the server ends with this process and not with a shell.
    return std::system((std::string("exec ") + kScript + " " + what + " " + file_).c_str());
  }

  std::string file_;
};

}  // namespace

const std::string& postgres_host() {
  static const std::string host = [] {
    const std::string common = host_in(LOCKSTEP_BINARY_DIR "/postgres-server");
    if (answers(common)) return common;
    static const Server own;
    return host_in(own.file());
  }();
  return host;
}

}  // namespace lockstep
