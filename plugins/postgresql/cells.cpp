#include "cells.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>

#include "common/error.h"
#include "common/text.h"
#include "common/time.h"
#include "sql/spellings.h"

namespace lockstep::postgresql {
namespace {

using namespace sql;

constexpr std::int64_t kExactInDouble = std::int64_t{1} << 53;

[[noreturn]] void refuse(const Target& target, std::string_view why, const std::string& remedy = {}) {
  throw Error(ErrorKind::Rejected, "column \"" + std::string(target.column) + "\" " + std::string(why), remedy);
}

[[noreturn]] void refuse_value(const Target& target, std::string_view value, std::string_view what) {
  refuse(target, "would store the value " + ellipsize(printable(value), 40) + " as another " + std::string(what),
         "declare the column as text, or map the field with the type that the column has");
}

// --- values in ---

class Speller {
 public:
  Speller(const Target& target, Arena& arena) : target_(target), arena_(arena) {}

  Spelled boolean(bool value) {
    switch (target_.stored.kind) {
      case Kind::Boolean:
      case Kind::Json:
      case Kind::JsonBinary: return put(value ? "true" : "false");
      default: return put(value ? "1" : "0");
    }
  }

  Spelled integer(std::int64_t value) {
    const std::string text = std::to_string(value);
    switch (target_.stored.kind) {
      case Kind::Integer: need_room(value); break;
      case Kind::Real: need_exact(value, text); break;
      case Kind::Boolean:
        if (value != 0 && value != 1) refuse_value(target_, text, "value");
        break;
      default: break;
    }
    return put(text);
  }

  Spelled real(double value) {
    if (!std::isfinite(value)) refuse_value(target_, shortest(value), "number");
    const bool whole = std::trunc(value) == value && std::abs(value) < 9223372036854775808.0;
    if (whole && (target_.stored.kind == Kind::Integer || target_.stored.kind == Kind::Boolean)) {
      return integer(static_cast<std::int64_t>(value));
    }
    return number(shortest(value));
  }

  /// A number by its JSON spelling.
  Spelled number(std::string_view text) {
    switch (target_.stored.kind) {
      case Kind::Integer:
        if (!canonical_integer(text)) refuse_value(target_, text, "number");
        need_room(*canonical_integer(text));
        break;
      case Kind::Boolean: refuse_value(target_, text, "value");
      case Kind::Numeric:
        if (target_.stored.detail > 0 && digits_behind_point(text) > target_.stored.detail - 1) {
          refuse(target_,
                 "keeps " + counted(static_cast<std::uint64_t>(target_.stored.detail - 1), "digit", "digits") +
                     " behind the point, and would round the value " + ellipsize(printable(text), 40),
                 "give the column more digits");
        }
        break;
      case Kind::Real: {
        const auto value = whole_number<double>(text);
        const bool narrow = target_.stored.detail == 4;
        if (!value || !std::isfinite(*value) || !keeps_number(text, *value, narrow)) refuse_value(target_, text, "number");
        break;
      }
      default: break;
    }
    return put(text);
  }

  Spelled text(std::string_view text) {
    if (target_.stored.kind == Kind::Bytes) return bytes(text);
    if (text.find('\0') != std::string_view::npos) {
      refuse(target_, "would store a text with a NUL character, which PostgreSQL does not take", "take it out where the text is made");
    }
    switch (target_.stored.kind) {
      case Kind::Text:
      case Kind::Padded: return limited(text);
      case Kind::Integer:
        if (!canonical_integer(text)) refuse_value(target_, text, "text");
        need_room(*canonical_integer(text));
        break;
      case Kind::Real: {
        const auto value = canonical_real(text);
        const bool narrow = value && target_.stored.detail == 4;
        if (!value || (narrow && shortest(static_cast<float>(*value)) != text)) refuse_value(target_, text, "text");
        break;
      }
      case Kind::Numeric:
        if (!plain_decimal(text)) refuse_value(target_, text, "text");
        return number(text);
      case Kind::Boolean:
        if (text != "true" && text != "false") refuse_value(target_, text, "text");
        break;
      case Kind::Uuid:
        if (!is_uuid(text)) {
          refuse(target_, "is a uuid, and would not keep the text " + ellipsize(printable(text), 40) + " as it is",
                 "declare the column as text, or give it uuids in small letters");
        }
        break;
      case Kind::Instant:
      case Kind::Clock: return time(text);
      case Kind::Date:
        if (text.size() != 10 || !parse_time(text)) refuse(target_, "is a date, and " + ellipsize(printable(text), 40) + " is none");
        break;
      default: break;
    }
    return put(text);
  }

  Spelled json(std::string_view text_of) {
    if (target_.stored.kind != Kind::Array) return text(text_of);
    refuse(target_, "is an array of PostgreSQL, which takes no JSON", "declare the column as jsonb");
  }

  Spelled as_it_was(std::string_view text) { return target_.stored.kind == Kind::Bytes ? bytes(text) : put(text); }

 private:
  Spelled put(std::string_view text) {
    char* copy = arena_.allocate(text.size() + 1);
    if (!text.empty()) std::memcpy(copy, text.data(), text.size());
    copy[text.size()] = '\0';
    return {copy, static_cast<int>(text.size()), false};
  }

  Spelled bytes(std::string_view text) {
    Spelled out = put(text);
    out.binary = true;
    return out;
  }

  void need_room(std::int64_t value) {
    const int bits = target_.stored.detail * 8 - 1;
    if (bits >= 63) return;
    const std::int64_t end = std::int64_t{1} << bits;
    if (value < -end || value >= end) {
      refuse(target_, "is an integer of " + std::to_string(target_.stored.detail) + " bytes, too small for " + std::to_string(value),
             "make the column a bigint");
    }
  }

  void need_exact(std::int64_t value, const std::string& text) {
    const std::int64_t most = target_.stored.detail == 4 ? std::int64_t{1} << 24 : kExactInDouble;
    if (value > most || value < -most) refuse_value(target_, text, "number");
  }

  Spelled limited(std::string_view text) {
    const auto most = static_cast<std::size_t>(target_.stored.detail);
    if (most > 0 && text.size() > most && characters(text) > most) {
      refuse(target_, "takes " + std::to_string(most) + " characters, and the text has " + std::to_string(characters(text)),
             "make the column wider");
    }
    if (target_.stored.kind == Kind::Padded && text.ends_with(' '))
      refuse_value(target_, text, "text: a char column keeps no blank at the end");
    return put(text);
  }

  Spelled time(std::string_view text) {
    const std::optional<Micros> read = parse_time(text);
    if (!read) refuse(target_, "is a time, and " + ellipsize(printable(text), 40) + " is none");
    if (finer_than(*read, target_.stored.detail) || finer_than_microseconds(text)) {
      refuse(target_,
             "keeps " + counted(static_cast<std::uint64_t>(target_.stored.detail), "digit", "digits") +
                 " of fractions of a second, and would round " + std::string(text),
             "give the column more digits: timestamp(3) keeps milliseconds");
    }
    return put(format_time(*read));
  }

  const Target& target_;
  Arena& arena_;
};

// --- values out ---

Value kept_text(std::string_view text, Arena& arena) { return Value::text(arena.copy(text)); }

bool declared_text(const Target& target) {
  return target.known && (target.declared == ColumnType::Text || target.declared == ColumnType::Key);
}

Value from_boolean(std::string_view text, const Target& target, Arena& arena) {
  const bool value = text == "t";
  if (target.known) {
    switch (target.declared) {
      case ColumnType::Integer: return Value::integer(value ? 1 : 0);
      case ColumnType::Real: return Value::real(value ? 1 : 0);
      case ColumnType::Key:
      case ColumnType::Text: return kept_text(value ? "true" : "false", arena);
      case ColumnType::Json: return Value::json(value ? "true" : "false");
      default: break;
    }
  }
  return Value::boolean(value);
}

Value from_integer(std::string_view text, const Target& target, Arena& arena) {
  const auto value = whole_number<std::int64_t>(text);
  if (!value || declared_text(target)) return kept_text(text, arena);
  if (!target.known) return Value::integer(*value);
  if (target.declared == ColumnType::Json) return Value::json(arena.copy(text));
  if (target.declared == ColumnType::Boolean && (*value == 0 || *value == 1)) return Value::boolean(*value == 1);
  const bool exact = *value <= kExactInDouble && *value >= -kExactInDouble;
  if (target.declared == ColumnType::Real && exact) return Value::real(static_cast<double>(*value));
  return Value::integer(*value);
}

/// float4, float8 and numeric: a double where that is the same number, else the number as it is spelled.
Value from_number(std::string_view text, const Target& target, Arena& arena) {
  const auto value = whole_number<double>(text);
  if (!value || !std::isfinite(*value)) return Value::unreadable(Value::Storage::Real, arena.copy(text));
  if (declared_text(target)) return kept_text(text, arena);
  if (target.known && target.declared == ColumnType::Json) return Value::json(arena.copy(text));
  const bool binary = target.stored.kind == Kind::Real;
  if (target.known && (target.declared == ColumnType::Integer || target.declared == ColumnType::Boolean)) {
    const bool whole = std::trunc(*value) == *value && std::abs(*value) < static_cast<double>(kExactInDouble);
    if (whole && target.declared == ColumnType::Integer) return Value::integer(static_cast<std::int64_t>(*value));
    if (const auto integer = canonical_integer(text)) return Value::integer(*integer);
  }
  const auto digits = std::count_if(text.begin(), text.end(), is_digit);
  return binary || digits <= 15 || shortest(*value) == text ? Value::real(*value) : Value::number(arena.copy(text));
}

/// "2026-11-21 02:24:23.5+00", of a session in UTC.
Value from_time(std::string_view text, Arena& arena) {
  std::string spelled(text.ends_with("+00") ? text.substr(0, text.size() - 3) : text);
  const std::optional<Micros> time = text.ends_with("BC") ? std::nullopt : parse_time(spelled + "Z");
  if (!time) return Value::unreadable(Value::Storage::Text, arena.copy(text));
  return kept_text(format_time(*time), arena);
}

Value from_bytes(std::string_view text, const Target& target, Arena& arena) {
  std::size_t size = 0;
  const std::string ended(text);
  unsigned char* bytes = PQunescapeBytea(reinterpret_cast<const unsigned char*>(ended.c_str()), &size);
  if (bytes == nullptr) throw Error(ErrorKind::Storage, "not enough memory for a cell of bytes");
  const std::string_view kept = arena.copy({reinterpret_cast<const char*>(bytes), size});
  PQfreemem(bytes);
  const bool expected = !target.known || target.declared == ColumnType::Blob;
  return expected ? Value::text(kept) : Value::unreadable(Value::Storage::Blob, kept);
}

Value from_text(std::string_view text, const Target& target, Arena& arena) {
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
      case ColumnType::Json: return Value::json(arena.copy(text));
      default: break;
    }
  }
  return kept_text(text, arena);
}

}  // namespace

Spelled spell(const Value& value, const Target& target, Arena& arena) {
  Speller speller(target, arena);
  switch (value.tag()) {
    case Value::Tag::Absent:
    case Value::Tag::Null: break;
    case Value::Tag::Bool: return speller.boolean(value.as_bool());
    case Value::Tag::Int: return speller.integer(value.as_integer());
    case Value::Tag::Real: return speller.real(value.as_real());
    case Value::Tag::Number: return speller.number(value.as_view());
    case Value::Tag::Text: return speller.text(value.as_view());
    case Value::Tag::Json: return speller.json(value.as_view());
    case Value::Tag::Unreadable: return speller.as_it_was(value.as_view());
  }
  return {};
}

Value cell(std::string_view text, const Target& target, Arena& arena) {
  switch (target.stored.kind) {
    case Kind::Boolean: return from_boolean(text, target, arena);
    case Kind::Integer: return from_integer(text, target, arena);
    case Kind::Real:
    case Kind::Numeric: return from_number(text, target, arena);
    case Kind::Instant:
    case Kind::Clock: return from_time(text, arena);
    case Kind::Bytes: return from_bytes(text, target, arena);
    case Kind::Json:
    case Kind::JsonBinary: return declared_text(target) ? kept_text(text, arena) : Value::json(arena.copy(text));
    case Kind::Padded: return from_text(text.substr(0, text.find_last_not_of(' ') + 1), target, arena);
    case Kind::Text:
    case Kind::Date:
    case Kind::Uuid:
    case Kind::Array:
    case Kind::Named: break;
  }
  return from_text(text, target, arena);
}

}  // namespace lockstep::postgresql
