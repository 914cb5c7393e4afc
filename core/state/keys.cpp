// Primary keys as one text, the form in which links, journal and messages name a row.
#include "common/error.h"
#include "format/json.h"
#include "state/state.h"

namespace lockstep {
namespace {

/// The integer whose decimal spelling `text` is.
std::optional<std::int64_t> decimal(std::string_view text) {
  try {
    std::size_t used = 0;
    const std::string digits(text);
    const std::int64_t value = std::stoll(digits, &used);
    if (std::to_string(value) == digits) return value;
  } catch (const std::logic_error&) {
    // not a number, or not a 64-bit one
  }
  return std::nullopt;
}

Value key_value(std::string_view text, ColumnType type) {
  if (type == ColumnType::Integer) {
    if (const auto number = decimal(text)) return Value::integer(*number);
  }
  return Value::text(text);
}

OwnedRow composite_values(std::string_view text, std::size_t width) {
  const Json parts = json::parse(text);
  if (parts.array() == nullptr || parts.array()->size() != width) {
    throw Error(ErrorKind::Corrupt, "\"" + std::string(text) + "\" is no key of " + std::to_string(width) + " columns");
  }
  Arena arena;
  std::vector<Value> values;
  for (const Json& part : *parts.array()) values.push_back(json::to_value(part, arena));
  return OwnedRow(values);
}

}  // namespace

std::string key_text(Row key) {
  if (key.empty()) return {};
  if (key.size() == 1) return key.front().is_nothing() ? std::string() : to_display(key.front());
  Json::Array parts;
  for (const Value& value : key) parts.push_back(json::from_value(value));
  return json::to_text(Json(std::move(parts)));
}

OwnedRow key_values(std::string_view text, std::span<const ColumnType> types) {
  if (types.size() != 1) return composite_values(text, types.size());
  const Value value = key_value(text, types.front());
  return OwnedRow(Row(&value, 1));
}

}  // namespace lockstep
