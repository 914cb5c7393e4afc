// The column-name rule: lowerCamel keys of an API and snake_case columns, both ways.
#include <algorithm>
#include <array>
#include <utility>

#include "common/text.h"
#include "mapping/mapping.h"

namespace lockstep {
namespace {

bool is_upper(char letter) { return letter >= 'A' && letter <= 'Z'; }
bool is_lower(char letter) { return letter >= 'a' && letter <= 'z'; }
char upper(char letter) { return is_lower(letter) ? static_cast<char>(letter - 'a' + 'A') : letter; }

/// Words that APIs spell as acronyms where a plain capital would not lead back.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kAcronyms{{{"ai", "AI"}, {"urls", "URLs"}}};

/// The `s` of a plural acronym: "URLs" at the end or before the next word.
bool is_plural(std::string_view text, std::size_t at) {
  return text[at] == 's' && at >= 2 && is_upper(text[at - 1]) && is_upper(text[at - 2]) &&
         (at + 1 == text.size() || is_upper(text[at + 1]));
}

bool starts_word(std::string_view text, std::size_t at) {
  if (at == 0 || !is_upper(text[at])) return false;
  const char before = text[at - 1];
  if (before == '_') return false;
  if (is_lower(before) || is_digit(before)) return true;
  return at + 1 < text.size() && is_lower(text[at + 1]) && !is_plural(text, at + 1);
}

}  // namespace

std::string to_snake(std::string_view camel) {
  std::string out;
  for (std::size_t i = 0; i < camel.size(); ++i) {
    if (starts_word(camel, i)) out += '_';
    out += camel[i];
  }
  return to_lower(out);
}

std::string to_camel(std::string_view snake) {
  std::string out;
  for (const std::string& word : split(snake, '_')) {
    const auto acronym = std::find_if(kAcronyms.begin(), kAcronyms.end(), [&](const auto& entry) { return entry.first == word; });
    if (out.empty()) {
      out += word;
    } else if (acronym != kAcronyms.end()) {
      out += acronym->second;
    } else if (!word.empty()) {
      out += upper(word.front());
      out += word.substr(1);
    }
  }
  return out;
}

}  // namespace lockstep
