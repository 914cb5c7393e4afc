// Errors: SQLite's result codes as Error kinds, with the file named and the remedy told.
#pragma once

#include <sqlite3.h>

#include <string>
#include <string_view>

#include "common/error.h"
#include "site.h"

namespace lockstep::sqlite {

/// The Error for the last failure on `db`. `code`: what the call returned; `doing`: "inserting into table \"users\"".
Error error_for(sqlite3* db, int code, const Site& site, std::string_view doing);

/// Throws it when `code` is none of OK, ROW and DONE.
void check(sqlite3* db, int code, const Site& site, std::string_view doing);

}  // namespace lockstep::sqlite
