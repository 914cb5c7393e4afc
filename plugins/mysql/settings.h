// Settings: what the options, the url and ~/.my.cnf say about a connection, in this order.
#pragma once

#include <cstdint>
#include <string>

#include "common/time.h"
#include "sdk/options.h"

namespace lockstep::mysql {

/// What libmariadb can do: its own "preferred" is no encryption at all, so there is no such word.
enum class Tls { Disable, Require, VerifyCa, VerifyFull };

struct Settings {
  std::string host;  ///< empty: this machine, by its socket
  unsigned port = 0;
  std::string socket;
  std::string user, password;
  std::string database;
  Tls tls = Tls::Disable;
  std::string ca_file, cert_file, key_file;
  Millis connect_timeout{0};
  Millis statement_timeout{0};  ///< 0: no limit
  Millis busy_timeout{0};       ///< how long a statement waits for a lock
  bool one_node = false;        ///< of a cluster: every run connects to the same node
  std::string shown;            ///< for people, without credentials: MySQL database "app" on db.example.com
  /// False: as where the server takes no arrays of rows in one statement.
  bool arrays = true;
  /// False: as where an insert answers no keys but the first.
  bool returning = true;
};

/// Throws Error{Invalid} naming the option.
Settings read_settings(const OptionValues& options);

}  // namespace lockstep::mysql
