// Spellings: which text is the one that a server itself would answer for a number, a uuid or an instant.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "common/time.h"

namespace lockstep::sql {

/// nullopt unless all of the text is a number.
template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string shortest(double value);
std::string shortest(float value);
/// The integer that `text` is the canonical spelling of.
std::optional<std::int64_t> canonical_integer(std::string_view text);
std::optional<double> canonical_real(std::string_view text);
/// Digits with a sign and a point, as a server answers decimal numbers: "-12.50". Not "05", "1e5" or "+1".
bool plain_decimal(std::string_view text);
/// Digits behind the point of any JSON number, once its exponent is applied and zeros at the end are left out.
long digits_behind_point(std::string_view number);
/// True when a double, or a float where it is `narrow`, keeps the number that `text` spells; `value`: the double nearest to it.
bool keeps_number(std::string_view text, double value, bool narrow);
bool is_uuid(std::string_view text);
/// Of UTF-8.
std::size_t characters(std::string_view text);
/// Fractions of a second beyond the column's digits.
bool finer_than(Micros time, int digits);
/// True when more than six digits behind the point of the seconds tell something.
bool finer_than_microseconds(std::string_view text);

}  // namespace lockstep::sql
