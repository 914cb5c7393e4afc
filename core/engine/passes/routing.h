// Routing: what becomes of a decided item: its row is inserted at once, an overwrite of either side waits, and a pair that is as it should
// be is remembered.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class ChangeGuards;
class Conflicts;
class Faults;
class Foreseer;
class Inserting;
class OpenWork;
class PlanKeeper;
class Undoing;
class Waiting;

class Routing : private Pass {
 public:
  Routing(RunContext& run, ChangeGuards& change_guards, Conflicts& conflicts, Faults& faults, Foreseer& foreseer, Inserting& inserting,
          OpenWork& open_work, PlanKeeper& plan_keeper, Undoing& undoing, Waiting& waiting);

  /// Decided items of one chunk.
  void route(std::span<Item> items);
  /// The same of one, whose new row is left to the caller.
  void route_one(Item& item, std::vector<Insertion>& insertions);
  /// Overwrites of either side wait until the list is complete and the guards have passed.
  void wait_to_write(Item& item);
  /// Nothing is to be written but what both sides agree on.
  void settle_unchanged(const Item& item);

 private:
  ChangeGuards& change_guards_;
  Conflicts& conflicts_;
  Faults& faults_;
  Foreseer& foreseer_;
  Inserting& inserting_;
  OpenWork& open_work_;
  PlanKeeper& plan_keeper_;
  Undoing& undoing_;
  Waiting& waiting_;
};

}  // namespace lockstep
