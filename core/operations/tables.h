// Tables: those that a sync needs beside its own.
#pragma once

#include <vector>

#include "data/table.h"
#include "mapping/mapping.h"

namespace lockstep {

/// Tables that the mapping's owned columns and owner rule name and that Lockstep knows how to make: `users` (id, name, email, role).
std::vector<Table> referenced_tables(const Mapping& mapping);

}  // namespace lockstep
