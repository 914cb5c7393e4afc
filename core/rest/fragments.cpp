#include "rest/fragments.h"

#include <algorithm>

namespace lockstep::rest {
namespace {

constexpr std::size_t kShortest = 6;
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

bool in_word(char c) {
  const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return plain || std::string_view("*.-_+/=~").find(c) != std::string_view::npos || static_cast<unsigned char>(c) >= 0x80;
}

/// Where what hides the middle of a word begins and ends; both at the end when nothing does.
std::pair<std::size_t, std::size_t> hidden_part(std::string_view word) {
  for (const std::string_view mark : {std::string_view("**"), std::string_view("..."), kEllipsis}) {
    const std::size_t begin = word.find(mark);
    if (begin != std::string_view::npos) return {begin, word.rfind(mark) + mark.size()};
  }
  return {word.size(), word.size()};
}

bool shares_a_run(std::string_view word, std::string_view key) {
  for (std::size_t at = 0; at + kShortest <= word.size(); ++at) {
    if (key.find(word.substr(at, kShortest)) != std::string_view::npos) return true;
  }
  return false;
}

bool is_fragment(std::string_view word, std::string_view key) {
  if (word.find("***") != std::string_view::npos) return true;
  if (key.size() < kShortest) return false;
  if (shares_a_run(word, key)) return true;
  const auto [begin, end] = hidden_part(word);
  if (begin == word.size()) return false;
  const std::string_view first = word.substr(0, begin), last = word.substr(end);
  return (first.size() >= 2 && key.starts_with(first)) || (last.size() >= 2 && key.ends_with(last));
}

}  // namespace

std::string without_fragments(std::string_view text, std::string_view key) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length =
        static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), [](char c) { return in_word(c); }) - text.begin());
    std::string_view word = text.substr(0, length);
    // A full stop ends a sentence, not a key.
    std::string_view core = word;
    while (core.ends_with('.') && !core.ends_with("...")) core.remove_suffix(1);
    if (is_fragment(core, key)) {
      out.append("[redacted]").append(word.substr(core.size()));
    } else {
      out.append(word);
    }
    text.remove_prefix(length);
    if (text.empty()) break;
    out += text.front();
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace lockstep::rest
