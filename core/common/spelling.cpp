#include "common/spelling.h"

#include <algorithm>
#include <boost/locale/utf.hpp>
#include <cstdint>

#include "common/text.h"

namespace lockstep {
namespace {

using Utf8 = boost::locale::utf::utf_traits<char>;

constexpr char kUpper[] = "0123456789ABCDEF";
constexpr char kLower[] = "0123456789abcdef";

/// How far a JSON writer goes beyond what RFC 8259 demands.
struct JsonStyle {
  bool solidus = false;  ///< "/" as "\/"
  bool ascii = false;    ///< everything beyond ASCII as \uNNNN
  const char* digits = kLower;
};

void append_unit(std::string& out, std::uint32_t unit, const char* digits) {
  out += {'\\', 'u', digits[unit >> 12U & 15U], digits[unit >> 8U & 15U], digits[unit >> 4U & 15U], digits[unit & 15U]};
}

void append_units(std::string& out, std::uint32_t point, const char* digits) {
  if (point < 0x10000) return append_unit(out, point, digits);
  append_unit(out, 0xD800 + ((point - 0x10000) >> 10U), digits);
  append_unit(out, 0xDC00 + ((point - 0x10000) & 0x3FFU), digits);
}

/// The letter of a two-character escape, or 0.
char short_escape(std::uint32_t point, bool solidus) {
  switch (point) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    case '/': return solidus ? '/' : '\0';
    default: return '\0';
  }
}

std::string escape_json(std::string_view text, const JsonStyle& style) {
  std::string out;
  out.reserve(text.size() + 8);
  const char* cursor = text.data();
  const char* end = cursor + text.size();
  while (cursor != end) {
    const char* begin = cursor;
    std::uint32_t point = Utf8::decode(cursor, end);
    if (!boost::locale::utf::is_valid_codepoint(point)) {
      cursor = begin + 1;
      point = 0xFFFD;
    }
    const std::string_view bytes(begin, static_cast<std::size_t>(cursor - begin));
    if (const char letter = short_escape(point, style.solidus); letter != '\0') {
      out += {'\\', letter};
    } else if (point == 0xFFFD || (style.ascii && point > 0x7F) || printable(bytes) != bytes) {
      append_units(out, point, style.digits);
    } else {
      out += bytes;
    }
  }
  return out;
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' || c == '~';
}

std::string escape_percent(std::string_view text, const char* digits, bool form) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(c)) {
      out += c;
    } else if (form && c == ' ') {
      out += '+';
    } else {
      out += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return out;
}

/// The characters of base64 that `text` alone decides when `before` bytes (0 to 2) stand in front of it in its group of three.
std::string base64_of(std::string_view text, std::size_t before, std::string_view last_two) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string out;
  std::uint32_t bits = 0;
  std::size_t held = 0;
  // The first character that holds no bit of what stands before.
  if (before > 0) {
    held = before == 1 ? 4 : 6;
    bits = static_cast<unsigned char>(text.front()) & ((1U << held) - 1U);
    text.remove_prefix(1);
  }
  for (const char c : text) {
    bits = bits << 8U | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) {
      const std::size_t value = bits >> (held - 6) & 63U;
      out += value < kLetters.size() ? kLetters[value] : last_two[value - kLetters.size()];
    }
  }
  return out;
}

std::string hex_of(std::string_view text, const char* digits) {
  std::string out;
  for (const char c : text) out += {digits[static_cast<unsigned char>(c) >> 4U], digits[static_cast<unsigned char>(c) & 15U]};
  return out;
}

}  // namespace

std::string json_escaped(std::string_view text) { return escape_json(text, {}); }

std::string visible_json(std::string_view json) {
  if (printable(json, true).size() == json.size()) return std::string(json);
  std::string out;
  const char* cursor = json.data();
  const char* end = cursor + json.size();
  while (cursor != end) {
    const char* begin = cursor;
    const std::uint32_t point = Utf8::decode(cursor, end);
    const bool good = boost::locale::utf::is_valid_codepoint(point);
    if (!good) cursor = begin + 1;
    const std::string_view bytes(begin, static_cast<std::size_t>(cursor - begin));
    if (good && printable(bytes, true) != bytes) {
      append_units(out, point, kLower);
    } else {
      out += bytes;
    }
  }
  return out;
}

std::string percent_encoded(std::string_view text) { return escape_percent(text, kUpper, false); }

std::vector<std::string> spellings(std::string_view text) {
  std::vector<std::string> out{std::string(text), printable(text)};
  for (const char* digits : {kUpper, kLower}) {
    for (const bool flag : {false, true}) {
      out.push_back(escape_percent(text, digits, flag));
      out.push_back(escape_json(text, {.solidus = flag, .ascii = false, .digits = digits}));
      out.push_back(escape_json(text, {.solidus = flag, .ascii = true, .digits = digits}));
    }
  }
  std::sort(out.begin() + 1, out.end());
  out.erase(std::unique(out.begin() + 1, out.end()), out.end());
  out.erase(std::remove(out.begin() + 1, out.end(), out.front()), out.end());
  return out;
}

std::vector<std::string> encodings(std::string_view text) {
  std::vector<std::string> out;
  if (text.empty()) return out;
  for (const std::string_view last_two : {std::string_view("+/"), std::string_view("-_")}) {
    for (const std::size_t before : {0U, 1U, 2U}) out.push_back(base64_of(text, before, last_two));
  }
  for (const char* digits : {kUpper, kLower}) out.push_back(hex_of(text, digits));
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace lockstep
