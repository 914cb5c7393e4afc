#include "format/escape.h"

#include <simdjson.h>

#include <cstdint>
#include <cstring>
#include <optional>

namespace lockstep::json {
namespace {

std::optional<std::uint32_t> hex4(const char* digits, const char* end) {
  if (end - digits < 4) return std::nullopt;
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const char digit = digits[i];
    std::uint32_t nibble = 0;
    if (digit >= '0' && digit <= '9')
      nibble = static_cast<std::uint32_t>(digit - '0');
    else if (digit >= 'a' && digit <= 'f')
      nibble = static_cast<std::uint32_t>(digit - 'a' + 10);
    else if (digit >= 'A' && digit <= 'F')
      nibble = static_cast<std::uint32_t>(digit - 'A' + 10);
    else
      return std::nullopt;
    value = value << 4 | nibble;
  }
  return value;
}

char* write_utf8(char* out, std::uint32_t point) {
  const auto put = [&out](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | point >> 6);
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3F));
    put(0x80 | (point >> 6 & 0x3F));
    put(0x80 | (point & 0x3F));
  }
  return out;
}

/// Reads what follows "\u"; a high surrogate must be followed by its low one. `halves`: one without the other stands for itself.
std::optional<std::uint32_t> code_point(const char*& in, const char* end, bool halves) {
  const auto first = hex4(in, end);
  if (!first) return std::nullopt;
  in += 4;
  if (*first < 0xD800 || *first > 0xDFFF) return first;
  const std::optional<std::uint32_t> alone = halves ? first : std::nullopt;
  if (*first > 0xDBFF || end - in < 6 || in[0] != '\\' || in[1] != 'u') return alone;
  const auto second = hex4(in + 2, end);
  if (!second || *second < 0xDC00 || *second > 0xDFFF) return alone;
  in += 6;
  return 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00);
}

char short_escape(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/': return letter;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
  }
}

void append_escape(std::string& out, char byte) {
  static constexpr char kDigits[] = "0123456789abcdef";
  switch (byte) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  const auto code = static_cast<unsigned char>(byte);
  out += "\\u00";
  out += kDigits[code >> 4];
  out += kDigits[code & 15U];
}

/// Length of the well-formed character at `text`, 0 when there is none.
std::size_t character(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    if (simdjson::validate_utf8(text.data(), length)) return length;
  }
  return 0;
}

/// The three bytes that append_unescaped() makes of half a surrogate pair.
bool begins_with_half(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  return text.size() >= 3 && byte(0) == 0xED && byte(1) >= 0xA0 && byte(1) <= 0xBF && byte(2) >= 0x80 && byte(2) <= 0xBF;
}

void append_half(std::string& out, std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  const unsigned code = 0xD000U | (static_cast<unsigned char>(text[1]) & 0x3FU) << 6U | (static_cast<unsigned char>(text[2]) & 0x3FU);
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[code >> static_cast<unsigned>(shift) & 15U];
}

void append_escaped(std::string& out, std::string_view text) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char byte = text[i];
    if (static_cast<unsigned char>(byte) >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(text, begin, i - begin);
    append_escape(out, byte);
    begin = i + 1;
  }
  out.append(text, begin, text.size() - begin);
}

void append_ill_formed(std::string& out, std::string_view text) {
  while (!text.empty()) {
    std::size_t length = character(text);
    if (length > 0) {
      append_escaped(out, text.substr(0, length));
    } else if (begins_with_half(text)) {
      append_half(out, text);
      length = 3;
    } else {
      out += "\xEF\xBF\xBD";
      length = 1;
    }
    text.remove_prefix(length);
  }
}

/// True when every escape is one that append_literal() writes itself: the literal is canonical as it stands.
bool spelled_shortest(std::string_view body) {
  for (std::size_t at = body.find('\\'); at != std::string_view::npos; at = body.find('\\', at + 2)) {
    const char letter = body[at + 1];
    if (letter == 'u' || letter == '/' || short_escape(letter) == '\0') return false;
  }
  return true;
}

/// `halves`: see code_point().
char* unescape(std::string_view literal, char* out, bool halves) {
  const std::string_view body = body_of(literal);
  const char* in = body.data();
  const char* end = in + body.size();
  while (in < end) {
    const char* stop = static_cast<const char*>(std::memchr(in, '\\', static_cast<std::size_t>(end - in)));
    const std::size_t run = static_cast<std::size_t>((stop == nullptr ? end : stop) - in);
    std::memcpy(out, in, run);
    out += run;
    in += run;
    if (stop == nullptr) break;
    if (end - in < 2) return nullptr;
    const char letter = in[1];
    in += 2;
    if (letter == 'u') {
      const auto point = code_point(in, end, halves);
      if (!point) return nullptr;
      out = write_utf8(out, *point);
    } else {
      const char byte = short_escape(letter);
      if (byte == '\0') return nullptr;
      *out++ = byte;
    }
  }
  return out;
}

}  // namespace

bool is_plain(std::string_view literal) { return std::memchr(literal.data(), '\\', literal.size()) == nullptr; }

char* unescape(std::string_view literal, char* out) { return unescape(literal, out, false); }

bool append_unescaped(std::string& out, std::string_view literal) {
  const std::size_t before = out.size();
  out.resize(before + literal.size());
  char* const end = unescape(literal, out.data() + before, true);
  out.resize(end == nullptr ? before : static_cast<std::size_t>(end - out.data()));
  return end != nullptr;
}

void append_literal(std::string& out, std::string_view text) {
  out += '"';
  if (simdjson::validate_utf8(text.data(), text.size())) {
    append_escaped(out, text);
  } else {
    append_ill_formed(out, text);
  }
  out += '"';
}

bool append_canonical_literal(std::string& out, std::string_view literal) {
  if (is_plain(literal) || spelled_shortest(body_of(literal))) {
    out += literal;
    return true;
  }
  std::string text;
  if (!append_unescaped(text, literal)) return false;
  append_literal(out, text);
  return true;
}

}  // namespace lockstep::json
