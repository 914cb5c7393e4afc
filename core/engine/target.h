// Target: the user's table as a run sees it: which columns are read, and where in a read row the key, the fields and the rest stand.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mapping/mapping.h"
#include "sdk/store.h"

namespace lockstep {

struct Target {
  Table table;
  bool exists = false;
  bool rewrites = false;  ///< triggers or generated columns: what was written is read back
  std::vector<std::string> key_columns;
  std::vector<ColumnType> key_types;
  /// Key columns, then the mapping's columns, then the owned ones, then the modification time when the mapping names one.
  Shape shape;
  std::size_t fields_at = 0;
  std::size_t owned_at = 0;
  std::size_t modified_at = 0;  ///< shape.size() when there is none
  /// What an insert writes: the mapping's columns, then the owned ones, then `constants`.
  Shape insert_shape;
  /// What every row of this sync holds; the views are the mapping's. Rows that hold something else are not seen.
  std::vector<Filter::Condition> constants;

  Row key(Row row) const { return row.subspan(0, key_columns.size()); }
  Row fields(Row row) const { return row.subspan(fields_at, owned_at - fields_at); }
  Row owned(Row row) const { return row.subspan(owned_at, modified_at - owned_at); }
};

/// Looks at the store. A table that is missing altogether comes back with exists = false and the keys that Lockstep would give it.
/// Throws Error{Invalid} for a table that lacks columns (naming them and `lockstep migrate`) or has no primary key.
Target inspect_target(Store& store, const Mapping& mapping);

}  // namespace lockstep
