#include "web/request.h"

#include <algorithm>

#include "common/text.h"

namespace lockstep::web {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// `plus`: a plus sign means a blank, as in a query.
std::string decode(std::string_view text, bool plus) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 2 < text.size() ? digit(text[i + 1]) : -1, low = i + 2 < text.size() ? digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) throw Refusal{400, "a percent sign in the address is not followed by two hexadecimal digits"};
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  const bool control = std::any_of(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (control) throw Refusal{400, "the address holds a control character"};
  if (!is_utf8(out)) throw Refusal{400, "the address is not UTF-8"};
  return out;
}

}  // namespace

Target parse_target(std::string_view target) {
  Target out;
  const std::size_t mark = target.find('?');
  const std::string_view path = target.substr(0, mark);
  if (!path.starts_with('/')) throw Refusal{400, "the address has to begin with a slash"};
  if (target.find('#') != std::string_view::npos) throw Refusal{400, "the address holds a fragment"};
  out.path = path;
  if (path != "/") {
    for (const std::string& segment : split(path.substr(1), '/')) {
      std::string decoded = decode(segment, false);
      if (decoded.empty() || decoded == "." || decoded == "..") throw Refusal{400, "a part of the address is empty, \".\" or \"..\""};
      out.segments.push_back(std::move(decoded));
    }
  }
  if (mark == std::string_view::npos) return out;
  for (const std::string& pair : split(target.substr(mark + 1), '&')) {
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string_view whole = pair;
    out.query.emplace_back(decode(whole.substr(0, equals), true),
                           equals == std::string::npos ? std::string() : decode(whole.substr(equals + 1), true));
  }
  return out;
}

std::optional<std::string_view> Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : target.query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace lockstep::web
