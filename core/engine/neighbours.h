// Neighbours: the other syncs that pair rows of the same table with items of the same account, each by a `where` of its own. What one of
// them has linked, or was creating when an answer was lost, is no item without a row for the others.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "state/state.h"

namespace lockstep {

class Neighbours {
 public:
  /// Reads their links and open creates. One that never ran has none.
  void know(State& state, std::span<const SyncIdentity> syncs);

  /// The configuration has some.
  bool any() const { return any_; }
  /// One of them has a link with this item.
  bool owns(std::string_view remote_id) const { return owned_.contains(std::string(remote_id)); }
  /// One of them promised a create with this marker.
  bool promised(std::string_view marker) const;
  /// Their creates whose answers were lost.
  const std::vector<IntentEntry>& creates() const { return creates_; }

 private:
  bool any_ = false;
  std::unordered_set<std::string> owned_;
  std::vector<IntentEntry> creates_;
};

}  // namespace lockstep
