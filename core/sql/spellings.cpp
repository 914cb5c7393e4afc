#include "sql/spellings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "common/text.h"

namespace lockstep::sql {
namespace {

/// Digits before the exponent.
std::size_t significant(std::string_view text) {
  const std::string_view digits = text.substr(0, std::min(text.find_first_of("eE"), text.size()));
  return static_cast<std::size_t>(std::count_if(digits.begin(), digits.end(), is_digit));
}

}  // namespace

std::string shortest(double value) {
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end.ptr};
}

std::string shortest(float value) {
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end.ptr};
}

std::optional<std::int64_t> canonical_integer(std::string_view text) {
  const auto value = whole_number<std::int64_t>(text);
  return value && std::to_string(*value) == text ? value : std::nullopt;
}

std::optional<double> canonical_real(std::string_view text) {
  const auto value = whole_number<double>(text);
  return value && std::isfinite(*value) && shortest(*value) == text ? value : std::nullopt;
}

bool plain_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point), fraction = point < text.size() ? text.substr(point + 1) : "0";
  const auto digits = [](std::string_view part) { return !part.empty() && std::all_of(part.begin(), part.end(), is_digit); };
  return digits(whole) && digits(fraction) && (whole.size() == 1 || whole.front() != '0');
}

long digits_behind_point(std::string_view number) {
  const std::size_t e = std::min(number.find_first_of("eE"), number.size());
  const long exponent = e < number.size() ? std::strtol(std::string(number.substr(e + 1)).c_str(), nullptr, 10) : 0;
  std::string_view digits = number.substr(0, e);
  const std::size_t point = digits.find('.');
  long behind = point == std::string_view::npos ? 0 : static_cast<long>(digits.size() - point - 1);
  for (std::size_t at = digits.size(); at > 0 && (digits[at - 1] == '0' || digits[at - 1] == '.'); --at) {
    if (digits[at - 1] == '0' && (behind > 0 || point == std::string_view::npos)) --behind;
  }
  return std::max(0L, behind - exponent);
}

bool keeps_number(std::string_view text, double value, bool narrow) {
  if (narrow) return whole_number<double>(shortest(static_cast<float>(value))) == value;
  return digits_behind_point(text) <= 400 && (shortest(value) == text || significant(text) <= 15);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? c != '-' : !is_digit(c) && (c < 'a' || c > 'f')) return false;
  }
  return true;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

bool finer_than(Micros time, int digits) {
  Micros step = 1;
  for (int i = digits; i < 6; ++i) step *= 10;
  return time % step != 0;
}

bool finer_than_microseconds(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return false;
  std::size_t end = point + 1;
  while (end < text.size() && is_digit(text[end])) ++end;
  for (std::size_t at = point + 7; at < end; ++at) {
    if (text[at] != '0') return true;
  }
  return false;
}

}  // namespace lockstep::sql
