// FragmentIndex: finds every part of known texts that is long enough to tell them. A server that cuts a key off, or a line that breaks it
// in two, gives away nearly all of it. One look at every fifth place of a text finds each run of eight bytes.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lockstep {

class FragmentIndex {
 public:
  /// From, to.
  using Ranges = std::vector<std::pair<std::size_t, std::size_t>>;
  /// Texts that are shorter have no parts that tell them.
  static constexpr std::size_t kShortestText = 16;
  static constexpr std::size_t kShortest = 8;
  /// Of a run without digits and mixed case, as words of people are.
  static constexpr std::size_t kShortestWord = 16;

  void add(std::string_view text);
  /// Appends where `text` holds a part of a known one.
  void find(std::string_view text, Ranges& found) const;

 private:
  static constexpr std::size_t kGram = 4;
  /// The longest run around text[at], known_[known], which are the begin of the same gram.
  std::pair<std::size_t, std::size_t> run_around(std::string_view text, std::size_t at, std::size_t known) const;

  std::string known_;  ///< all texts, each with a NUL before and behind
  std::bitset<65536> met_;
  std::unordered_multimap<std::uint32_t, std::size_t> places_;  ///< of each gram in known_
};

}  // namespace lockstep
