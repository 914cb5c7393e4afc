// MemberNames: what the records of a run show of their members' names: remembered for the next one, and told where a rule has found
// nothing.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class MemberNames : private Pass {
 public:
  explicit MemberNames(RunContext& run);

  /// What earlier runs have met.
  void recall_names();
  /// What this run has met, too.
  void remember_names(SyncEntry& entry) const;
  /// After a complete list: rules whose member is in no record.
  void tell_unmet_rules();
  /// A record that no rule has looked at.
  void passed_by_hash() { ++unchanged_by_hash_; }

 private:
  bool has_mapped_all() const;
  bool is_filled_by_hook(const Field& field) const;
  bool may_be_missing(const Field& field) const;
  static std::string near_member(const Field& field, const std::vector<std::string>& unmapped);

  std::uint64_t unchanged_by_hash_ = 0;  ///< records that no rule has looked at
};

}  // namespace lockstep
