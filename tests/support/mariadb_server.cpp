#include "support/mariadb_server.h"

#include "support/database_server.h"

namespace lockstep {
namespace {

std::string socket_in(const std::string& folder) { return folder.empty() ? folder : folder + "/s"; }

}  // namespace

const std::string& mariadb_socket() {
  static const std::string socket =
      socket_in(folder_of_common("mariadb", [](const std::string& folder) { return connect_mariadb(socket_in(folder), "") != nullptr; }));
  return socket;
}

std::unique_ptr<MYSQL, CloseMariadb> connect_mariadb(const std::string& socket, const std::string& database) {
  std::unique_ptr<MYSQL, CloseMariadb> out(mysql_init(nullptr));
  mysql_options(out.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
  // An application may send several statements at once.
  const char* base = database.empty() ? nullptr : database.c_str();
  if (mysql_real_connect(out.get(), "localhost", "lockstep", nullptr, base, 0, socket.c_str(), CLIENT_MULTI_STATEMENTS) == nullptr)
    return nullptr;
  return out;
}

}  // namespace lockstep
