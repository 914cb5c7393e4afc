// Limits: what a server may cost. Each bounds memory by something that a person can count, and says which option raises it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lockstep::rest {

/// What one answer and one list may cost.
struct Limits {
  std::size_t answer_bytes = std::size_t{64} << 20U;  ///< of one answer of a list, unpacked
  std::size_t item_bytes = std::size_t{16} << 20U;    ///< of one item
  std::size_t records = 5'000'000;                    ///< of one list

  /// Items of one answer: each costs some hundred bytes, however small it is.
  std::size_t elements() const { return answer_bytes / 256; }
};

/// Why an item is not read: its size, or that of what would be made of it; nullopt when it can be.
std::optional<std::string> too_heavy(std::string_view item, const Limits& limits);

}  // namespace lockstep::rest
