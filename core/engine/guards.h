// Guards: what would change too much at once is asked about first. Counted while records are decided, asked before the first overwrite
// and again while sending.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/decide.h"
#include "engine/mass_change.h"
#include "mapping/mapping.h"

namespace lockstep {

/// More than `percent` of ten or more, or more than half of three to nine.
bool is_mass(std::uint64_t part, std::uint64_t whole, std::uint64_t percent);
/// null, "", [] and {}: nothing is lost with it, and much where it takes a value's place.
bool is_blank(const Value& value);

class Guards {
 public:
  Guards(const Mapping& mapping, const MassChange& bounds)
      : mapping_(mapping), bounds_(bounds), rows_(mapping.fields().size(), 0), items_(mapping.fields().size(), 0) {}

  /// A decision whose overwrites wait.
  void count(const Decision& decision);
  /// A counted change is news, and no value that the item held before: the table was not restored from a backup.
  void edited() { restored_ = false; }
  bool may_be_restored() const { return restored_; }
  /// A row that is paired with an item for the first time.
  void adopted() { ++adopted_; }
  /// `linked`: pairs that were known when the run began; `remote`: items that the list named. Why the run must not go on; nullopt: it may.
  std::optional<std::string> refusal(std::uint64_t linked, std::uint64_t remote, const std::string& items) const;

 private:
  std::optional<std::string> emptied(const std::vector<std::uint64_t>& counts, std::uint64_t whole, const std::string& what) const;

  const Mapping& mapping_;
  const MassChange& bounds_;
  std::vector<std::uint64_t> rows_, items_;  ///< by ordinal: how many would lose their value
  std::uint64_t adopted_ = 0;
  std::uint64_t changed_ = 0;   ///< items that would be patched or made anew
  std::uint64_t reworded_ = 0;  ///< those of them whose texts or objects would be others
  bool restored_ = true;
};

}  // namespace lockstep
