#include "sql/schema.h"

#include <algorithm>

#include "common/error.h"
#include "common/text.h"
#include "sql/statements.h"

namespace lockstep::sql {
namespace {

bool same_columns(const Dialect& dialect, const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const auto& x, const auto& y) { return dialect.same_name(x, y); });
}

/// What TableFacts::referable() will say of a table that is about to be made, or to get its indexes.
bool will_be_referable(const Dialect& dialect, const Table& table, const std::string& column, bool made) {
  if (made && same_columns(dialect, table.primary_key, {column})) return true;
  return std::any_of(table.indexes.begin(), table.indexes.end(),
                     [&](const Index& index) { return index.unique && same_columns(dialect, index.columns, {column}); });
}

/// Columns of `table` whose `references` point at something that a foreign key may name. A key to a table that is not there would make
/// the database refuse every row.
std::vector<std::string> referable_columns(Connection& connection, const Table& table, std::span<const Table> planned) {
  std::vector<std::string> out;
  for (const Column& column : table.columns) {
    const std::size_t dot = column.references.rfind('.');
    if (dot == std::string::npos) continue;
    const std::string name = column.references.substr(0, dot), target = column.references.substr(dot + 1);
    const std::optional<TableFacts> facts = connection.inspect(name);
    const ColumnFacts* named = facts ? facts->find(connection.dialect(), target) : nullptr;
    const bool there =
        named != nullptr && facts->referable(connection.dialect(), target) && connection.dialect().can_reference(column.type, *named);
    const bool will_be = std::any_of(planned.begin(), planned.end(), [&](const Table& other) {
      return connection.dialect().same_name(other.name, name) && will_be_referable(connection.dialect(), other, target, !facts);
    });
    if (there || will_be) out.push_back(column.name);
  }
  return out;
}

/// An index of that name, or one that serves as well.
bool has_index(const Dialect& dialect, const TableFacts& facts, const Index& wanted) {
  const auto named = [&](const std::string& name) { return dialect.same_name(name, wanted.name); };
  if (std::any_of(facts.info.indexes.begin(), facts.info.indexes.end(), named)) return true;
  if (same_columns(dialect, facts.info.primary_key, wanted.columns)) return true;
  return std::any_of(facts.indexes.begin(), facts.indexes.end(), [&](const Index& index) {
    return (index.unique || !wanted.unique) && same_columns(dialect, index.columns, wanted.columns);
  });
}

}  // namespace

std::vector<std::string> missing_statements(Connection& connection, const Table& table, std::span<const Table> planned) {
  const Dialect& dialect = connection.dialect();
  const std::optional<TableFacts> facts = connection.inspect(table.name);
  std::vector<std::string> out;
  if (!facts) {
    out.push_back(create_table(dialect, table, referable_columns(connection, table, planned)));
  } else {
    for (const Column& column : table.columns) {
      // A table that is there keeps the key that it has.
      if (table.generates(column.name)) continue;
      if (facts->find(dialect, column.name) == nullptr) out.push_back(add_column(dialect, table, column));
    }
  }
  for (const Index& index : table.indexes) {
    if (!facts || !has_index(dialect, *facts, index)) out.push_back(create_index(dialect, table, index, facts ? &*facts : nullptr));
  }
  return out;
}

void check_rows_for_indexes(Connection& connection, const Table& table) {
  const Dialect& dialect = connection.dialect();
  const std::optional<TableFacts> facts = connection.inspect(table.name);
  if (!facts) return;
  for (const Index& index : table.indexes) {
    const auto there = [&](const std::string& column) { return facts->find(dialect, column) != nullptr; };
    // A column that is about to be added is null in every row, and nulls are not equal.
    if (!index.unique || has_index(dialect, *facts, index) || !std::all_of(index.columns.begin(), index.columns.end(), there)) continue;
    if (connection.count({shared_values(dialect, table, index), {}, {}}, table, *facts) > 0)
      throw Error(ErrorKind::Rejected, "rows of " + table.name + " share a " + join(index.columns, ", "));
  }
}

std::vector<std::string> add_missing(Connection& connection, const Table& table) {
  std::vector<std::string> statements = missing_statements(connection, table);
  if (statements.empty()) return statements;
  connection.change_schema([&] {
    // Looked at again now that nobody else can write: another process may have been first.
    statements = missing_statements(connection, table);
    for (const std::string& statement : statements) connection.execute(statement, "preparing table \"" + table.name + "\"");
  });
  return statements;
}

}  // namespace lockstep::sql
