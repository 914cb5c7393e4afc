// Watching: how the application's own writes say that a table has changed. A trigger adds to a row of lockstep_dirty in the transaction of
// the write, so that the sum over a table's rows moves when, and only when, such a transaction is committed. Each connection of the
// application has a row of its own (its number, folded to kDirtySlots): no two transactions wait for one, and none grows the table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/table.h"

namespace lockstep::sql {

inline constexpr int kDirtySlots = 1024;

/// lockstep_dirty(table_name, slot, changes, by_transaction). table_name: schema and table with a point between, as the database spells
/// them. by_transaction: whose change was counted last, where the database has numbers for that.
const Table& dirty_table();

}  // namespace lockstep::sql
