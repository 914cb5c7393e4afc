#include "dialect.h"

#include "common/error.h"
#include "common/text.h"

namespace lockstep::sqlite {

std::string SqliteDialect::quote(std::string_view name) const {
  if (name.empty()) throw Error(ErrorKind::Invalid, "a table or column has an empty name");
  if (name.find('\0') != std::string_view::npos) {
    throw Error(ErrorKind::Invalid, "the name " + in_quotes(name) + " has a NUL character, which SQLite does not take");
  }
  std::string out = "\"";
  out += replace_all(std::string(name), "\"", "\"\"");
  return out += '"';
}

std::string SqliteDialect::placeholder(std::size_t) const { return "?"; }

// A column declared JSON or TIMESTAMP would turn a text such as 5 into a number; TEXT keeps every text as it was written.
std::string_view SqliteDialect::column_type(ColumnType type) const {
  switch (type) {
    case ColumnType::Key: return "VARCHAR(255)";
    case ColumnType::Text: return "TEXT";
    case ColumnType::Integer: return "INTEGER";
    case ColumnType::Real: return "REAL";
    case ColumnType::Boolean: return "BOOLEAN";
    case ColumnType::Json: return "TEXT";
    case ColumnType::Timestamp: return "TEXT";
    case ColumnType::Blob: return "BLOB";
  }
  return "TEXT";
}

// AUTOINCREMENT keeps the number of a deleted row from being given to a new one, which links by number would take for the old one.
// From Lockstep's own tables nothing is ever deleted, so they go without its cost.
std::string SqliteDialect::generated_key(const Table& table) const {
  return table.name.starts_with("lockstep_") ? "INTEGER PRIMARY KEY" : "INTEGER PRIMARY KEY AUTOINCREMENT";
}

bool SqliteDialect::same_name(std::string_view a, std::string_view b) const { return lockstep::equal_ignore_case(a, b); }

// A table's own ON CONFLICT REPLACE clause would remove the rows in the way; OR ABORT outranks it.
std::string_view SqliteDialect::insert_into() const { return "INSERT OR ABORT INTO"; }
std::string_view SqliteDialect::update() const { return "UPDATE OR ABORT"; }

std::string SqliteDialect::identical(std::string_view column, std::string_view placeholder, const sql::ColumnFacts*) const {
  return std::string(column) + " COLLATE BINARY IS " + std::string(placeholder);
}

std::string SqliteDialect::equal_ignore_case(std::string_view column, std::string_view placeholder) const {
  return std::string(column) + " = " + std::string(placeholder) + " COLLATE NOCASE";
}

std::string SqliteDialect::on_conflict_update(std::string_view quoted_key, std::string_view assignments) const {
  const std::string head = "ON CONFLICT (" + std::string(quoted_key) + ") DO ";
  return assignments.empty() ? head + "NOTHING" : head + "UPDATE SET " + std::string(assignments);
}

std::string SqliteDialect::proposed(std::string_view quoted_column) const { return "excluded." + std::string(quoted_column); }

std::string_view SqliteDialect::begin() const { return "BEGIN IMMEDIATE"; }

std::size_t SqliteDialect::max_parameters() const { return 32766; }

}  // namespace lockstep::sqlite
