// Rows out: cells by the declared type of the table, straight from the statement into the arena of the rows.
#include <algorithm>
#include <cmath>

#include "connection.h"
#include "errors.h"
#include "read_limit.h"

namespace lockstep::sqlite {
namespace {

std::string_view text_of(sqlite3_value* cell) {
  // The pointer first: asking for it may convert the cell, and with it its length.
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_value_text(cell));
  return {bytes, static_cast<std::size_t>(sqlite3_value_bytes(cell))};
}

/// A column without affinity keeps each value as it was given, so there is nothing to undo.
bool converts(const Target& target) { return target.known && target.affinity != Affinity::None; }

Value from_integer(sqlite3_value* cell, const Target& target, Arena& arena) {
  const std::int64_t value = sqlite3_value_int64(cell);
  if (!target.known) return Value::integer(value);
  switch (target.declared) {
    case ColumnType::Boolean: return value == 0 || value == 1 ? Value::boolean(value == 1) : Value::integer(value);
    case ColumnType::Real: {
      const auto real = static_cast<double>(value);
      // 2^63 is the one double here that has no integer to go back to.
      const bool exact = real < 9223372036854775808.0 && static_cast<std::int64_t>(real) == value;
      return exact ? Value::real(real) : Value::integer(value);
    }
    case ColumnType::Key:
    case ColumnType::Text: return converts(target) ? Value::text(arena.copy(text_of(cell))) : Value::integer(value);
    case ColumnType::Json: return converts(target) ? Value::json(arena.copy(text_of(cell))) : Value::integer(value);
    case ColumnType::Integer:
    case ColumnType::Timestamp:
    case ColumnType::Blob: break;
  }
  return Value::integer(value);
}

Value from_real(sqlite3_value* cell, const Target& target, Arena& arena) {
  const double value = sqlite3_value_double(cell);
  if (!std::isfinite(value)) return Value::unreadable(Value::Storage::Real, arena.copy(shortest(value)));
  const bool integral = std::abs(value) < 9223372036854775808.0 && std::trunc(value) == value;
  if (target.known && target.declared == ColumnType::Integer && integral) return Value::integer(static_cast<std::int64_t>(value));
  if (target.known && target.declared == ColumnType::Boolean && (value == 0 || value == 1)) return Value::boolean(value == 1);
  if (!converts(target)) return Value::real(value);
  if (target.declared == ColumnType::Text || target.declared == ColumnType::Key) return Value::text(arena.copy(text_of(cell)));
  if (target.declared == ColumnType::Json) return Value::json(arena.copy(text_of(cell)));
  return Value::real(value);
}

/// A number or boolean that a column of text affinity holds as its spelling.
std::optional<Value> from_spelling(std::string_view text, const Target& target) {
  if (!converts(target)) return std::nullopt;
  if (target.declared == ColumnType::Integer) {
    if (const auto value = canonical_integer(text)) return Value::integer(*value);
  } else if (target.declared == ColumnType::Real) {
    if (const auto value = canonical_real(text)) return Value::real(*value);
  } else if (target.declared == ColumnType::Boolean) {
    if (text == "0" || text == "1") return Value::boolean(text == "1");
  }
  return std::nullopt;
}

Value from_text(sqlite3_value* cell, const Target& target, Arena& arena) {
  const std::string_view text = text_of(cell);
  if (const auto spelled = from_spelling(text, target)) return *spelled;
  const std::string_view kept = arena.copy(text);
  return target.known && target.declared == ColumnType::Json ? Value::json(kept) : Value::text(kept);
}

Value from_blob(sqlite3_value* cell, const Target& target, Arena& arena) {
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(cell));
  const std::string_view kept = arena.copy({bytes, static_cast<std::size_t>(sqlite3_value_bytes(cell))});
  const bool expected = !target.known || target.declared == ColumnType::Blob;
  return expected ? Value::text(kept) : Value::unreadable(Value::Storage::Blob, kept);
}

Value to_cell(sqlite3_value* cell, const Target& target, Arena& arena) {
  switch (sqlite3_value_type(cell)) {
    case SQLITE_NULL: return Value::null();
    case SQLITE_INTEGER: return from_integer(cell, target, arena);
    case SQLITE_FLOAT: return from_real(cell, target, arena);
    case SQLITE_BLOB: return from_blob(cell, target, arena);
    default: return from_text(cell, target, arena);
  }
}

}  // namespace

Target SqliteConnection::target(const Table& table, const sql::TableFacts& facts, std::string_view column) const {
  Target out;
  out.column = column;
  if (column.empty()) return out;
  const auto declared = std::find_if(table.columns.begin(), table.columns.end(),
                                     [&](const Column& candidate) { return dialect_.same_name(candidate.name, column); });
  if (declared != table.columns.end()) {
    out.declared = declared->type;
    out.known = true;
  }
  if (const sql::ColumnFacts* stored = facts.find(dialect_, column)) out.affinity = static_cast<Affinity>(stored->storage);
  return out;
}

Statement& SqliteConnection::bound(const sql::Query& query, const Table& table, const sql::TableFacts& facts) {
  Statement& statement = prepared(query.text);
  int index = 0;
  try {
    for (const sql::Parameter& parameter : query.parameters) {
      statement.bind(++index, parameter.value, target(table, facts, parameter.column));
    }
  } catch (...) {
    statement.clear();
    throw;
  }
  return statement;
}

void SqliteConnection::read(const sql::Query& query, const Table& table, const sql::TableFacts& facts, const Shape& columns, Rows& out) {
  std::vector<Target> targets;
  targets.reserve(columns.size());
  for (const std::string& column : columns.columns()) targets.push_back(target(table, facts, column));

  Statement& statement = bound(query, table, facts);
  const StatementUse use(statement);
  const ReadLimit limit(handle(), query.patience);
  const std::string doing = "reading table \"" + table.name + "\"";
  const int width = static_cast<int>(columns.size());
  while (limit.heed(table.name, [&] { return statement.step(doing); })) {
    const std::span<Value> row = out.add();
    for (int i = 0; i < width; ++i) {
      const auto ordinal = static_cast<std::size_t>(i);
      row[ordinal] = to_cell(sqlite3_column_value(statement.handle(), i), targets[ordinal], out.arena());
    }
  }
}

std::uint64_t SqliteConnection::count(const sql::Query& query, const Table& table, const sql::TableFacts& facts) {
  Statement& statement = bound(query, table, facts);
  const StatementUse use(statement);
  if (!statement.step("counting table \"" + table.name + "\"")) return 0;
  return static_cast<std::uint64_t>(sqlite3_column_int64(statement.handle(), 0));
}

}  // namespace lockstep::sqlite
