// The [client] group of ~/.my.cnf (https://mariadb.com/kb/en/configuring-mariadb-connectorc-with-option-files/), where people keep user and
// password.
//
// The client library would read the file as well, but at connecting, when what it says outranks what the program has set: a line in it could
// turn off the look at the server's certificate. So only what is named here is taken, and only where nobody has said otherwise.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace lockstep::mysql {

/// host, port, socket, user, password, database, ssl-ca, ssl-cert and ssl-key, as far as `text` has them in the group [client].
std::map<std::string, std::string> client_options(std::string_view text);
/// The same of ~/.my.cnf; none where there is no such file.
std::map<std::string, std::string> own_client_options();

}  // namespace lockstep::mysql
