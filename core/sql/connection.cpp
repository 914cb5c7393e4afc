#include <algorithm>

#include "sql/connection.h"

namespace lockstep::sql {

const ColumnFacts* TableFacts::find(const Dialect& dialect, std::string_view column) const {
  const auto exact = std::find_if(columns.begin(), columns.end(), [&](const ColumnFacts& candidate) { return candidate.name == column; });
  if (exact != columns.end()) return &*exact;
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const ColumnFacts& candidate) { return dialect.same_name(candidate.name, column); });
  return found == columns.end() ? nullptr : &*found;
}

bool TableFacts::referable(const Dialect& dialect, std::string_view column) const {
  if (info.primary_key.size() == 1 && dialect.same_name(info.primary_key.front(), column)) return true;
  return std::any_of(indexes.begin(), indexes.end(), [&](const Index& index) {
    return index.unique && index.columns.size() == 1 && dialect.same_name(index.columns.front(), column);
  });
}

void in_own_transaction(Connection& connection, std::string_view doing, const std::function<void()>& work) {
  connection.session();
  connection.control(connection.dialect().begin());
  try {
    try {
      work();
      connection.control("COMMIT");
    } catch (...) {
      connection.rethrow(doing);
    }
  } catch (...) {
    if (connection.in_transaction()) connection.control("ROLLBACK");
    throw;
  }
}

}  // namespace lockstep::sql
