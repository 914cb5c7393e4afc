// ManySearch: is any of some words in a long text? One pass for all of them that skips most bytes (Wu and Manber, 1994);
// the standard library's searchers take one word each, and a pass for each word was a tenth of an import.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

class ManySearch {
 public:
  ManySearch() = default;
  /// Words must not be empty; repeats are dropped.
  explicit ManySearch(std::vector<std::string> words);
  bool any(std::string_view text) const;

 private:
  static std::size_t slot(char first, char second) {
    return (static_cast<unsigned char>(first) * 31U + static_cast<unsigned char>(second)) % kSlots;
  }

  static constexpr std::size_t kSlots = 4096;
  std::vector<std::string> words_;
  std::size_t window_ = 0;                   ///< length of the shortest word, or 1 when that is too short to skip by
  std::array<std::uint8_t, kSlots> skip_{};  ///< how far the window may move when it ends with these two bytes
};

}  // namespace lockstep
