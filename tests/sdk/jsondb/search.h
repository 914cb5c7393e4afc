// Search: which rows a filter finds, and in what order.
#pragma once

#include "model.h"
#include "sdk/store.h"

namespace jsondb {

/// Null and absent first, then numbers by size, then bytes.
int compare(const Value& a, const Value& b);
/// Places of the rows in the order and number that the filter asks for. Throws Error{Invalid} for columns and conditions that cannot be.
std::vector<std::size_t> search(const TableData& table, const Filter& filter);
/// Place of the row with this primary key, or npos.
std::size_t find_key(const TableData& table, std::span<const Value> key);

}  // namespace jsondb
