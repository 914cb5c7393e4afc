#include "sql/schema.h"

#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>

#include <algorithm>

#include "common/error.h"
#include "sql/statements.h"

namespace lockstep::sql {
namespace {

/// Columns of `table` whose `references` point at something that a foreign key may name. A key to a table that is not there would make
/// the database refuse every row.
std::vector<std::string> referable_columns(Connection& connection, const Table& table) {
  std::vector<std::string> out;
  for (const Column& column : table.columns) {
    const std::size_t dot = column.references.rfind('.');
    if (dot == std::string::npos) continue;
    const std::optional<TableFacts> target = connection.inspect(column.references.substr(0, dot));
    if (target && target->referable(connection.dialect(), column.references.substr(dot + 1))) out.push_back(column.name);
  }
  return out;
}

bool same_columns(const Dialect& dialect, const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const auto& x, const auto& y) { return dialect.same_name(x, y); });
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

std::vector<std::string> missing_statements(Connection& connection, const Table& table) {
  const Dialect& dialect = connection.dialect();
  const std::optional<TableFacts> facts = connection.inspect(table.name);
  std::vector<std::string> out;
  if (!facts) {
    out.push_back(create_table(dialect, table, referable_columns(connection, table)));
  } else {
    for (const Column& column : table.columns) {
      // A table that is there keeps the key that it has.
      if (table.generates(column.name)) continue;
      if (facts->find(dialect, column.name) == nullptr) out.push_back(add_column(dialect, table, column));
    }
  }
  for (const Index& index : table.indexes) {
    if (!facts || !has_index(dialect, *facts, index)) out.push_back(create_index(dialect, table, index));
  }
  return out;
}

std::vector<std::string> add_missing(Connection& connection, const Table& table) {
  using Poco::Data::Keywords::now;
  std::vector<std::string> statements = missing_statements(connection, table);
  if (statements.empty()) return statements;
  in_own_transaction(connection, "preparing table \"" + table.name + "\"", [&] {
    // Looked at again now that nobody else can write: another process may have been first.
    statements = missing_statements(connection, table);
    for (const std::string& statement : statements) connection.session() << statement, now;
  });
  return statements;
}

}  // namespace lockstep::sql
