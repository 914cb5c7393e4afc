#include "cells.h"

#include <libpq-fe.h>

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
      case Kind::Real: need_exact(target_, value, is_narrow()); break;
      case Kind::Boolean:
        if (value != 0 && value != 1) refuse_value(target_, text, "value");
        break;
      default: break;
    }
    return put(text);
  }

  Spelled real(double value) {
    if (!std::isfinite(value)) refuse_value(target_, shortest(value), "number");
    if (is_whole(value) && (target_.stored.kind == Kind::Integer || target_.stored.kind == Kind::Boolean)) {
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
        if (target_.stored.detail > 0) need_scale(target_, text, target_.stored.detail - 1);
        break;
      case Kind::Real: need_real(target_, text, is_narrow()); break;
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
      case Kind::Padded:
        need_length(target_, text, static_cast<std::size_t>(target_.stored.detail), target_.stored.kind == Kind::Padded);
        break;
      case Kind::Integer:
        if (!canonical_integer(text)) refuse_value(target_, text, "text");
        need_room(*canonical_integer(text));
        break;
      case Kind::Real: need_real_text(target_, text, is_narrow()); break;
      case Kind::Numeric:
        if (!plain_decimal(text)) refuse_value(target_, text, "text");
        return number(text);
      case Kind::Boolean:
        if (text != "true" && text != "false") refuse_value(target_, text, "text");
        break;
      case Kind::Uuid: need_uuid(target_, text); break;
      case Kind::Instant:
      case Kind::Clock: return put(format_time(need_time(target_, text, target_.stored.detail, "timestamp(3)")));
      case Kind::Date: need_date(target_, text); break;
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
  bool is_narrow() const { return target_.stored.detail == 4; }

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

  const Target& target_;
  Arena& arena_;
};

// --- values out ---

Value kept_text(std::string_view text, Arena& arena) { return Value::text(arena.copy(text)); }

Value from_integer(std::string_view text, const Target& target, Arena& arena) {
  const auto value = whole_number<std::int64_t>(text);
  return value ? integer_value(*value, target, arena) : kept_text(text, arena);
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
  return bytes_value(kept, target);
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
    case Kind::Boolean: return boolean_value(text == "t", target, text == "t" ? "true" : "false");
    case Kind::Integer: return from_integer(text, target, arena);
    case Kind::Real:
    case Kind::Numeric: return number_value(text, target.stored.kind == Kind::Real, target, arena);
    case Kind::Instant:
    case Kind::Clock: return from_time(text, arena);
    case Kind::Bytes: return from_bytes(text, target, arena);
    case Kind::Json:
    case Kind::JsonBinary: return target.declared_text() ? kept_text(text, arena) : Value::json(arena.copy(text));
    case Kind::Padded: return text_value(arena.copy(text.substr(0, text.find_last_not_of(' ') + 1)), target);
    case Kind::Text:
    case Kind::Date:
    case Kind::Uuid:
    case Kind::Array:
    case Kind::Named: break;
  }
  return text_value(arena.copy(text), target);
}

}  // namespace lockstep::postgresql
