#include "mapping/convert.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "common/error.h"
#include "common/text.h"
#include "common/time.h"
#include "common/words.h"
#include "format/json.h"
#include "format/number.h"
#include "mapping/e164.h"
#include "mapping/transform.h"

namespace lockstep {
namespace {

constexpr Words<FieldType> kTypes({{FieldType::Text, "text"},
                                   {FieldType::Integer, "integer"},
                                   {FieldType::Real, "real"},
                                   {FieldType::Boolean, "boolean"},
                                   {FieldType::Json, "json"},
                                   {FieldType::Timestamp, "timestamp"},
                                   {FieldType::Enum, "enum"}});

std::optional<Value> to_text(const Field& field, const Value& value, Arena& arena) {
  if (value.tag() == Value::Tag::Json) return std::nullopt;
  const std::string_view text = value.tag() == Value::Tag::Text ? value.as_view() : spelled(value, arena);
  return Value::text(field.phone ? phone_text(text, *field.phone, arena) : text);
}

std::optional<Value> to_integer(const Value& value) {
  if (value.tag() == Value::Tag::Int) return value;
  std::optional<std::int64_t> integer;
  if (value.tag() == Value::Tag::Number) integer = json::integral(value.as_view());
  if (value.tag() == Value::Tag::Real && std::trunc(value.as_real()) == value.as_real() && std::abs(value.as_real()) < 9.2e18) {
    integer = static_cast<std::int64_t>(value.as_real());
  }
  return integer ? std::optional(Value::integer(*integer)) : std::nullopt;
}

std::optional<Value> to_real(const Value& value) {
  if (value.tag() == Value::Tag::Real) return value;
  if (value.tag() == Value::Tag::Int) return Value::real(static_cast<double>(value.as_integer()));
  if (value.tag() != Value::Tag::Number) return std::nullopt;
  double real = 0;
  const std::string_view digits = value.as_view();
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), real);
  return result.ec == std::errc() && std::isfinite(real) ? std::optional(Value::real(real)) : std::nullopt;
}

std::optional<Value> to_timestamp(const Value& value, Arena& arena) {
  if (value.tag() != Value::Tag::Text) return std::nullopt;
  // What APIs write that have no time: nothing, or the zero of their language.
  static constexpr std::array<std::string_view, 3> kNone{"", "0001-01-01T00:00:00Z", "0000-00-00"};
  if (std::find(kNone.begin(), kNone.end(), value.as_view()) != kNone.end()) return Value::null();
  const auto time = parse_time(value.as_view());
  if (!time) return std::nullopt;
  const std::string text = format_time(*time);
  return text == value.as_view() ? value : Value::text(arena.copy(text));
}

std::optional<Value> to_enum(const Field& field, const Value& value) {
  if (value.tag() != Value::Tag::Text) return std::nullopt;
  const bool known = std::find(field.values.begin(), field.values.end(), value.as_view()) != field.values.end();
  return known ? std::optional(value) : std::nullopt;
}

std::string expectation(const Field& field) {
  switch (field.type) {
    case FieldType::Text: return "a text";
    case FieldType::Integer: return "an integer";
    case FieldType::Real: return "a number";
    case FieldType::Boolean: return "true or false";
    case FieldType::Json: return "JSON";
    case FieldType::Timestamp: return "a time";
    case FieldType::Enum: return "one of " + join(field.values, ", ");
  }
  return "a value";
}

std::optional<Value> converted(const Field& field, const Value& value, Arena& arena) {
  if (value.is_unreadable()) return std::nullopt;
  switch (field.type) {
    case FieldType::Text: return to_text(field, value, arena);
    case FieldType::Integer: return to_integer(value);
    case FieldType::Real: return to_real(value);
    case FieldType::Boolean: return value.tag() == Value::Tag::Bool ? std::optional(value) : std::nullopt;
    case FieldType::Json: return as_json(value, arena);
    case FieldType::Timestamp: return to_timestamp(value, arena);
    case FieldType::Enum: return to_enum(field, value);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(FieldType type) { return kTypes.word(type); }

std::optional<FieldType> field_type(std::string_view word) { return kTypes.find(word); }

std::vector<std::string_view> field_type_words() {
  std::vector<std::string_view> words;
  for (const Word<FieldType>& row : kTypes.rows()) words.push_back(row.word);
  return words;
}

std::optional<Value> convert(const Field& field, const Value& value, Arena& arena, std::string& problem) {
  if (value.is_nothing()) return Value::null();
  const auto out = converted(field, value, arena);
  if (!out) problem = "expected " + expectation(field) + ", not " + shown(field, value);
  return out;
}

std::optional<Value> read_place(const Field& field, const Json& place, Arena& arena) {
  std::string problem;
  try {
    Value value = json::to_value(place, arena);
    for (const std::string& name : field.transforms) {
      if (!transform::is_builtin(name)) return std::nullopt;
      value = transform::forward(name, value, arena);
    }
    return convert(field, value, arena, problem);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string shown(const Field& field, const Value& value) {
  if (field.secret || field.write_only) return "what is there";
  if (value.is_nothing()) return "nothing";
  const bool text = value.tag() == Value::Tag::Text || (value.is_unreadable() && value.storage() == Value::Storage::Text);
  const std::string cut = ellipsize(printable(to_display(value)), 40);
  return text ? std::string("\"").append(cut).append("\"") : cut;
}

Json shown_side(const Field& field, const Value& value) {
  return field.lookup && value.is_unreadable() ? Json("row " + to_display(value)) : json::to_kept(value);
}

std::string unreadable_problem(const Field& field, const Value& value) {
  const bool secret = field.secret || field.write_only;
  if (value.storage() == Value::Storage::Blob) {
    return "a BLOB of " + std::to_string(value.as_view().size()) + " bytes, where " + expectation(field) + " is expected";
  }
  if (!is_utf8(value.as_view())) return "the text is not valid UTF-8";
  if (field.type != FieldType::Json || value.storage() != Value::Storage::Text || secret)
    return "expected " + expectation(field) + ", not " + shown(field, value);
  try {
    json::canonical(value.as_view());
  } catch (const Error& error) {
    return error.message();
  }
  return "not JSON";
}

std::string bound_problem(const Field& field, const Value& value) {
  const auto digits = [](double bound) { return to_display(Value::real(bound)); };
  if (value.tag() == Value::Tag::Int || value.tag() == Value::Tag::Real) {
    const double number = value.tag() == Value::Tag::Int ? static_cast<double>(value.as_integer()) : value.as_real();
    if (field.min && number < *field.min) return shown(field, value) + " is less than " + digits(*field.min);
    if (field.max && number > *field.max) return shown(field, value) + " is more than " + digits(*field.max);
  }
  if (value.tag() == Value::Tag::Text && (field.min_length || field.max_length)) {
    const std::size_t length = utf8_length(value.as_view());
    const std::string is = std::to_string(length) + " characters are ";
    if (field.min_length && length < *field.min_length) return is + "fewer than " + std::to_string(*field.min_length);
    if (field.max_length && length > *field.max_length) return is + "more than " + std::to_string(*field.max_length);
  }
  return {};
}

std::string_view phone_text(std::string_view text, std::string_view country_code, Arena& arena) {
  const std::optional<std::string> number = to_e164(text, country_code);
  return !number || *number == text ? text : arena.copy(*number);
}

std::string_view spelled(const Value& value, Arena& arena) {
  if (value.is_view()) return value.tag() == Value::Tag::Number ? arena.copy(json::canonical(value.as_view())) : value.as_view();
  return arena.copy(json::canonical(json::from_value(value)));
}

Value as_json(const Value& value, Arena& arena) {
  if (value.tag() == Value::Tag::Json) return value;
  if (value.tag() == Value::Tag::Text) return Value::json(arena.copy(json::quote(value.as_view())));
  return Value::json(spelled(value, arena));
}

}  // namespace lockstep
