#include "common/many_search.h"

#include <algorithm>

namespace lockstep {

ManySearch::ManySearch(std::vector<std::string> words) : words_(std::move(words)) {
  std::sort(words_.begin(), words_.end());
  words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
  if (words_.empty()) return;
  window_ = 255;
  for (const std::string& word : words_) window_ = std::min(window_, word.size());
  if (window_ < 2) return;
  skip_.fill(static_cast<std::uint8_t>(window_ - 1));
  for (const std::string& word : words_) {
    for (std::size_t end = 1; end < window_; ++end) {
      std::uint8_t& skip = skip_[slot(word[end - 1], word[end])];
      skip = std::min(skip, static_cast<std::uint8_t>(window_ - 1 - end));
    }
  }
}

bool ManySearch::any(std::string_view text) const {
  if (words_.empty()) return false;
  if (window_ < 2) {
    return std::any_of(words_.begin(), words_.end(), [&](const std::string& word) { return text.find(word) != std::string_view::npos; });
  }
  for (std::size_t end = window_ - 1; end < text.size();) {
    const std::size_t skip = skip_[slot(text[end - 1], text[end])];
    if (skip > 0) {
      end += skip;
      continue;
    }
    const std::string_view rest = text.substr(end + 1 - window_);
    if (std::any_of(words_.begin(), words_.end(), [&](const std::string& word) { return rest.starts_with(word); })) return true;
    ++end;
  }
  return false;
}

}  // namespace lockstep
