// Foreseer: dry runs and plans: what a run would do with a record, with every refusal that needs no write: body and payload hook as when it
// is sent, NOT NULL and unique constraints as when it is stored.
#pragma once

#include "engine/passes/pass.h"
#include "engine/write/foresight.h"

namespace lockstep {

class Composing;
class Faults;
class Inserting;
class PlanKeeper;
class RemadeRows;
class Routing;

/// A record whose fate hangs on other rows.
struct Undecided {
  std::string id, label, key;
  std::size_t sighting;
  std::vector<RecordChange> changes;
};

class Foreseer : private Pass {
 public:
  Foreseer(RunContext& run, Composing& composing, Faults& faults, Inserting& inserting, PlanKeeper& plan_keeper, RemadeRows& remade_rows,
           Routing& routing);

  /// An overwrite of either side.
  void foresee(Item& item);
  /// A new row; `change` is told when nothing stands in its way.
  void foresee_insert(const Insertion& insertion, RecordChange change);
  /// A new row that the database refused in this run: whose row stands in its way gets no item of its own.
  void keep_out(const Insertion& insertion);
  /// Items without a row, of which an export makes none: what is made of a row may be in the way of what they hold.
  void know_claims(std::span<Item> items);
  /// Why no item may be made for this row: there is one that would have its row were it not for this one. Empty: nothing is in the way.
  std::string stands_in_way(const Item& item);
  /// The list is complete: who gives way, and who stands in whose way.
  void conclude_foresight();
  /// The mapped cells of the row, as the decision leaves them.
  std::vector<Value> cells_to_come(const Item& item, Arena& arena);

 private:
  /// Items that an export gives no row, and what their rows would claim where values must be unique.
  struct Unowned {
    Foresight foresight;
    std::vector<Undecided> items;
  };
  Foresight& foresight();
  void wait_for_others(const Item& item, std::optional<std::size_t> expected, std::vector<RecordChange> changes);
  bool sends_new_rows();
  std::string in_way_of(const Item& item, const Undecided& other) const;
  void tell_foreseen(const std::vector<RecordChange>& changes);
  void tell_sent_all_the_same(std::vector<RecordChange> changes);
  void refuse_foreseen(const Item& item, const std::string& reason);
  void tell_unforeseen();

  Composing& composing_;
  Faults& faults_;
  Inserting& inserting_;
  PlanKeeper& plan_keeper_;
  RemadeRows& remade_rows_;
  Routing& routing_;
  std::unique_ptr<Foresight> foresight_;  ///< made when it is asked: all rows of a dry run, the refused new rows of every other
  std::vector<Undecided> undecided_;      ///< by foresight_'s numbers
  std::unique_ptr<Unowned> unowned_;
  std::optional<bool> sends_new_rows_;
};

}  // namespace lockstep
