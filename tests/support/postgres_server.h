// The PostgreSQL server of the tests: the one that ctest started for all of them, else one of this program's own.
#pragma once

#include <string>

namespace lockstep {

/// The folder of the server's socket, which is libpq's `host`; the user is "lockstep", the database "postgres", and there is no password.
/// Empty where no server is installed. Throws std::runtime_error when one is and does not start.
const std::string& postgres_host();

}  // namespace lockstep
