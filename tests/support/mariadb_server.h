// The MariaDB server of the tests: the one that ctest started for all of them, else one of this program's own.
#pragma once

#include <mysql.h>

#include <memory>
#include <string>

namespace lockstep {

/// The server's socket; the account is "lockstep", with all rights and without a password. Empty where no server is installed. Throws
/// std::runtime_error when one is and does not start.
const std::string& mariadb_socket();

struct CloseMariadb {
  void operator()(MYSQL* connection) const { mysql_close(connection); }
};
/// As an application connects; null when it cannot. `database` may be empty.
std::unique_ptr<MYSQL, CloseMariadb> connect_mariadb(const std::string& socket, const std::string& database);

}  // namespace lockstep
