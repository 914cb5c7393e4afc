// Absence: what a complete list does not name. Each id is asked for once more: only a 404 proves that the item is gone; or the list alone
// concludes, where the mapping says what becomes of such a row (mapping/standing.h): its remote side is what it was last known as then,
// with the values of `on_missing` laid over it, and from there on it is decided, guarded, planned, written and journaled like any other
// record.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class ChangeGuards;
class Chunk;
class Deciding;
class Faults;
class FreshlyMade;
class Listing;
class MadeAnew;
class Newcomers;
class PlanKeeper;
class Processing;
class Twins;
class Unpaired;
class Waiting;

class Absence : private Pass {
 public:
  Absence(RunContext& run, ChangeGuards& change_guards, Chunk& chunk, Deciding& deciding, Faults& faults, FreshlyMade& freshly_made,
          Listing& listing, MadeAnew& made_anew, Newcomers& newcomers, PlanKeeper& plan_keeper, Processing& processing, Twins& twins,
          Unpaired& unpaired, Waiting& waiting);

  /// Throws Error{Rejected} when too much is missing at once.
  void conclude_missing();
  /// False when there is no row.
  bool stand_in_last_known(Item& item);
  /// Every record that this list has named is known under its scope from now on.
  void remember_scope();
  /// Links whose items a 404, or a list that concludes, says are gone.
  const std::unordered_set<std::uint32_t>& gone() const { return gone_; }

 private:
  struct Missing {
    std::uint64_t news = 0, known = 0;
  };
  std::int64_t scope() const;
  void conclude_by_list();
  std::vector<Item> missing_from_list();
  void settle_missing(std::vector<Item> missing);
  void wait_for_missing(const Item& item);
  std::vector<Item> find_missing();
  Item missing_item(std::string_view id, std::uint32_t link, std::uint32_t local);
  void tell_unknown_ids(const std::vector<Item>& missing);
  std::optional<std::unordered_set<std::string>> ids_of_list();
  void ask_the_list(std::vector<Item>& missing);
  void leave_slipped(std::vector<Item>& missing);
  void leave_mistyped(std::vector<Item>& missing);
  Missing count_missing(const std::vector<Item>& missing) const;
  void conclude_each(std::vector<Item> missing, void (Absence::*step)(std::vector<Item>));
  void conclude(std::vector<Item> missing);
  void ask_for(std::vector<Item>& missing, std::vector<Item>& found, std::vector<Item>& gone);

  ChangeGuards& change_guards_;
  Chunk& chunk_;
  Deciding& deciding_;
  Faults& faults_;
  FreshlyMade& freshly_made_;
  Listing& listing_;
  MadeAnew& made_anew_;
  Newcomers& newcomers_;
  PlanKeeper& plan_keeper_;
  Processing& processing_;
  Twins& twins_;
  Unpaired& unpaired_;
  Waiting& waiting_;
  std::unordered_set<std::uint32_t> gone_;  ///< links whose items a 404, or a list that concludes, says are gone
};

}  // namespace lockstep
