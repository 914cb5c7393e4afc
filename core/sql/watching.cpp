#include "sql/watching.h"

namespace lockstep::sql {

const Table& dirty_table() {
  static const Table table{"lockstep_dirty",
                           {{"table_name", ColumnType::Key, false, {}},
                            {"slot", ColumnType::Integer, false, {}},
                            {"changes", ColumnType::Integer, false, {}},
                            {"by_transaction", ColumnType::Integer, true, {}}},
                           {"table_name", "slot"},
                           {}};
  return table;
}

}  // namespace lockstep::sql
