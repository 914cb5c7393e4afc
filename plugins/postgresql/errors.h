// Errors: SQLSTATEs as Error kinds, with the database named and the remedy told (https://www.postgresql.org/docs/15/errcodes-appendix.html).
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <string_view>

#include "common/error.h"

namespace lockstep::postgresql {

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, ClearResult>;

/// Five characters; empty when the failure is not the server's.
std::string sqlstate(const PGresult* answer);

/// The Error for an answer that is a failure. `shown`: the database as people call it; `doing`: "writing table \"users\"". The text holds no
/// row: what PostgreSQL says about a failing row shows all of its cells.
Error error_for(const PGresult* answer, const std::string& shown, std::string_view doing);

/// The number of the parameter that the server could not read, from 1; 0 where the failure is about none.
std::size_t refused_parameter(const PGresult* answer);

/// The Error for a connection that could not be made. `said`: libpq's own words.
Error connect_error(const std::string& said, const std::string& shown);

}  // namespace lockstep::postgresql
