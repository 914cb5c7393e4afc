// Scan: walks a state table in chunks by its integer key, so that no table is ever held in memory whole.
#pragma once

#include <functional>
#include <vector>

#include "sdk/store.h"
#include "state/tables.h"

namespace lockstep::state {

/// Calls `visit` for each row whose key is greater than `after` and that meets `where`, in the order of the key, until it answers false.
/// The first column of `shape` must be the table's key. Views live until `visit` returns. A table that is not there has no rows.
void scan(Store& store, const Table& table, const Shape& shape, std::vector<Filter::Condition> where, std::int64_t after,
          const std::function<bool(Row)>& visit);

/// The same from the greatest key down, in chunks that begin small.
void scan_newest(Store& store, const Table& table, const Shape& shape, std::vector<Filter::Condition> where,
                 const std::function<bool(Row)>& visit);

/// Conditions, to be read as they stand.
Filter::Condition equals(const char* column, std::int64_t value);
Filter::Condition equals(const char* column, std::string_view value);
Filter::Condition is_null(const char* column);

/// The row with that key; calls `visit` at most once.
void find(Store& store, const Kept& kept, Filter::Condition condition, const std::function<void(Row)>& visit);

}  // namespace lockstep::state
