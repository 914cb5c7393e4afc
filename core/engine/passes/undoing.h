// Undoing: an earlier run is undone. Its journal says what to look at; from there on a rollback goes the way of every run: decided, waited
// with until the guards have passed, decided anew on fresh rows and records, promised, sent, journaled, committed with link and base.
#pragma once

#include "engine/passes/pass.h"
#include "engine/passes/rollback.h"

namespace lockstep {

class AccountCheck;
class ChangeGuards;
class Chunk;
class Columns;
class Deciding;
class Conflicts;
class Documents;
class OpenWork;
class PlanKeeper;
class Routing;
class Sender;

class Undoing : private Pass {
 public:
  Undoing(RunContext& run, AccountCheck& account_check, ChangeGuards& change_guards, Chunk& chunk, Columns& columns, Conflicts& conflicts,
          Deciding& deciding, Documents& documents, OpenWork& open_work, PlanKeeper& plan_keeper, Routing& routing, Sender& sender);

  /// What the run has written.
  void read_journal();
  /// Decides on all pairs that the run has written.
  void look_at_all();
  /// The decision that restores the pair, and what the next runs make of it.
  void decide_rollback(Item& item);
  /// Nothing is left to write; the base may still have to hear of what a rollback sent that was cut off.
  void settle_rollback(const Item& item);
  /// What could not be restored.
  void report_left();
  /// The run that is undone wrote to the item, which is there: its present state was asked for.
  bool asked_for(const Item& item) const;
  /// The item turned out to be gone.
  void stand_in_gone(Item& item);

 private:
  void stand_in_base(Item& item);
  void promise_wishes(const std::vector<std::int64_t>& runs);
  void mark_written_since();
  void look_at(std::span<const std::uint32_t> links);
  std::vector<Item> items_to_restore(std::span<const std::uint32_t> links);
  void fetch_present(std::span<Item> items);
  std::vector<std::size_t> lacking_defaults(const Item& item) const;
  Row answer_to_come(const Item& item);
  std::array<std::string, kModes.size()> next_refusals();

  AccountCheck& account_check_;
  ChangeGuards& change_guards_;
  Chunk& chunk_;
  Columns& columns_;
  Conflicts& conflicts_;
  Deciding& deciding_;
  Documents& documents_;
  OpenWork& open_work_;
  PlanKeeper& plan_keeper_;
  Routing& routing_;
  Sender& sender_;
  Arena kept_;  ///< values of the journal that rollback_ holds
  std::unique_ptr<Rollback> rollback_;
};

}  // namespace lockstep
