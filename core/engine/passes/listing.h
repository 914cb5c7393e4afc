// Listing: the remote's list, page by page, the next one under way while this one is worked on.
#pragma once

#include "engine/passes/pass.h"
#include "engine/sides/reader.h"

namespace lockstep {

class AccountCheck;
class HiddenMarkers;
class LeftBehind;
class Markers;
class Matching;
class MemberNames;
class Newcomers;
class Reading;
class RemadeElsewhere;

class Listing : private Pass {
 public:
  Listing(RunContext& run, AccountCheck& account_check, HiddenMarkers& hidden_markers, LeftBehind& left_behind, Markers& markers,
          Matching& matching, MemberNames& member_names, Newcomers& newcomers, Reading& reading, RemadeElsewhere& remade_elsewhere);

  /// Nothing is touched before the remote has answered: a refusing or unreachable one leaves the database as it was.
  void start_reading();
  /// The state is known: the records that have come, and those that come, may be compared with it.
  void begin_work();
  /// The rows were looked at: what is still to be read is kept where they ask for it.
  void know_rows();
  /// Works on all pages, and on what has waited for the last one. Throws Error{Corrupt} when the list is incomplete.
  void read_remote();
  /// How many the remote has answered with.
  std::size_t pages() const { return pages_; }

 private:
  AccountCheck& account_check_;
  HiddenMarkers& hidden_markers_;
  LeftBehind& left_behind_;
  Markers& markers_;
  Matching& matching_;
  MemberNames& member_names_;
  Newcomers& newcomers_;
  Reading& reading_;
  RemadeElsewhere& remade_elsewhere_;
  std::unique_ptr<Reader> reader_;
  std::size_t pages_ = 0;
};

}  // namespace lockstep
