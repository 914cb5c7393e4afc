// Applying: once the list is complete and the guards have passed: what has waited is decided anew on fresh sides, and written. What a
// constraint refused is tried again, all together, so that rows may exchange values that must be unique; what is refused then is refused.
#pragma once

#include "engine/passes/pass.h"
#include "engine/write/spool.h"

namespace lockstep {

class Absence;
class Chunk;
class Deciding;
class Faults;
class Foreseer;
class Inserting;
class OpenWork;
class PlanKeeper;
class Routing;
class Sender;
class Undoing;
class Waiting;

class Applying : private Pass {
 public:
  Applying(RunContext& run, Absence& absence, Chunk& chunk, Deciding& deciding, Faults& faults, Foreseer& foreseer, Inserting& inserting,
           OpenWork& open_work, PlanKeeper& plan_keeper, Routing& routing, Sender& sender, Undoing& undoing, Waiting& waiting);

  /// Writes what has waited; in a dry run, concludes what was foreseen.
  void apply_waiting();
  /// `records`: of the chunk at hand, that are done already.
  void tell_applied(std::uint64_t records);

 private:
  void apply(std::vector<WaitingRecord> chunk, int attempt);
  void apply_one(Item& item, std::vector<Item*>& local, std::vector<Item*>& remote);
  std::vector<const Item*> overwrite(std::span<Item* const> items);
  void apply_refused();
  void insert_refused();
  std::string reason_of_update(const Overwrite& overwrite);

  Absence& absence_;
  Chunk& chunk_;
  Deciding& deciding_;
  Faults& faults_;
  Foreseer& foreseer_;
  Inserting& inserting_;
  OpenWork& open_work_;
  PlanKeeper& plan_keeper_;
  Routing& routing_;
  Sender& sender_;
  Undoing& undoing_;
  Waiting& waiting_;
  std::uint64_t applied_ = 0, to_apply_ = 0;  ///< of what waited for the guards
};

}  // namespace lockstep
