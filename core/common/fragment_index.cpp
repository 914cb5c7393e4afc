#include "common/fragment_index.h"

#include <algorithm>
#include <cstring>

#include "common/text.h"

namespace lockstep {
namespace {

std::uint32_t gram_at(const char* bytes) {
  std::uint32_t gram = 0;
  std::memcpy(&gram, bytes, sizeof gram);
  return gram;
}

std::size_t bit_of(std::uint32_t gram) { return (gram * 2654435761U) >> 16U; }

/// Eight letters of one case may be a word that stands in many texts.
bool tells(std::string_view run) {
  if (run.size() >= FragmentIndex::kShortestWord) return true;
  const auto any = [&](auto is) { return std::any_of(run.begin(), run.end(), is); };
  const bool mixed = any([](char c) { return c >= 'a' && c <= 'z'; }) && any([](char c) { return c >= 'A' && c <= 'Z'; });
  return run.size() >= FragmentIndex::kShortest && (mixed || any(is_digit));
}

}  // namespace

void FragmentIndex::add(std::string_view text) {
  if (text.size() < kShortestText || text.find('\0') != std::string_view::npos) return;
  const std::size_t begin = known_.size() + 1;
  known_.append(1, '\0').append(text).append(1, '\0');
  for (std::size_t at = begin; at + kGram <= begin + text.size(); ++at) {
    const std::uint32_t gram = gram_at(known_.data() + at);
    met_.set(bit_of(gram));
    places_.emplace(gram, at);
  }
}

std::pair<std::size_t, std::size_t> FragmentIndex::run_around(std::string_view text, std::size_t at, std::size_t known) const {
  std::size_t before = 0;
  while (before < at && known_[known - before - 1] != '\0' && text[at - before - 1] == known_[known - before - 1]) ++before;
  std::size_t behind = kGram;
  while (at + behind < text.size() && known_[known + behind] != '\0' && text[at + behind] == known_[known + behind]) ++behind;
  return {at - before, at + behind};
}

void FragmentIndex::find(std::string_view text, Ranges& found) const {
  if (known_.empty()) return;
  for (std::size_t at = 0; at + kGram <= text.size(); at += kShortest - kGram + 1) {
    const std::uint32_t gram = gram_at(text.data() + at);
    if (!met_.test(bit_of(gram))) continue;
    const auto [first, last] = places_.equal_range(gram);
    for (auto place = first; place != last; ++place) {
      const auto run = run_around(text, at, place->second);
      if (tells(text.substr(run.first, run.second - run.first))) found.push_back(run);
    }
  }
}

}  // namespace lockstep
