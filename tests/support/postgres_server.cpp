#include "support/postgres_server.h"

#include <libpq-fe.h>

#include <fstream>
#include <iterator>

namespace lockstep {

const std::string& postgres_host() {
  static const std::string host = folder_of_common("postgres", [](const std::string& folder) {
    return PQping(("host=" + folder + " user=lockstep dbname=postgres").c_str()) == PQPING_OK;
  });
  return host;
}

std::string PostgresServer::log() const {
  std::ifstream in(host() + "/data/server.log");
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace lockstep
