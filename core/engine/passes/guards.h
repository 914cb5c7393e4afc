// Guards: what would change too much at once is asked about first: the bounds of all guards, and what they make of the changes that were
// counted. Counted while records are decided, asked before the first overwrite and again while sending (change_guards.h).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/decide/decide.h"
#include "engine/decide/mass_change.h"
#include "engine/passes/instants.h"
#include "mapping/mapping.h"

namespace lockstep {

// The bounds; MassChange has those that the configuration sets.

/// Fewer than this are no mass.
inline constexpr std::uint64_t kSmallestMass = 3;
/// So many are judged by the part of them that changes; of fewer, more than half is a mass.
inline constexpr std::uint64_t kMany = 10;
/// Per cent of all items that tell a restored table where little else was changed since.
inline constexpr std::uint64_t kTelling = 20;
/// Per cent of many items that are brought back to one instant.
inline constexpr std::uint64_t kRestored = 30;
/// Per cent of the known items that may be missing from a list that concludes by itself.
inline constexpr std::uint64_t kMostMissingFromList = 50;
/// So many links tell what the first page of a list should name.
inline constexpr std::size_t kLinksThatTell = 10;
/// So many items have to have lost a member, by list and by their own answers, before the list alone is believed.
inline constexpr int kProofsOfLoss = 3;

/// More than `percent` of kMany or more, or more than half of fewer.
bool is_mass(std::uint64_t part, std::uint64_t whole, std::uint64_t percent);
/// null, blanks, [] and {}: nothing is lost with it, and much where it takes a value's place.
bool is_blank(const Value& value);

class Guards {
 public:
  Guards(const Mapping& mapping, const MassChange& bounds)
      : mapping_(mapping), bounds_(bounds), rows_(mapping.fields().size(), 0), items_(mapping.fields().size(), 0) {}

  /// A decision whose overwrites wait. True when an item that is there would hold something else.
  bool count(const Decision& decision);
  /// A counted change is news to its item.
  void edited() { ++edits_; }
  /// A counted change gives an item values that it held before, all of them at these instants.
  void brought_back(const Instants& instants);
  /// What another counted, too.
  void add(const Guards& other);
  /// A row that is paired with an item for the first time.
  void adopted() { ++adopted_; }
  /// How many items were changed at an instant or since.
  using ChangedSince = std::function<std::uint64_t(Micros)>;
  /// `linked`: pairs that were known when the run began; `remote`: items that the list named. Why the run must not go on; nullopt: it may.
  std::optional<std::string> refusal(std::uint64_t linked, std::uint64_t remote, const std::string& items,
                                     const ChangedSince& changed_since) const;

 private:
  bool is_restored(std::uint64_t remote, const ChangedSince& changed_since) const;
  bool is_enough_to_tell(std::uint64_t remote) const;
  std::optional<std::string> emptied(const std::vector<std::uint64_t>& counts, std::uint64_t whole, const std::string& what) const;

  const Mapping& mapping_;
  const MassChange& bounds_;
  std::vector<std::uint64_t> rows_, items_;  ///< by ordinal: how many would lose their value
  std::uint64_t adopted_ = 0;
  std::uint64_t reworded_ = 0;  ///< items that would be made anew, or whose texts or objects would be others
  std::uint64_t older_ = 0, edits_ = 0;
  Instants instants_;  ///< at which all that is brought back stood there
  bool anew_ = false;
};

}  // namespace lockstep
