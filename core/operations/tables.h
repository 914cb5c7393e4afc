// Tables: those that a sync needs beside its own.
#pragma once

#include <string>
#include <vector>

#include "data/table.h"
#include "mapping/mapping.h"

namespace lockstep {

/// That which "users.id" or "crm.users.id" points into.
std::string table_behind(const std::string& reference);

/// Tables that the mapping's owned columns and owner rule name and that Lockstep knows how to make: `users` (id, name, email, role).
std::vector<Table> referenced_tables(const Mapping& mapping);

}  // namespace lockstep
