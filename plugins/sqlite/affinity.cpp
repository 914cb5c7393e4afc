#include "affinity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "common/text.h"

namespace lockstep::sqlite {
namespace {

bool holds(std::string_view type, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return type.find(word) != std::string_view::npos; });
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\v' || c == '\f' || c == '\r'; }

/// What SQLite takes for a number: spaces around, sign, digits with a point, exponent. Not hexadecimal, not "inf".
bool looks_numeric(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) text.remove_prefix(1);
  if (text.empty()) return false;
  double ignored = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), ignored);
  const bool digits = (text.front() >= '0' && text.front() <= '9') || text.front() == '.';
  return digits && result.ec != std::errc::invalid_argument && result.ptr == text.data() + text.size();
}

}  // namespace

Affinity affinity_of(std::string_view declared_type) {
  const std::string type = to_lower(declared_type);
  if (holds(type, {"int"})) return Affinity::Integer;
  if (holds(type, {"char", "clob", "text"})) return Affinity::Text;
  if (type.empty() || holds(type, {"blob"})) return Affinity::None;
  if (holds(type, {"real", "floa", "doub"})) return Affinity::Real;
  return Affinity::Numeric;
}

ColumnType nearest_type(std::string_view declared_type) {
  const std::string type = to_lower(declared_type);
  if (type == "tinyint(1)" || holds(type, {"bool"})) return ColumnType::Boolean;
  if (holds(type, {"json"})) return ColumnType::Json;
  if (holds(type, {"time", "date"})) return ColumnType::Timestamp;
  if (holds(type, {"int"})) return ColumnType::Integer;
  if (holds(type, {"char", "uuid"})) return ColumnType::Key;
  if (holds(type, {"blob", "binary"})) return ColumnType::Blob;
  if (holds(type, {"real", "floa", "doub", "num", "dec"})) return ColumnType::Real;
  return ColumnType::Text;
}

std::string shortest(double value) {
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end.ptr};
}

std::optional<std::int64_t> canonical_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  const bool leading_zero = text.front() == '0' && text.size() > 1;
  if (leading_zero || text.starts_with("-0")) return std::nullopt;
  return value;
}

std::optional<double> canonical_real(std::string_view text) {
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  if (shortest(value) != text) return std::nullopt;
  return value;
}

double spelled_real(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool text_survives(Affinity affinity, std::string_view text) {
  if (affinity == Affinity::None || affinity == Affinity::Text || !looks_numeric(text)) return true;
  if (affinity != Affinity::Real && canonical_integer(text)) return true;
  const std::optional<double> value = canonical_real(text);
  if (!value || text.find('.') == std::string_view::npos) return false;
  // SQLite spells a stored double with 15 digits.
  std::array<char, 40> spelled{};
  const auto end = std::to_chars(spelled.data(), spelled.data() + spelled.size(), *value, std::chars_format::general, 15);
  return text == std::string_view(spelled.data(), end.ptr);
}

}  // namespace lockstep::sqlite
