// Values out: cells by the declared types of their columns.
#include "cells.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "common/text.h"
#include "common/time.h"
#include "sql/spellings.h"

namespace lockstep::mysql {
namespace {

using namespace sql;

constexpr std::int64_t kExactInDouble = std::int64_t{1} << 53;

bool declared_text(const Target& target) {
  return target.known && (target.declared == ColumnType::Text || target.declared == ColumnType::Key);
}

Value from_boolean(bool value, const Target& target) {
  if (target.known) {
    switch (target.declared) {
      case ColumnType::Integer: return Value::integer(value ? 1 : 0);
      case ColumnType::Real: return Value::real(value ? 1 : 0);
      case ColumnType::Key:
      case ColumnType::Text: return Value::text(value ? "1" : "0");
      case ColumnType::Json: return Value::json(value ? "1" : "0");
      default: break;
    }
  }
  return Value::boolean(value);
}

Value from_integer(std::int64_t value, const Target& target, Arena& arena) {
  const bool flag = target.stored.kind == Kind::Boolean || (target.stored.kind == Kind::Bit && target.stored.detail == 1);
  const bool truth = value == 0 || value == 1;
  if (flag && truth) return from_boolean(value == 1, target);
  if (declared_text(target)) return Value::text(arena.copy(std::to_string(value)));
  if (!target.known) return Value::integer(value);
  if (target.declared == ColumnType::Json) return Value::json(arena.copy(std::to_string(value)));
  if (target.declared == ColumnType::Boolean && truth) return Value::boolean(value == 1);
  const bool exact = value <= kExactInDouble && value >= -kExactInDouble;
  if (target.declared == ColumnType::Real && exact) return Value::real(static_cast<double>(value));
  return Value::integer(value);
}

Value from_unsigned(std::uint64_t value, const Target& target, Arena& arena) {
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return from_integer(static_cast<std::int64_t>(value), target, arena);
  }
  const std::string_view text = arena.copy(std::to_string(value));
  if (declared_text(target)) return Value::text(text);
  return target.known && target.declared == ColumnType::Json ? Value::json(text) : Value::number(text);
}

/// float, double and decimal: a double where that is the same number, else the number as it is spelled.
Value from_number(std::string_view text, bool binary, const Target& target, Arena& arena) {
  const auto value = whole_number<double>(text);
  if (!value || !std::isfinite(*value)) return Value::unreadable(Value::Storage::Real, arena.copy(text));
  if (declared_text(target)) return Value::text(arena.copy(text));
  if (target.known && target.declared == ColumnType::Json) return Value::json(arena.copy(text));
  if (target.known && (target.declared == ColumnType::Integer || target.declared == ColumnType::Boolean)) {
    const bool whole = std::trunc(*value) == *value && std::abs(*value) < static_cast<double>(kExactInDouble);
    if (whole && target.declared == ColumnType::Integer) return Value::integer(static_cast<std::int64_t>(*value));
    if (const auto integer = canonical_integer(text)) return Value::integer(*integer);
  }
  const auto digits = std::count_if(text.begin(), text.end(), is_digit);
  return binary || digits <= 15 || shortest(*value) == text ? Value::real(*value) : Value::number(arena.copy(text));
}

Value from_real(double value, const Target& target, Arena& arena) {
  const bool narrow = target.stored.kind == Kind::Real && target.stored.detail == 4;
  return from_number(narrow ? shortest(static_cast<float>(value)) : shortest(value), true, target, arena);
}

/// "2026-11-21 02:24:23.500000", of a session in UTC. A date with a zero in it is none.
Value from_time(std::string_view text, Arena& arena) {
  const std::optional<Micros> time = parse_time(std::string(text) + "Z");
  if (!time || text.starts_with("0000-")) return Value::unreadable(Value::Storage::Text, arena.copy(text));
  return Value::text(arena.copy(format_time(*time)));
}

Value from_bytes(std::string_view bytes, const Target& target) {
  const bool expected = !target.known || target.declared == ColumnType::Blob;
  return expected ? Value::text(bytes) : Value::unreadable(Value::Storage::Blob, bytes);
}

Value from_text(std::string_view text, const Target& target) {
  if (target.known) {
    switch (target.declared) {
      case ColumnType::Integer:
        if (const auto value = canonical_integer(text)) return Value::integer(*value);
        break;
      case ColumnType::Real:
        if (const auto value = canonical_real(text)) return Value::real(*value);
        break;
      case ColumnType::Boolean:
        if (text == "0" || text == "1") return Value::boolean(text == "1");
        break;
      case ColumnType::Json: return Value::json(text);
      default: break;
    }
  }
  return Value::text(text);
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
    case Kind::Decimal: return from_number(cell.bytes, false, target, arena);
    case Kind::Instant:
    case Kind::Clock: return from_time(cell.bytes, arena);
    case Kind::Bit: return from_unsigned(bits_of(cell.bytes), target, arena);
    case Kind::Bytes:
    case Kind::FixedBytes: return from_bytes(cell.bytes, target);
    case Kind::Json:
    case Kind::JsonBinary: return declared_text(target) ? Value::text(cell.bytes) : Value::json(cell.bytes);
    default: return from_text(cell.bytes, target);
  }
}

}  // namespace lockstep::mysql
