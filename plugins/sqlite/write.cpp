// Rows in: one prepared statement a batch, bound cell by cell.
#include "connection.h"
#include "errors.h"
#include "sql/statements.h"

namespace lockstep::sqlite {
namespace {

/// Where the key of an inserted row comes from.
class KeyReader {
 public:
  KeyReader(const sql::Batch& batch, const sql::Dialect& dialect) : generated_(batch.facts.generated_key) {
    for (const std::string& column : batch.facts.info.primary_key) {
      bool found = false;
      for (const std::size_t ordinal : batch.ordinals) {
        if (!dialect.same_name(batch.shape[ordinal], column)) continue;
        ordinals_.push_back(ordinal);
        found = true;
      }
      complete_ = complete_ && found;
    }
  }

  /// The database chooses part of the key, and only the statement itself can tell which value.
  bool needs_returning() const { return !generated_ && !complete_; }

  RowKey of(Row row, sqlite3* db) const {
    if (generated_) {
      const Value number = Value::integer(sqlite3_last_insert_rowid(db));
      return RowKey(Row(&number, 1));
    }
    std::vector<Value> values;
    for (const std::size_t ordinal : ordinals_) values.push_back(row[ordinal]);
    return RowKey(values);
  }

 private:
  bool generated_;
  bool complete_ = true;
  std::vector<std::size_t> ordinals_;
};

std::string returning(const sql::Batch& batch, const sql::Dialect& dialect) {
  std::string out;
  for (const std::string& column : batch.facts.info.primary_key) out += (out.empty() ? " RETURNING " : ", ") + dialect.quote(column);
  return out;
}

RowKey returned_key(sqlite3_stmt* statement) {
  std::vector<Value> values;
  for (int i = 0; i < sqlite3_column_count(statement); ++i) {
    if (sqlite3_column_type(statement, i) == SQLITE_INTEGER) {
      values.push_back(Value::integer(sqlite3_column_int64(statement, i)));
    } else {
      const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      values.push_back(Value::text({bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, i))}));
    }
  }
  return RowKey(values);
}

}  // namespace

std::vector<Target> SqliteConnection::targets(const sql::Batch& batch) const {
  std::vector<Target> out;
  out.reserve(batch.ordinals.size());
  for (const std::size_t ordinal : batch.ordinals) out.push_back(target(batch.table, batch.facts, batch.shape[ordinal]));
  return out;
}

void SqliteConnection::write_rows(const sql::Batch& batch, const std::string& text, bool whole, std::vector<RowKey>* keys) {
  const KeyReader key(batch, dialect_);
  const bool returns = keys != nullptr && key.needs_returning();
  const std::vector<Target> where = targets(batch);
  Statement& statement = prepared(returns ? text + returning(batch, dialect_) : text);
  const StatementUse use(statement);
  const std::string doing = "writing table \"" + batch.table.name + "\"";
  for (std::size_t index = batch.first; index < batch.last; ++index) {
    const Row row = batch.rows[index];
    for (std::size_t i = 0; i < where.size(); ++i) statement.bind(static_cast<int>(i) + 1, row[batch.ordinals[i]], where[i]);
    try {
      const bool answered = statement.step(doing);
      // A trigger or a column's own ON CONFLICT clause may drop a row without a word.
      if (whole && sqlite3_changes64(handle_) == 0 && !answered) {
        throw Error(ErrorKind::Rejected, doing + ": a trigger or a clause of the table dropped the row");
      }
      if (keys != nullptr) keys->push_back(answered ? returned_key(statement.handle()) : key.of(row, handle_));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::Rejected && batch.last - batch.first == 1) throw explain_foreign_key(batch, row, error);
      throw;
    }
    statement.reset();
  }
}

void SqliteConnection::insert(const sql::Batch& batch, std::vector<RowKey>* keys) {
  write_rows(batch, sql::insert(dialect_, batch), true, keys);
}

void SqliteConnection::upsert(const sql::Batch& batch) { write_rows(batch, sql::upsert(dialect_, batch), false, nullptr); }

bool SqliteConnection::update_one(const sql::Query& query, const Table& table, const sql::TableFacts& facts) {
  Statement& statement = bound(query, table, facts);
  const StatementUse use(statement);
  statement.step("updating table \"" + table.name + "\"");
  return sqlite3_changes64(handle_) > 0;
}

// SQLite says "FOREIGN KEY constraint failed" and no more; the row's own values tell which one.
Error SqliteConnection::explain_foreign_key(const sql::Batch& batch, Row row, Error error) {
  if (error.message().find("FOREIGN KEY") == std::string::npos) return error;
  Statement keys(handle_, site_, "SELECT \"table\", \"from\", coalesce(\"to\", '') FROM pragma_foreign_key_list(?)");
  keys.bind(1, Value::text(batch.table.name), {});
  while (keys.step("reading foreign keys")) {
    const auto cell = [&](int i) { return std::string(reinterpret_cast<const char*>(sqlite3_column_text(keys.handle(), i))); };
    const std::string parent = cell(0), column = cell(1), parent_column = cell(2).empty() ? "rowid" : cell(2);
    for (const std::size_t ordinal : batch.ordinals) {
      if (!dialect_.same_name(batch.shape[ordinal], column) || row[ordinal].is_nothing()) continue;
      Statement lookup(handle_, site_, "SELECT 1 FROM " + dialect_.quote(parent) + " WHERE " + dialect_.quote(parent_column) + " = ?");
      lookup.bind(1, row[ordinal], target(batch.table, batch.facts, column));
      if (!lookup.step("looking a foreign key up")) {
        return Error(ErrorKind::Rejected, "writing table \"" + batch.table.name + "\": " + column + " " + to_display(row[ordinal]) +
                                              " is not in " + parent + "." + parent_column + " (FOREIGN KEY constraint)");
      }
    }
  }
  return error;
}

}  // namespace lockstep::sqlite
