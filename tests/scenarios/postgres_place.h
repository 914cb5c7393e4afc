// A schema of the tests' PostgreSQL server as a place (database.h).
#pragma once

#include <string>
#include <vector>

#include "scenarios/database.h"

namespace lockstep::test {

/// Bytes as tests compare them: hashes as hexadecimal, a base as its document.
std::string shown_blob(const std::string& bytes);

namespace postgres {

bool is_place(const std::string& place);
/// The address of a new schema. Empty where no server is installed.
std::string make_place();

/// Cells as SQLite shows them: booleans as 1 and 0, times as "2026-11-21T02:24:23.000Z". `names`: gets those of the columns, unless it is null.
std::vector<Cells> rows(const std::string& place, const std::string& sql, Cells* names);
void execute(const std::string& place, const std::string& sql);
void back_up(const std::string& place, const std::string& name);
void restore(const std::string& place, const std::string& name);

}  // namespace postgres
}  // namespace lockstep::test
