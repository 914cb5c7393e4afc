#include "state/cells.h"

#include "format/json.h"

namespace lockstep::state {
namespace {

void put_half(char* out, std::uint64_t half) {
  for (int i = 0; i < 8; ++i) out[i] = static_cast<char>(half >> (56 - 8 * i));
}

std::uint64_t get_half(const char* bytes) {
  std::uint64_t half = 0;
  for (int i = 0; i < 8; ++i) half = half << 8 | static_cast<unsigned char>(bytes[i]);
  return half;
}

}  // namespace

Value text_cell(std::string_view text, Arena& arena) { return Value::text(arena.copy(text)); }

Value optional_text_cell(std::string_view text, Arena& arena) { return text.empty() ? Value::null() : text_cell(text, arena); }

Value time_cell(Micros time, Arena& arena) { return time == 0 ? Value::null() : text_cell(format_time(time), arena); }

Value hash_cell(const Hash128& hash, Arena& arena) {
  if (!hash) return Value::null();
  char* bytes = arena.allocate(16);
  put_half(bytes, hash.high);
  put_half(bytes + 8, hash.low);
  return Value::text({bytes, 16});
}

Value json_cell(const Json& json, Arena& arena) { return json.is_null() ? Value::null() : Value::json(arena.copy(json::to_text(json))); }

std::string_view text_of(const Value& cell) { return cell.is_view() ? cell.as_view() : std::string_view(); }

std::string string_of(const Value& cell) { return std::string(text_of(cell)); }

std::int64_t integer_of(const Value& cell) { return cell.tag() == Value::Tag::Int ? cell.as_integer() : 0; }

bool boolean_of(const Value& cell) { return (cell.tag() == Value::Tag::Bool || cell.tag() == Value::Tag::Int) && cell.as_integer() != 0; }

Micros time_of(const Value& cell) { return parse_time(text_of(cell)).value_or(0); }

Hash128 hash_of(const Value& cell) {
  const std::string_view bytes = text_of(cell);
  if (bytes.size() != 16) return {};
  return {get_half(bytes.data()), get_half(bytes.data() + 8)};
}

Json json_of(const Value& cell) { return cell.is_view() ? json::parse(cell.as_view()) : Json(); }

}  // namespace lockstep::state
