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
      if (facts->find(dialect, column.name) == nullptr) out.push_back(add_column(dialect, table, column));
    }
  }
  for (const Index& index : table.indexes) {
    if (!facts || !has_index(dialect, *facts, index)) out.push_back(create_index(dialect, table, index));
  }
  return out;
}

void run_schema_statements(Connection& connection, const Table& table, const std::vector<std::string>& statements) {
  using Poco::Data::Keywords::now;
  Poco::Data::Session& session = connection.session();
  in_own_transaction(connection, "preparing table \"" + table.name + "\"", [&] {
    for (const std::string& statement : statements) session << statement, now;
  });
}

}  // namespace lockstep::sql
