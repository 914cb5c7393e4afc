// Unpaired: rows without an item, to be made there; and rows that share an id, which are told of.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class ChangeGuards;
class Chunk;
class Deciding;
class Faults;
class Foreseer;
class FormerRows;
class PlanKeeper;
class Waiting;

class Unpaired : private Pass {
 public:
  Unpaired(RunContext& run, ChangeGuards& change_guards, Chunk& chunk, Deciding& deciding, Faults& faults, Foreseer& foreseer,
           FormerRows& former_rows, PlanKeeper& plan_keeper, Waiting& waiting);

  /// Decides on rows without an item: what is to be made of them waits.
  void count_local_only();
  /// Items without a remote side: to be made there once the guards have passed.
  bool wait_to_send(Item& item);
  /// Of rows that carry one id nothing is written; they are told of.
  void report_shared_ids();

 private:
  bool is_of_another_row(std::uint32_t link, std::size_t row) const;

  ChangeGuards& change_guards_;
  Chunk& chunk_;
  Deciding& deciding_;
  Faults& faults_;
  Foreseer& foreseer_;
  FormerRows& former_rows_;
  PlanKeeper& plan_keeper_;
  Waiting& waiting_;
};

}  // namespace lockstep
