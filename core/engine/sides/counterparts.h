// Counterparts: rows without an id, found by what they hold, for items that nobody owns. Where no marker tells what a create made, an item
// that holds all that such a row does may be what was made of it: a database that came back from a backup remembers no create.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mapping/mapping.h"

namespace lockstep {

class Counterparts {
 public:
  explicit Counterparts(const Mapping& mapping);

  /// `local`: its index among the local rows; `fields`: its mapped cells.
  void add_row(std::size_t local, Row fields);
  /// Rows that hold the same as the item in one text: the label, where they have one. To be compared whole.
  std::vector<std::size_t> candidates(Row there) const;
  bool empty() const { return rows_.empty(); }
  /// The ordinal of the text that is looked at first; where it is not empty().
  std::size_t first_text() const { return texts_.front(); }

 private:
  std::vector<std::size_t> texts_;  ///< ordinals, the label first
  std::unordered_multimap<std::uint64_t, std::size_t> rows_;
};

/// Everything that a row holds and that an export sends of it is what the item holds. `here` and `there` as Facts has them.
bool holds_all_of(const Mapping& mapping, Row here, Row there);

}  // namespace lockstep
