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

/// Rows of an older time may share a value that only one should have. They stay, and a run reports them; the index then forbids nothing.
bool has_duplicates(Connection& connection, const TableFacts& facts, const Table& table, const Index& index) {
  using namespace Poco::Data::Keywords;
  const Dialect& dialect = connection.dialect();
  std::string names, filled;
  for (const std::string& column : index.columns) {
    if (facts.find(dialect, column) == nullptr) return false;
    names += (names.empty() ? "" : ", ") + dialect.quote(column);
    filled += (filled.empty() ? "" : " AND ") + dialect.quote(column) + " IS NOT NULL";
  }
  const std::string groups =
      "SELECT 1 AS one FROM " + dialect.quote(table.name) + " WHERE " + filled + " GROUP BY " + names + " HAVING COUNT(*) > 1";
  Poco::Int64 count = 0;
  try {
    connection.session() << "SELECT COUNT(*) FROM (" + groups + ") AS shared", into(count), now;
  } catch (...) {
    connection.rethrow("looking for duplicates in table \"" + table.name + "\"");
  }
  return count > 0;
}

Index fitting(Connection& connection, const std::optional<TableFacts>& facts, const Table& table, Index index) {
  if (!index.unique || !facts || !has_duplicates(connection, *facts, table, index)) return index;
  index.unique = false;
  constexpr std::string_view kSuffix = "_unique";
  if (index.name.ends_with(kSuffix)) index.name.replace(index.name.size() - kSuffix.size(), kSuffix.size(), "_index");
  return index;
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
    const bool there = facts && has_index(dialect, *facts, index);
    if (there) continue;
    const Index wanted = fitting(connection, facts, table, index);
    if (!facts || !has_index(dialect, *facts, wanted)) out.push_back(create_index(dialect, table, wanted));
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
