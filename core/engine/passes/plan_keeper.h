// PlanKeeper: what a run has to do with saved plans: remembering what it met, and writing only what was planned.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class Conflicts;
class Faults;
class Waiting;

class PlanKeeper : private Pass {
 public:
  PlanKeeper(RunContext& run, Conflicts& conflicts, Faults& faults, Waiting& waiting);

  /// Also of a record that is decided once more on fresher sides: what is carried out is what counts, and what is told.
  void decided(const Item& item);
  /// A run that carries out a plan writes what the plan says, or nothing: what was edited since the plan was checked is left alone.
  bool as_planned(const Item& item);
  /// Of a record that the plan looked at and that needs nothing any more it is known what its sides hold.
  void sight_unchanged(const Link& link);
  /// The record that was looked at last.
  void plan_refusal(const Item& item, const std::string& reason);
  /// A plan keeps a record that would be refused as such: nothing is done with it when the plan is carried out.
  void plan_refusal(const Item& item, std::size_t sighting, const std::string& reason);

 private:
  void sight(const Item& item);
  void keep_unsendable(const Item& item);
  bool sends_references_alone(const Decision& decision) const;

  Conflicts& conflicts_;
  Faults& faults_;
  Waiting& waiting_;
};

}  // namespace lockstep
