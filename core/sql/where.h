// Where: a Filter as SQL, its values as parameters.
#pragma once

#include <span>
#include <string>

#include "sql/connection.h"

namespace lockstep::sql {

/// Adds the value to the query's parameters and returns its placeholder. `column` must outlive the query.
std::string add_parameter(const Dialect& dialect, Query& query, const Value& value, std::string_view column);
/// " WHERE …", or nothing for an empty filter. Lists of In are padded to a power of two, so that few statements are ever prepared.
void append_where(const Dialect& dialect, const Table& table, const Filter& filter, Query& query);
/// " ORDER BY … LIMIT …".
void append_order(const Dialect& dialect, const Table& table, const Filter& filter, Query& query);
/// " WHERE key = …" for the table's primary key. Throws Error{Invalid} when the number of values is another one.
void append_key(const Dialect& dialect, const Table& table, std::span<const Value> key, Query& query);

}  // namespace lockstep::sql
