// Reading: the records of a page: what is unchanged, or has to wait for the end of the list, is sorted out, and the others become items.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class AccountCheck;
class Chunk;
class Conflicts;
class CreateClaims;
class Faults;
class HiddenMarkers;
class Markers;
class MemberNames;
class Newcomers;
class OpenWork;
class Outsiders;
class PlanKeeper;
class Processing;
class RemadeElsewhere;

class Reading : private Pass {
 public:
  Reading(RunContext& run, AccountCheck& account_check, Chunk& chunk, Conflicts& conflicts, CreateClaims& create_claims, Faults& faults,
          HiddenMarkers& hidden_markers, Markers& markers, MemberNames& member_names, Newcomers& newcomers, OpenWork& open_work,
          Outsiders& outsiders, PlanKeeper& plan_keeper, Processing& processing, RemadeElsewhere& remade_elsewhere);

  /// --owner: which value of the mapping's owner path belongs to that user.
  void find_owner();
  /// A page.
  void work_on(Batch& batch);

 private:
  std::optional<Item> take_record(const ReadRecord& record);
  bool pass_unchanged(const ReadRecord& record);
  Item item_of(const ReadRecord& record);
  bool in_scope(const Item& item) const;

  AccountCheck& account_check_;
  Chunk& chunk_;
  Conflicts& conflicts_;
  CreateClaims& create_claims_;
  Faults& faults_;
  HiddenMarkers& hidden_markers_;
  Markers& markers_;
  MemberNames& member_names_;
  Newcomers& newcomers_;
  OpenWork& open_work_;
  Outsiders& outsiders_;
  PlanKeeper& plan_keeper_;
  Processing& processing_;
  RemadeElsewhere& remade_elsewhere_;
  std::optional<std::string> owner_match_;  ///< what a new record must hold to belong to --owner
};

}  // namespace lockstep
