#include "mapping/e164.h"

#include <algorithm>
#include <array>

#include "common/text.h"

namespace lockstep {
namespace {

constexpr std::size_t kMostDigits = 15;  // ITU-T E.164
constexpr std::size_t kFewestDigits = 7;

/// Blanks and hyphens that word processors put between the digits, besides those of RFC 3966.
constexpr std::array<std::string_view, 10> kSeparators{
    " ", "\t", "-", ".", "(", ")", "/", "\u00a0", "\u202f", "\u2011",
};

/// Takes a separator off the front.
bool skip_separator(std::string_view& text) {
  for (const std::string_view separator : kSeparators) {
    if (!text.starts_with(separator)) continue;
    text.remove_prefix(separator.size());
    return true;
  }
  return false;
}

/// The digits of what is left; nullopt when something else stands among them.
std::optional<std::string> digits_of(std::string_view text) {
  std::string digits;
  while (!text.empty()) {
    if (is_digit(text.front())) {
      digits += text.front();
      text.remove_prefix(1);
    } else if (!skip_separator(text)) {
      return std::nullopt;
    }
  }
  return digits;
}

std::optional<std::string> whole(std::string digits) {
  if (digits.size() < kFewestDigits || digits.size() > kMostDigits || digits.front() == '0') return std::nullopt;
  return "+" + std::move(digits);
}

/// Ten digits, or eleven with the 1 in front: the North American plan has no others.
std::optional<std::string> north_american(std::string digits) {
  if (digits.starts_with("011")) return whole(digits.substr(3));
  if (digits.size() == 11 && digits.front() == '1') return whole(std::move(digits));
  return digits.size() == 10 && digits.front() > '1' ? whole("1" + digits) : std::nullopt;
}

std::optional<std::string> national(std::string digits, std::string_view country_code) {
  if (digits.empty() || country_code.empty()) return std::nullopt;
  if (country_code == "1") return north_american(std::move(digits));
  // In Italy and San Marino the zero belongs to the number.
  const bool keeps_zero = country_code == "39" || country_code == "378";
  if (digits.front() == '0') return whole(std::string(country_code) + (keeps_zero ? digits : digits.substr(1)));
  constexpr std::size_t kLongEnoughToHoldTheCode = 10;
  if (digits.starts_with(country_code) && digits.size() >= kLongEnoughToHoldTheCode) return whole(std::move(digits));
  return whole(std::string(country_code) + digits);
}

}  // namespace

std::optional<std::string> to_e164(std::string_view text, std::string_view country_code) {
  text = trim(text);
  if (starts_with_ignore_case(text, "tel:")) text.remove_prefix(4);
  while (skip_separator(text)) {
  }
  const bool international = text.starts_with('+');
  if (international) text.remove_prefix(1);
  // "+44 (0)20 …": the zero is for callers at home.
  const std::string without_trunk = international || text.starts_with("00") ? replace_all(std::string(text), "(0)", "") : std::string(text);
  std::optional<std::string> digits = digits_of(without_trunk);
  if (!digits) return std::nullopt;
  if (international) return digits->empty() ? std::nullopt : whole(std::move(*digits));
  if (digits->starts_with("00")) return digits->size() > 2 ? whole(digits->substr(2)) : std::nullopt;
  return national(std::move(*digits), country_code);
}

std::optional<std::string> read_country_code(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const bool good = !text.empty() && text.size() <= 3 && text.front() != '0' && std::all_of(text.begin(), text.end(), is_digit);
  return good ? std::optional(std::string(text)) : std::nullopt;
}

}  // namespace lockstep
