// The PostgreSQL server of the tests: the one that ctest started for all of them, else one of this program's own; and others, for tests that
// ask more of a server.
#pragma once

#include <string>

#include "support/database_server.h"

namespace lockstep {

/// The folder of the server's socket, which is libpq's `host`; the user is "lockstep", the database "postgres", and there is no password.
/// Empty where no server is installed. Throws std::runtime_error when one is and does not start.
const std::string& postgres_host();

/// A server of a test's own, reached like the common one, which ends with it. Throws std::runtime_error when something does not start.
class PostgresServer {
 public:
  /// As postgres_server.sh takes them.
  explicit PostgresServer(const std::string& options = {}, const std::string& certificates = {})
      : server_("postgres", "'" + options + "'" + (certificates.empty() ? "" : " " + certificates)) {}

  /// Empty where no server is installed.
  const std::string& host() const { return server_.folder(); }
  /// The host of a PgBouncer before it, in the mode "transaction" or "session".
  std::string pool(const std::string& mode) {
    server_.ask("pool", mode);
    return host() + "/" + mode;
  }
  std::string log() const;

 private:
  DatabaseServer server_;
};

}  // namespace lockstep
