// UTF-8 is decoded by Boost.Locale's header, which refuses surrogates, overlong forms and what lies beyond U+10FFFF.
#include "common/text.h"

#include <algorithm>
#include <array>
#include <boost/locale/utf.hpp>
#include <cstdint>
#include <cstring>
#include <utility>

namespace lockstep {
namespace {

using Utf8 = boost::locale::utf::utf_traits<char>;

constexpr char kEllipsis[] = "\xE2\x80\xA6";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// One code point of `text` at `at`, or nullopt for a byte that begins none; moves `at` behind it.
std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at) {
  const char* begin = text.data() + at;
  const char* cursor = begin;
  const boost::locale::utf::code_point point = Utf8::decode(cursor, text.data() + text.size());
  if (!boost::locale::utf::is_valid_codepoint(point)) {
    ++at;
    return std::nullopt;
  }
  at += static_cast<std::size_t>(cursor - begin);
  return static_cast<char32_t>(point);
}

/// Skips bytes below 0x80, eight at a time: nearly all text is ASCII.
std::size_t skip_ascii(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::uint64_t word = 0;
  while (at + sizeof word <= text.size()) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & kHighBits) != 0) break;
    at += sizeof word;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

/// C0, DEL, C1, the marks that reorder what a terminal shows, line ends that are none in a terminal, and what nobody sees: a zero-width
/// blank, a soft hyphen, tags. Joiners stay, for scripts and emoji need them.
bool is_steering(char32_t point) {
  static constexpr std::array<std::pair<char32_t, char32_t>, 12> kRanges{{{0, 0x1F},
                                                                          {0x7F, 0x9F},
                                                                          {0xAD, 0xAD},
                                                                          {0x61C, 0x61C},
                                                                          {0x180E, 0x180E},
                                                                          {0x200B, 0x200B},
                                                                          {0x200E, 0x200F},
                                                                          {0x2028, 0x202E},
                                                                          {0x2060, 0x206F},
                                                                          {0xFEFF, 0xFEFF},
                                                                          {0xFFF9, 0xFFFB},
                                                                          {0xE0000, 0xE007F}}};
  return std::any_of(kRanges.begin(), kRanges.end(), [&](const auto& range) { return point >= range.first && point <= range.second; });
}

void append_escaped(std::string& out, std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += {'\\', 'x', kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
}

/// Damerau-Levenshtein in the form of optimal string alignment: insert, delete, replace, swap of neighbours.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) current[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before = std::exchange(previous, current);
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) current[j] = std::min(current[j], before[j - 2] + 1);
    }
  }
  return current[b.size()];
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

bool starts_with_ignore_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && equal_ignore_case(text.substr(0, prefix.size()), prefix);
}

bool equal_ignore_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t at = text.find(separator); at != std::string_view::npos; at = text.find(separator, from)) {
    parts.emplace_back(text.substr(from, at - from));
    from = at + 1;
  }
  parts.emplace_back(text.substr(from));
  return parts;
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += separator;
    out += parts[i];
  }
  return out;
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  if (from.empty()) return text;
  std::string out;
  std::size_t begin = 0;
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, begin)) {
    out.append(text, begin, at - begin).append(to);
    begin = at + from.size();
  }
  if (begin == 0) return text;
  return out.append(text, begin);
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = skip_ascii(text, 0); at < text.size(); at = skip_ascii(text, at)) {
    if (!next_code_point(text, at)) return false;
  }
  return true;
}

std::size_t utf8_length(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string ellipsize(std::string_view text, std::size_t max_characters) {
  if (max_characters == 0) return {};
  std::size_t at = 0;
  std::size_t cut = 0;
  for (std::size_t count = 0; at < text.size(); ++count) {
    if (count + 1 == max_characters) cut = at;
    if (count == max_characters) return std::string(text.substr(0, cut)) + kEllipsis;
    next_code_point(text, at);
  }
  return std::string(text);
}

std::string printable(std::string_view text, bool multiline) {
  // Nearly all text is plain ASCII; a branch-free pass over it costs next to nothing.
  unsigned odd = 0;
  for (const char c : text) odd |= static_cast<unsigned>(static_cast<unsigned char>(c - ' ') >= 0x5F);
  if (odd == 0) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const std::optional<char32_t> point = next_code_point(text, at);
    const std::string_view bytes = text.substr(begin, at - begin);
    const bool kept = point && (!is_steering(*point) || (multiline && (*point == '\n' || *point == '\t')));
    if (kept) {
      out += bytes;
    } else {
      append_escaped(out, bytes);
    }
  }
  return out;
}

std::string in_quotes(std::string_view text) { return '"' + printable(text) + '"'; }

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
  const std::string wanted = to_lower(word);
  std::size_t best = wanted.size() / 3 + 1;
  std::optional<std::string> found;
  for (const std::string& candidate : candidates) {
    // No fewer changes than the lengths differ; comparing foreign text of any length would take for ever.
    if (std::max(wanted.size(), candidate.size()) - std::min(wanted.size(), candidate.size()) >= best) continue;
    const std::size_t off = distance(wanted, to_lower(candidate));
    if (off >= best) continue;
    best = off;
    found = candidate;
  }
  return found;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const std::optional<std::string> found = nearest(word, candidates);
  return found ? "; did you mean \"" + *found + "\"?" : std::string();
}

std::string align(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], utf8_length(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      line.append(widths[i] + 2 - utf8_length(row[i]), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + ' ' + std::string(count == 1 ? one : many);
}

std::string capitalised(std::string_view text) {
  std::string out(text);
  if (!out.empty() && out.front() >= 'a' && out.front() <= 'z') out.front() = static_cast<char>(out.front() - ('a' - 'A'));
  return out;
}

}  // namespace lockstep
