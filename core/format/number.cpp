#include "format/number.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "common/error.h"
#include "common/text.h"

namespace lockstep::json {
namespace {

std::size_t digits_from(std::string_view token, std::size_t at) {
  while (at < token.size() && is_digit(token[at])) ++at;
  return at;
}

/// What a number means: sign, digits without leading or trailing zeros (none: zero), and the power of ten behind them.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;
  bool beyond = false;  ///< the exponent itself leaves 64 bits

  friend bool operator==(const Decimal&, const Decimal&) = default;
};

/// Powers of ten that sums with a length of a text still hold.
constexpr std::int64_t kFurthest = 1'000'000'000'000;

Decimal decimal(std::string_view token) {
  Decimal out;
  if (token.front() == '-') {
    out.negative = true;
    token.remove_prefix(1);
  }
  const std::size_t whole = digits_from(token, 0);
  out.digits = token.substr(0, whole);
  std::size_t at = whole;
  if (at < token.size() && token[at] == '.') {
    const std::size_t stop = digits_from(token, at + 1);
    out.digits += token.substr(at + 1, stop - at - 1);
    out.exponent = -static_cast<std::int64_t>(stop - at - 1);
    at = stop;
  }
  if (at < token.size()) {
    const char* first = token.data() + at + 1;
    if (*first == '+') ++first;
    std::int64_t power = 0;
    const auto result = std::from_chars(first, token.data() + token.size(), power);
    out.beyond = result.ec != std::errc() || power > kFurthest || power < -kFurthest;
    if (!out.beyond) out.exponent += power;
  }
  while (!out.digits.empty() && out.digits.back() == '0') {
    out.digits.pop_back();
    ++out.exponent;
  }
  out.digits.erase(0, std::min(out.digits.find_first_not_of('0'), out.digits.size()));
  if (out.digits.empty()) out = Decimal();
  return out;
}

std::string shortest(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value);
  return {buffer, end.ptr};
}

std::optional<double> nearest_double(std::string_view token) {
  double value = 0;
  const auto result = std::from_chars(token.data(), token.data() + token.size(), value);
  if (result.ec != std::errc() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// Longest run of digits that an integer is spelled out with; longer ones get an exponent.
constexpr std::int64_t kLongestInteger = 64;

std::optional<std::string> plain_digits(const Decimal& number) {
  if (number.digits.empty()) return "0";
  if (number.beyond || number.exponent < 0) return std::nullopt;
  if (number.exponent + static_cast<std::int64_t>(number.digits.size()) > kLongestInteger) return std::nullopt;
  return (number.negative ? "-" : "") + number.digits + std::string(static_cast<std::size_t>(number.exponent), '0');
}

/// More digits than a double holds, as they are: 1.000000000000000005.
void append_fraction(std::string& out, const Decimal& number) {
  const auto behind = static_cast<std::size_t>(-number.exponent);
  const std::string zeros(behind >= number.digits.size() ? behind - number.digits.size() + 1 : 0, '0');
  const std::string digits = zeros + number.digits;
  out += number.negative ? "-" : "";
  out += digits.substr(0, digits.size() - behind) + "." + digits.substr(digits.size() - behind);
}

/// Digits at most 15 and no zeros to drop: the token is what to_chars would answer for its double, or the integer itself.
bool is_canonical_already(std::string_view token) {
  const std::size_t sign = token.front() == '-' ? 1 : 0;
  if (token.size() - sign > 16) return false;
  const std::size_t whole = digits_from(token, sign);
  if (whole == token.size()) return token != "-0";
  if (token[whole] != '.' || digits_from(token, whole + 1) != token.size() || token.back() == '0') return false;
  return token[sign] != '0' || token[whole + 1] != '0';
}

}  // namespace

bool is_number(std::string_view token) {
  std::size_t at = !token.empty() && token.front() == '-' ? 1 : 0;
  const std::size_t whole = digits_from(token, at);
  if (whole == at || (token[at] == '0' && whole > at + 1)) return false;
  at = whole;
  if (at < token.size() && token[at] == '.') {
    const std::size_t stop = digits_from(token, at + 1);
    if (stop == at + 1) return false;
    at = stop;
  }
  if (at < token.size() && (token[at] == 'e' || token[at] == 'E')) {
    ++at;
    if (at < token.size() && (token[at] == '+' || token[at] == '-')) ++at;
    const std::size_t stop = digits_from(token, at);
    if (stop == at) return false;
    at = stop;
  }
  return at == token.size();
}

std::optional<std::int64_t> plain_integer(std::string_view token) {
  std::int64_t value = 0;
  const auto result = std::from_chars(token.data(), token.data() + token.size(), value);
  if (result.ec != std::errc() || result.ptr != token.data() + token.size()) return std::nullopt;
  return value;
}

std::optional<double> exact_double(std::string_view token) {
  if (token.find_first_of(".eE") == std::string_view::npos) return std::nullopt;
  const auto value = nearest_double(token);
  if (!value) return std::nullopt;
  if (token.size() <= 15) {
    // Up to 15 digits survive a double; only the exponent can lead out of its normal range.
    if (*value == 0 ? decimal(token).digits.empty() : std::abs(*value) > std::numeric_limits<double>::min()) return value;
  }
  Decimal meant = decimal(token);
  Decimal held = decimal(shortest(*value));
  return meant == held ? value : std::nullopt;
}

std::optional<std::int64_t> integral(std::string_view token) {
  if (const auto value = plain_integer(token)) return value;
  const auto digits = plain_digits(decimal(token));
  return digits ? plain_integer(*digits) : std::nullopt;
}

void append_canonical_number(std::string& out, std::string_view token) {
  if (is_canonical_already(token)) {
    out += token;
    return;
  }
  const Decimal number = decimal(token);
  const auto digits = plain_digits(number);
  if (digits && plain_integer(*digits)) {
    out += *digits;
    return;
  }
  const auto value = nearest_double(token);
  if (value && *value != 0) {
    const std::string text = shortest(*value);
    if (decimal(text) == number) {
      const auto rounded = integral(text);
      out += rounded ? std::to_string(*rounded) : text;
      return;
    }
  }
  if (digits) {
    out += *digits;
  } else if (!number.beyond && number.exponent < 0 && number.exponent >= -kLongestInteger) {
    append_fraction(out, number);
  } else if (number.beyond) {
    for (const char byte : token) out += byte == 'E' ? 'e' : byte;
  } else {
    out += (number.negative ? "-" : "") + number.digits + "e" + std::to_string(number.exponent);
  }
}

void append_double(std::string& out, double value) {
  if (!std::isfinite(value)) throw Error(ErrorKind::Invalid, "a number is not finite, and JSON has no spelling for that");
  const std::string text = shortest(value);
  out += text;
  if (text.find_first_of(".e") == std::string::npos) out += ".0";
}

}  // namespace lockstep::json
