// Values out: cells by the declared types of their columns.
#include "cells.h"

#include <limits>
#include <optional>

#include "common/text.h"
#include "common/time.h"
#include "sql/spellings.h"

namespace lockstep::mysql {
namespace {

using namespace sql;

Value from_integer(std::int64_t value, const Target& target, Arena& arena) {
  const bool flag = target.stored.kind == Kind::Boolean || (target.stored.kind == Kind::Bit && target.stored.detail == 1);
  if (flag && (value == 0 || value == 1)) return boolean_value(value == 1, target, value == 1 ? "1" : "0");
  return integer_value(value, target, arena);
}

Value from_unsigned(std::uint64_t value, const Target& target, Arena& arena) {
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return from_integer(static_cast<std::int64_t>(value), target, arena);
  }
  const std::string_view text = arena.copy(std::to_string(value));
  if (target.declared_text()) return Value::text(text);
  return target.known && target.declared == ColumnType::Json ? Value::json(text) : Value::number(text);
}

Value from_real(double value, const Target& target, Arena& arena) {
  const bool narrow = target.stored.kind == Kind::Real && target.stored.detail == 4;
  return number_value(narrow ? shortest(static_cast<float>(value)) : shortest(value), true, target, arena);
}

/// "2026-11-21 02:24:23.500000", of a session in UTC. A date with a zero in it is none.
Value from_time(std::string_view text, Arena& arena) {
  const std::optional<Micros> time = parse_time(std::string(text) + "Z");
  if (!time || text.starts_with("0000-")) return Value::unreadable(Value::Storage::Text, arena.copy(text));
  return Value::text(arena.copy(format_time(*time)));
}

/// The bits of a bit column, highest first.
std::uint64_t bits_of(std::string_view bytes) {
  std::uint64_t out = 0;
  for (const char byte : bytes) out = out << 8U | static_cast<unsigned char>(byte);
  return out;
}

}  // namespace

Value value_of(const Cell& cell, const Target& target, Arena& arena) {
  switch (cell.is) {
    case Cell::Is::Null: return Value::null();
    case Cell::Is::Integer: return from_integer(cell.integer, target, arena);
    case Cell::Is::Unsigned: return from_unsigned(static_cast<std::uint64_t>(cell.integer), target, arena);
    case Cell::Is::Real: return from_real(cell.real, target, arena);
    case Cell::Is::Bytes: break;
  }
  switch (target.stored.kind) {
    case Kind::Decimal: return number_value(cell.bytes, false, target, arena);
    case Kind::Instant:
    case Kind::Clock: return from_time(cell.bytes, arena);
    case Kind::Bit: return from_unsigned(bits_of(cell.bytes), target, arena);
    case Kind::Bytes:
    case Kind::FixedBytes: return bytes_value(cell.bytes, target);
    case Kind::Json:
    case Kind::JsonBinary: return target.declared_text() ? Value::text(cell.bytes) : Value::json(cell.bytes);
    default: return text_value(cell.bytes, target);
  }
}

}  // namespace lockstep::mysql
