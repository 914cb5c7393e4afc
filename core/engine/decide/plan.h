// Plan: what a saved plan remembers of the records it looked at, and how a later look at the same sides is held against it.
// The values themselves are for people; what decides whether a plan still holds are fingerprints of both sides, the base and the decision.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/hash.h"
#include "engine/decide/decide.h"

namespace lockstep {

/// One record that a run looked at because it was not simply unchanged. A zero hash: there is no such side.
struct Sighting {
  std::string remote_id;
  std::string local_key;
  std::string label;
  Hash128 here;         ///< the mapped cells as the store answered them
  Hash128 there;        ///< the remote document, under the rules that map it
  Hash128 base;         ///< what both sides last agreed on
  Hash128 decision;     ///< see fingerprint()
  bool acts = false;    ///< the decision writes something
  std::string refused;  ///< why a run would not carry it out; such a record acts not
  /// Against what the last run left. Not saved.
  bool here_moved = false, there_moved = false;
};

/// Everything that a run met.
struct Sightings {
  std::vector<Sighting> records;
  /// Of all records that were left alone because neither side had changed; the order does not matter.
  Hash128 unchanged;

  /// Counts an unchanged record in.
  void leave(std::string_view remote_id, const Hash128& here, const Hash128& there);
};

/// What a decision would write, with the values that it met; zero when it writes nothing.
Hash128 fingerprint(const Decision& decision);

/// The decisions of a plan, by record.
class Expectation {
 public:
  explicit Expectation(const std::vector<Sighting>& records);
  /// nullptr when the plan did not look at this record.
  const Sighting* find(std::string_view remote_id, std::string_view local_key) const;

 private:
  std::unordered_map<std::string, Sighting> records_;
};

/// A record that is not as the plan met it.
struct Moved {
  std::string remote_id, local_key, label;
  bool here = false, there = false;  ///< neither: both sides are as they were, and something that decides about them is not
};

/// What has moved between two looks. One entry without id and key: only records that need nothing have moved, all of them in both sides.
std::vector<Moved> find_moved(const Sightings& then, const Sightings& now);

}  // namespace lockstep
