#include "sql/connection.h"

#include <algorithm>

#include "sql/statements.h"

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

void Connection::undoable(const std::string& name, const std::function<void()>& work) {
  control("SAVEPOINT " + name);
  try {
    work();
    control("RELEASE SAVEPOINT " + name);
  } catch (...) {
    if (in_transaction()) {
      control("ROLLBACK TO SAVEPOINT " + name);
      control("RELEASE SAVEPOINT " + name);
    }
    throw;
  }
}

void Connection::change_schema(const std::function<void()>& work) {
  in_own_transaction(*this, [&] {
    if (const std::string_view lock = dialect().lock_schema(); !lock.empty()) control(lock);
    work();
  });
}

std::vector<Outcome> Connection::update(const Table& table, const TableFacts& facts, const Shape& shape, std::span<const Guarded> changes) {
  std::vector<Outcome> outcomes;
  outcomes.reserve(changes.size());
  for (const Guarded& change : changes) {
    if (update_one(guarded_update(dialect(), table, facts, shape, change), table, facts)) {
      outcomes.push_back(Outcome::Written);
    } else {
      outcomes.push_back(count(find_row(dialect(), table, change), table, facts) > 0 ? Outcome::Moved : Outcome::Gone);
    }
  }
  return outcomes;
}

void in_own_transaction(Connection& connection, const std::function<void()>& work) {
  connection.open();
  connection.control(connection.dialect().begin());
  try {
    work();
    connection.control("COMMIT");
  } catch (...) {
    if (connection.in_transaction()) connection.control("ROLLBACK");
    throw;
  }
}

}  // namespace lockstep::sql
