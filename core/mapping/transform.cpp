#include "mapping/transform.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "common/error.h"
#include "common/text.h"
#include "common/time.h"
#include "format/json.h"

namespace lockstep::transform {
namespace {

using Function = Value (*)(const Value&, Arena&);

[[noreturn]] void refuse(std::string_view expected) { throw Error(ErrorKind::Rejected, "expected " + std::string(expected)); }

std::string_view text_of(const Value& value) {
  if (value.tag() != Value::Tag::Text) refuse("a text");
  return value.as_view();
}

Value same(const Value& value, Arena&) { return value; }

Value trimmed(const Value& value, Arena&) { return Value::text(trim(text_of(value))); }

Value lower(const Value& value, Arena& arena) { return Value::text(arena.copy(to_lower(text_of(value)))); }

Value upper(const Value& value, Arena& arena) {
  std::string out(text_of(value));
  for (char& letter : out) letter = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  return Value::text(arena.copy(out));
}

Value negated(const Value& value, Arena&) {
  if (value.tag() != Value::Tag::Bool) refuse("true or false");
  return Value::boolean(!value.as_bool());
}

/// ["a", "b"] → "a,b".
Value join_items(const Value& value, Arena& arena) {
  const Json json = json::from_value(value);
  if (json.array() == nullptr) refuse("a list of texts");
  std::vector<std::string> parts;
  for (const Json& item : *json.array()) {
    if (item.text() == nullptr || item.text()->find(',') != std::string::npos) refuse("a list of texts without commas");
    parts.push_back(*item.text());
  }
  return Value::text(arena.copy(join(parts, ",")));
}

/// "a, b" → ["a","b"].
Value split_items(const Value& value, Arena& arena) {
  Json::Array items;
  const std::string_view text = text_of(value);
  if (!text.empty()) {
    for (const std::string& part : split(text, ',')) items.emplace_back(trim(part));
  }
  return Value::json(arena.copy(json::canonical(Json(std::move(items)))));
}

double number_of(const Value& value) {
  if (value.tag() == Value::Tag::Int) return static_cast<double>(value.as_integer());
  if (value.tag() == Value::Tag::Real) return value.as_real();
  refuse("a number");
}

Value scaled(const Value& value, double factor) {
  const double number = number_of(value);
  // Dividing by 1000 keeps 400 ms → 0.4 s exact where multiplying by 0.001 would not; on the way back 262.143 s are 262143 ms, not
  // 262143.00000000003.
  double result = factor < 1 ? number / std::round(1 / factor) : number * factor;
  const double whole = std::round(result);
  if (std::abs(result - whole) <= std::abs(result) * 1e-12) result = whole;
  if (std::abs(result) < 9e15 && result == whole) return Value::integer(static_cast<std::int64_t>(result));
  return Value::real(result);
}

Value times_1000(const Value& value, Arena&) { return scaled(value, 1000); }
Value by_1000(const Value& value, Arena&) { return scaled(value, 0.001); }

/// 0 is what APIs say that do not know a time.
Value from_epoch(const Value& value, std::int64_t micros_per_unit, Arena& arena) {
  constexpr double kFar = 3e17;  // micros beyond every year that a time may have
  const double unit = static_cast<double>(micros_per_unit);
  const double number = number_of(value);
  if (number == 0) return Value::null();
  // A double counts microseconds up to the year 2255 alone.
  const bool near = std::abs(number) < kFar / unit;
  const Micros micros = !near                            ? 0
                        : value.tag() == Value::Tag::Int ? value.as_integer() * micros_per_unit
                                                         : static_cast<Micros>(std::round(number * unit));
  const std::string text = format_time(micros);
  if (!near || !parse_time(text)) refuse("a time of the years 0 to 9999");
  return Value::text(arena.copy(text));
}

Value to_epoch(const Value& value, double units_per_micro) {
  const auto time = parse_time(text_of(value));
  if (!time) refuse("a time");
  return scaled(Value::integer(*time), units_per_micro);
}

Value seconds_to_time(const Value& value, Arena& arena) { return from_epoch(value, 1'000'000, arena); }
Value time_to_seconds(const Value& value, Arena&) { return to_epoch(value, 1e-6); }
Value millis_to_time(const Value& value, Arena& arena) { return from_epoch(value, 1'000, arena); }
Value time_to_millis(const Value& value, Arena&) { return to_epoch(value, 1e-3); }

Value empty_is_null(const Value& value, Arena&) {
  return value.tag() == Value::Tag::Text && value.as_view().empty() ? Value::null() : value;
}

struct Converter {
  std::string_view name;
  Function forward;
  Function backward;
  std::string_view help;
};

// e164 needs the mapping's country code: normalise() does it, wherever a value of such a field is made or compared.
constexpr std::array<Converter, 12> kConverters{
    {{"trim", trimmed, same, "takes blanks off both ends; back: as it is"},
     {"lower", lower, same, "small letters; back: as it is"},
     {"upper", upper, same, "capital letters; back: as it is"},
     {"not", negated, negated, "true for false, both ways"},
     {"join", join_items, split_items, "a list of texts as one, with commas; back: the list"},
     {"split", split_items, join_items, "a text with commas as a list; back: the text"},
     {"seconds_to_milliseconds", times_1000, by_1000, "times 1000; back: by 1000"},
     {"milliseconds_to_seconds", by_1000, times_1000, "by 1000; back: times 1000"},
     {"epoch_seconds", seconds_to_time, time_to_seconds, "seconds since 1970 as a timestamp, 0 as null; back: the seconds"},
     {"epoch_milliseconds", millis_to_time, time_to_millis, "milliseconds since 1970 as a timestamp, 0 as null; back: the milliseconds"},
     {"empty_to_null", empty_is_null, same, "an empty text as null; back: as it is"},
     {"e164", same, same, "phone numbers are compared, and told to hooks, in E.164; a column keeps its own way of writing"}}};

const Converter* find(std::string_view name) {
  const auto found = std::find_if(kConverters.begin(), kConverters.end(), [&](const Converter& one) { return one.name == name; });
  return found == kConverters.end() ? nullptr : &*found;
}

const Converter& get(std::string_view name) {
  const Converter* found = find(name);
  if (found == nullptr) throw Error(ErrorKind::Invalid, "there is no transform \"" + std::string(name) + "\"");
  return *found;
}

}  // namespace

std::span<const std::string> names() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> out;
    for (const Converter& one : kConverters) out.emplace_back(one.name);
    return out;
  }();
  return all;
}

std::string_view help(std::string_view name) { return get(name).help; }

bool is_builtin(std::string_view name) { return find(name) != nullptr; }

Value forward(std::string_view name, const Value& value, Arena& arena) {
  return value.is_nothing() ? Value::null() : get(name).forward(value, arena);
}

Value backward(std::string_view name, const Value& value, Arena& arena) {
  return value.is_nothing() ? Value::null() : get(name).backward(value, arena);
}

}  // namespace lockstep::transform
