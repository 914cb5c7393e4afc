// LikeIds: finds ids that differ in letter case, blanks, leading zeros or Unicode form alone. Some APIs tell such ids apart, so they are
// never taken for the same; but before anything is made anew, a person is asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/hash.h"

namespace lockstep {

/// What ids that are alike have in common.
std::string like_form(std::string_view id);

class LikeIds {
 public:
  /// `id` is borrowed; `tag` is the caller's.
  void add(std::string_view id, std::uint32_t tag);
  struct Entry {
    std::string_view id;
    std::uint32_t tag;
  };
  /// Ids that are like `id` and not the same.
  std::vector<Entry> others(std::string_view id) const;
  bool empty() const { return entries_.empty(); }

 private:
  std::unordered_multimap<Hash128, Entry, Hash128Hasher> entries_;  ///< by the hash of their form
};

}  // namespace lockstep
