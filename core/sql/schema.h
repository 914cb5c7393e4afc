// Schema: what is missing of a table, as statements. It creates and widens; nothing is ever dropped, narrowed or renamed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sql/connection.h"

namespace lockstep::sql {

/// The statements that would bring the table into being; empty when all is there. An index that exists under another name counts.
/// `planned`: tables that are not there yet and will be by then, so that foreign keys may point at them.
std::vector<std::string> missing_statements(Connection& connection, const Table& table, std::span<const Table> planned = {});
/// Throws Error{Rejected} as add_missing() would when rows share what a missing index of `table` forbids them to share.
void check_rows_for_indexes(Connection& connection, const Table& table);
/// Runs them as Connection::change_schema() says, also while other processes do the same. Returns what it ran.
std::vector<std::string> add_missing(Connection& connection, const Table& table);

}  // namespace lockstep::sql
