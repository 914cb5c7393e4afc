// Neighbours: the other syncs that pair rows of the same table with items of the same account, each by a `where` of its own. What one of
// them has linked, or was creating when an answer was lost, is no item without a row for the others. A link goes with its row: once that
// stands in another sync, what was agreed on is that one's (moved_rows.h).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "engine/sides/target.h"
#include "state/state.h"

namespace lockstep {

struct Neighbour {
  std::string name;
  SyncEntry entry;
  std::vector<std::pair<std::string, std::string>> constants;  ///< what every row of it holds: column → value
  Links links;
  std::vector<IntentEntry> intents;  ///< open ones
};

/// False where a column of both syncs says that the row is none of the other's. `constants`: SyncIdentity::constants of that one.
bool may_stand_in(const std::vector<std::pair<std::string, std::string>>& constants, const Target& target, Row row);

class Neighbours {
 public:
  /// Reads their links and open intents. One that never ran has none.
  void know(State& state, std::span<const SyncIdentity> syncs);
  /// What this run's sync has taken over is theirs no longer.
  void forget(const Handover& taken);

  /// The configuration has some.
  bool any() const { return any_; }
  const std::vector<Neighbour>& all() const { return all_; }
  /// One of them has a link with this item: its name; empty: none.
  std::string_view owner_of(std::string_view remote_id) const;
  bool owns(std::string_view remote_id) const { return !owner_of(remote_id).empty(); }
  /// Its link, unless it is theirs no longer.
  std::optional<std::size_t> link_of(const Neighbour& neighbour, std::string_view remote_id) const;
  std::optional<std::size_t> link_of_key(const Neighbour& neighbour, std::string_view local_key) const;
  /// One of them promised a create with this marker.
  bool promised(std::string_view marker) const;
  /// Their creates whose answers were lost.
  const std::vector<IntentEntry>& creates() const { return creates_; }

 private:
  std::optional<std::size_t> unless_taken(const Neighbour& neighbour, std::optional<std::size_t> link) const;

  bool any_ = false;
  std::vector<Neighbour> all_;
  std::unordered_set<std::int64_t> taken_;  ///< ids of links
  std::vector<IntentEntry> creates_;
};

}  // namespace lockstep
