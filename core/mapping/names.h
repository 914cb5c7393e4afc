// Names: how an API spells the members that a mapping names by their columns alone. `full_name: text` is read from "fullName" or from
// "full_name", whichever a record has; where an API has both, lowerCamel is meant. What is sent bears the name that the record has, else
// the one that records of the API have been seen to have. `names: snake` or `names: camel` in the mapping, or the resource, settles it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "data/json.h"

namespace lockstep {

/// What records have shown. Any thread may tell and ask.
class Names {
 public:
  /// `twofold`: per field, whether its member may bear either name.
  explicit Names(std::vector<bool> twofold)
      : twofold_(std::move(twofold)), met_(std::make_unique<std::atomic<std::uint8_t>[]>(twofold_.size())) {}

  /// A record held the member (null counts): by the rule's first spelling, or by the column's own name.
  void met(std::size_t ordinal) { tell(ordinal, kMet); }
  void met_other(std::size_t ordinal) { tell(ordinal, kMetOther); }
  /// One record held both: they are two members, and only the first is meant.
  void met_both(std::size_t ordinal) { tell(ordinal, kBoth); }
  bool was_met(std::size_t ordinal) const { return (bits(ordinal) & (kMet | kMetOther)) != 0; }
  bool are_two(std::size_t ordinal) const { return (bits(ordinal) & kBoth) != 0; }
  /// The column's own name is what the API calls the member, or, while no record has shown it, what its other members suggest.
  bool prefers_other(std::size_t ordinal) const;

  /// A top-level member that no rule names.
  void met_unmapped(std::string_view key);
  std::vector<std::string> unmapped() const;

  /// What is kept between runs: an object column → "camel", "snake" or "both", of members that may bear either name; null when none was
  /// met.
  Json state(const std::vector<std::string>& columns) const;
  void restore(const Json& state, const std::vector<std::string>& columns);

 private:
  static constexpr std::uint8_t kMet = 1, kMetOther = 2, kBoth = 4;
  std::uint8_t bits(std::size_t ordinal) const { return met_[ordinal].load(std::memory_order_relaxed); }
  void tell(std::size_t ordinal, std::uint8_t bit) {
    if ((bits(ordinal) & bit) == 0) met_[ordinal].fetch_or(bit, std::memory_order_relaxed);
  }

  std::vector<bool> twofold_;
  std::unique_ptr<std::atomic<std::uint8_t>[]> met_;
  mutable std::mutex mutex_;
  std::set<std::string, std::less<>> unmapped_;
};

}  // namespace lockstep
