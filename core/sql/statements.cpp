#include "sql/statements.h"

#include <algorithm>

#include "sql/where.h"

namespace lockstep::sql {
namespace {

std::string concat(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += part;
  return out;
}

std::string quoted_list(const Dialect& dialect, std::span<const std::string> names) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out += ", ";
    out += dialect.quote(name);
  }
  return out;
}

/// "REFERENCES users(id)".
std::string reference(const Dialect& dialect, const std::string& target) {
  const std::size_t dot = target.rfind('.');
  return concat({"REFERENCES ", dialect.quote_table(target.substr(0, dot)), "(", dialect.quote(target.substr(dot + 1)), ")"});
}

/// "INSERT INTO t (a, b) VALUES (?, ?)".
std::string plain_insert(const Dialect& dialect, const Batch& batch, std::string_view verb) {
  std::string names;
  std::string places;
  for (std::size_t position = 0; position < batch.ordinals.size(); ++position) {
    if (position > 0) {
      names += ", ";
      places += ", ";
    }
    names += dialect.quote(batch.shape[batch.ordinals[position]]);
    places += dialect.placeholder(position + 1);
  }
  std::string out(verb);
  out += concat({" ", dialect.quote_table(batch.table.name)});
  if (names.empty()) return out.append(" ").append(dialect.all_defaults());
  return out.append(" (").append(names).append(") VALUES (").append(places).append(")");
}

}  // namespace

std::string create_table(const Dialect& dialect, const Table& table, std::span<const std::string> referable) {
  const bool generated = table.primary_key.size() == 1 && table.generates(table.primary_key.front());
  std::string out = concat({"CREATE TABLE ", dialect.quote_table(table.name), " ("}), at_the_end;
  for (const Column& column : table.columns) {
    if (&column != &table.columns.front()) out += ", ";
    out.append(dialect.quote(column.name)).append(" ");
    if (generated && column.name == table.primary_key.front()) {
      out += dialect.generated_key(table);
      continue;
    }
    out += dialect.column_type(column.type);
    const bool in_key = std::find(table.primary_key.begin(), table.primary_key.end(), column.name) != table.primary_key.end();
    if (!column.nullable || in_key) out += " NOT NULL";
    if (std::find(referable.begin(), referable.end(), column.name) == referable.end()) continue;
    const std::string target = reference(dialect, column.references);
    if (dialect.references_in_columns()) {
      out += " " + target;
    } else {
      at_the_end += concat({", FOREIGN KEY (", dialect.quote(column.name), ") ", target});
    }
  }
  if (!generated && !table.primary_key.empty()) out += concat({", PRIMARY KEY (", quoted_list(dialect, table.primary_key), ")"});
  return out.append(at_the_end).append(")").append(dialect.table_options(table));
}

std::string add_column(const Dialect& dialect, const Table& table, const Column& column) {
  return concat(
      {"ALTER TABLE ", dialect.quote_table(table.name), " ADD COLUMN ", dialect.quote(column.name), " ", dialect.column_type(column.type)});
}

std::string create_index(const Dialect& dialect, const Table& table, const Index& index, const TableFacts* facts) {
  std::string columns;
  for (const std::string& name : index.columns) {
    const Column* declared = table.find(name);
    const ColumnType type = declared == nullptr ? ColumnType::Key : declared->type;
    if (!columns.empty()) columns += ", ";
    columns += dialect.indexed(name, type, facts == nullptr ? nullptr : facts->find(dialect, name), index.unique);
  }
  return concat({index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ", dialect.quote(index.name), " ON ",
                 dialect.quote_table(table.name), " (", columns, ")"});
}

std::string shared_values(const Dialect& dialect, const Table& table, const Index& index) {
  const std::string columns = quoted_list(dialect, index.columns);
  std::string out = concat({"SELECT count(*) FROM (SELECT 1 FROM ", dialect.quote_table(table.name), " WHERE "});
  for (const std::string& column : index.columns) {
    if (&column != &index.columns.front()) out += " AND ";
    out += dialect.quote(column) + " IS NOT NULL";
  }
  return out += concat({" GROUP BY ", columns, " HAVING count(*) > 1) AS shared"});
}

Query select(const Dialect& dialect, const Table& table, const Shape& columns, const Filter& filter) {
  const std::string prefix = dialect.quote_table(table.name) + ".";
  Query query;
  query.text = "SELECT ";
  for (std::size_t ordinal = 0; ordinal < columns.size(); ++ordinal) {
    if (ordinal > 0) query.text += ", ";
    query.text += prefix + dialect.quote(columns[ordinal]);
  }
  query.text += concat({" FROM ", dialect.quote_table(table.name)});
  append_where(dialect, table, filter, query);
  append_order(dialect, table, filter, query);
  return query;
}

Query count(const Dialect& dialect, const Table& table, const Filter& filter) {
  Query query;
  query.text = concat({"SELECT count(*) FROM ", dialect.quote_table(table.name)});
  append_where(dialect, table, filter, query);
  return query;
}

std::string insert(const Dialect& dialect, const Batch& batch) { return plain_insert(dialect, batch, dialect.insert_into()); }

std::string upsert(const Dialect& dialect, const Batch& batch) {
  const std::vector<std::string>& key = batch.table.primary_key;
  std::string assignments;
  for (const std::size_t ordinal : batch.ordinals) {
    if (std::find(key.begin(), key.end(), batch.shape[ordinal]) != key.end()) continue;
    if (!assignments.empty()) assignments += ", ";
    const std::string name = dialect.quote(batch.shape[ordinal]);
    assignments += name + " = " + dialect.proposed(name);
  }
  return concat({plain_insert(dialect, batch, "INSERT INTO"), " ", dialect.on_conflict_update(quoted_list(dialect, key), assignments)});
}

Query guarded_update(const Dialect& dialect, const Table& table, const TableFacts& facts, const Shape& shape, const Guarded& change) {
  const std::string prefix = dialect.quote_table(table.name) + ".";
  Query query;
  query.text = concat({dialect.update(), " ", dialect.quote_table(table.name), " SET "});
  for (std::size_t i = 0; i < change.columns.size(); ++i) {
    const std::string& column = shape[change.columns[i]];
    if (i > 0) query.text += ", ";
    query.text += concat({dialect.quote(column), " = ", add_parameter(dialect, query, change.values[i], column)});
  }
  append_key(dialect, table, change.key, query);
  for (std::size_t i = 0; i < change.columns.size(); ++i) {
    const std::string& column = shape[change.columns[i]];
    const std::string place = add_parameter(dialect, query, change.expected[i], column);
    query.text += " AND " + dialect.identical(prefix + dialect.quote(column), place, facts.find(dialect, column));
  }
  return query;
}

Query find_row(const Dialect& dialect, const Table& table, const Guarded& change) {
  Query query;
  query.text = concat({"SELECT 1 FROM ", dialect.quote_table(table.name)});
  append_key(dialect, table, change.key, query);
  return query;
}

}  // namespace lockstep::sql
