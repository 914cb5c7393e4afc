// Settings: what the options say about a connection, as libpq's own keywords. What neither an option nor the url says libpq takes from where
// every PostgreSQL client does: PGHOST and its relatives, ~/.pgpass, ~/.pg_service.conf.
#pragma once

#include <map>
#include <string>

#include "common/time.h"
#include "sdk/options.h"

namespace lockstep::postgresql {

struct Settings {
  /// libpq's keywords (https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-PARAMKEYWORDS).
  std::map<std::string, std::string> keywords;
  std::string schema;           ///< empty: the one that the user's search_path names first
  Millis busy_timeout{0};       ///< how long a statement waits for a lock
  Millis statement_timeout{0};  ///< 0: no limit
  std::string shown;            ///< for people, without credentials: PostgreSQL database "app" on db.example.com
};

/// Throws Error{Invalid} naming the option.
Settings read_settings(const OptionValues& options);

}  // namespace lockstep::postgresql
