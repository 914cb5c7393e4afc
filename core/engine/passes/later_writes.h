// LaterWrites: what the journal says of pairs since a run that is undone. A value is that run's own while nothing else was written in its
// place; the same value may be there by another edit. What a rollback took back does not count, and neither does that rollback.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "data/json.h"
#include "state/state.h"

namespace lockstep {

class LaterWrites {
 public:
  struct Write {
    Side side = Side::Local;
    std::string column;     ///< empty: the whole row, or the whole item, was made
    Json before, after;     ///< after: what the side held then
    bool restores = false;  ///< by a rollback, which says nothing of the other side
  };
  struct OfLink {
    std::vector<Write> writes;
    std::set<std::pair<Side, std::string>> taken_back;  ///< side, column: of what the undone run wrote
  };

  /// Reads the journal: what was written after `run` (a ULID) to pairs of these links.
  LaterWrites(State& state, const std::string& run, const std::set<std::int64_t>& links);
  /// A promise of which nobody knows yet what came of it; it counts when a later run made it.
  void add(const IntentEntry& intent, std::int64_t link);

  /// Nothing was written since: both are empty.
  const OfLink& of(std::int64_t link) const;

 private:
  void know_runs(State& state, const std::string& run);
  void take(const ChangeEntry& entry);
  void take_field(const ChangeEntry& entry, const std::string& column, const Json& values);

  std::string run_;
  std::set<std::int64_t> own_;  ///< RunEntry::id of the undone run, one for each of its syncs
  std::map<std::int64_t, RunEntry> later_;
  std::set<std::string> names_;  ///< of it and of the later ones
  std::map<std::int64_t, OfLink> links_;
  std::map<std::tuple<std::int64_t, Side, std::string>, std::set<std::string>> taken_back_;  ///< link, side, column → runs
};

}  // namespace lockstep
