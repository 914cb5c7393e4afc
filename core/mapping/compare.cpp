// Cells as a database gives them back → cells of the mapping's types, and the equality that every comparison of a run uses.
#include <charconv>
#include <cmath>

#include "common/error.h"
#include "common/text.h"
#include "common/time.h"
#include "format/json.h"
#include "format/number.h"
#include "mapping/convert.h"
#include "mapping/mapping.h"
#include "mapping/sets.h"

namespace lockstep {
namespace {

Value boolean_cell(const Value& value) {
  if (value.tag() == Value::Tag::Int && (value.as_integer() == 0 || value.as_integer() == 1))
    return Value::boolean(value.as_integer() == 1);
  if (value.tag() == Value::Tag::Real && (value.as_real() == 0 || value.as_real() == 1)) return Value::boolean(value.as_real() == 1);
  if (value.tag() != Value::Tag::Text) return value;
  const std::string word = to_lower(value.as_view());
  if (word == "1" || word == "true" || word == "t") return Value::boolean(true);
  if (word == "0" || word == "false" || word == "f") return Value::boolean(false);
  return value;
}

/// A number that a database gave as text becomes one.
Value number_of(const Value& value) {
  if (value.tag() == Value::Tag::Bool) return Value::integer(value.as_bool() ? 1 : 0);
  if (value.tag() != Value::Tag::Text || !json::is_number(value.as_view())) return value;
  if (const auto integer = json::plain_integer(value.as_view())) return Value::integer(*integer);
  return Value::number(value.as_view());
}

/// The cell kept as it is stored.
Value unreadable(const Value& value, Arena& arena) {
  switch (value.tag()) {
    case Value::Tag::Bool:
    case Value::Tag::Int: return Value::unreadable(Value::Storage::Integer, arena.copy(std::to_string(value.as_integer())));
    case Value::Tag::Real: return Value::unreadable(Value::Storage::Real, arena.copy(to_display(value)));
    default: return Value::unreadable(Value::Storage::Text, value.as_view());
  }
}

/// What is no boolean, no number, no time.
Value needing(bool readable, const Value& cell, const Value& stored, Arena& arena) { return readable ? cell : unreadable(stored, arena); }

Value text_cell(const Field& field, const Value& value, Arena& arena) {
  if (value.is_view() && !is_utf8(value.as_view())) return unreadable(value, arena);
  const std::string_view text = value.tag() == Value::Tag::Text ? value.as_view() : spelled(value, arena);
  return Value::text(field.phone ? phone_text(text, *field.phone, arena) : text);
}

Value json_cell(const Value& value, Arena& arena) {
  if (value.tag() != Value::Tag::Text && value.tag() != Value::Tag::Json) return as_json(value, arena);
  try {
    return Value::json(arena.copy(json::canonical(value.as_view())));
  } catch (const Error&) {
    return unreadable(value, arena);
  }
}

Value typed(const Field& field, const Value& value, const Value& stored, Arena& arena) {
  std::string problem;
  const std::optional<Value> cell = convert(field, value, arena, problem);
  return needing(cell.has_value(), cell.value_or(value), stored, arena);
}

double as_double(const Value& value) { return value.tag() == Value::Tag::Int ? static_cast<double>(value.as_integer()) : value.as_real(); }

bool is_number(const Value& value) { return value.tag() == Value::Tag::Int || value.tag() == Value::Tag::Real; }

bool equal(const Value& a, const Value& b) {
  if (a.is_nothing() || b.is_nothing()) return a.is_nothing() && b.is_nothing();
  if (identical(a, b)) return true;
  return a.tag() != b.tag() && is_number(a) && is_number(b) && as_double(a) == as_double(b);
}

}  // namespace

Value normalise(const Field& field, const Value& value, Arena& arena) {
  if (value.is_nothing()) return Value::null();
  // The cell of a lookup is a key of another table, whatever the remote value's type is.
  if (field.lookup || value.is_unreadable()) return value;
  switch (field.type) {
    case FieldType::Boolean: {
      const Value cell = boolean_cell(value);
      return needing(cell.tag() == Value::Tag::Bool, cell, value, arena);
    }
    case FieldType::Integer:
    case FieldType::Real: return typed(field, number_of(value), value, arena);
    case FieldType::Text:
    case FieldType::Enum: return text_cell(field, value, arena);
    case FieldType::Json: return json_cell(value, arena);
    case FieldType::Timestamp: return typed(field, value, value, arena);
  }
  return value;
}

Value cell_of(const Field& field, const Json& json, Arena& arena) {
  const Value value = json::to_value(json, arena);
  return field.type != FieldType::Json || field.lookup || value.is_nothing() ? value : as_json(value, arena);
}

Value kept_cell(const Field& field, const Json& kept, Arena& arena) {
  const Value value = json::from_kept(kept, arena);
  const bool plain = field.type != FieldType::Json || field.lookup || value.is_nothing() || value.is_unreadable();
  return plain ? value : as_json(value, arena);
}

bool same(const Field& field, const Value& a, const Value& b) {
  if (equal(a, b)) return true;
  if (a.is_nothing() || b.is_nothing()) return false;
  thread_local Arena arena;
  arena.clear();
  return equal(in_set_order(field, normalise(field, a, arena), arena), in_set_order(field, normalise(field, b, arena), arena));
}

}  // namespace lockstep
