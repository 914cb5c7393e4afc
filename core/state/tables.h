// Tables: the lockstep_* tables as data, and the shapes in which their rows are read and written (all columns, in the table's order).
#pragma once

#include "data/row.h"
#include "data/table.h"

namespace lockstep::state {

/// A link's id is the sync's id and a number within the sync, so that the links of a sync lie side by side under the primary key.
inline constexpr int kLinkBits = 40;

/// The key of the one row of lockstep_database.
inline constexpr std::int64_t kTheDatabase = 1;

struct Kept {
  Table table;
  Shape shape;
};

// One accessor a table; the column order is that of the table in state.h.
const Kept& database_table();
const Kept& sync_table();
const Kept& fields_table();
const Kept& link_table();
const Kept& base_table();
const Kept& run_table();
const Kept& change_table();
const Kept& rejected_table();
const Kept& conflict_table();
const Kept& intent_table();

}  // namespace lockstep::state
