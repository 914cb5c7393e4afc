// Scanning: the local rows, and all that they say by themselves: of columns, of keys that were used again, of rows that nobody may write.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class AgreedRows;
class Columns;
class CreateClaims;
class Faults;
class LeftBehind;
class Matching;
class OpenWork;
class Reading;
class RemadeElsewhere;
class RemadeRows;
class Takeovers;

class Scanning : private Pass {
 public:
  Scanning(RunContext& run, AgreedRows& agreed_rows, Columns& columns, CreateClaims& create_claims, Faults& faults, LeftBehind& left_behind,
           Matching& matching, OpenWork& open_work, Reading& reading, RemadeElsewhere& remade_elsewhere, RemadeRows& remade_rows,
           Takeovers& takeovers);

  /// All of it, in its order.
  void scan_local_rows();

 private:
  void tell_unusable_rows();

  AgreedRows& agreed_rows_;
  Columns& columns_;
  CreateClaims& create_claims_;
  Faults& faults_;
  LeftBehind& left_behind_;
  Matching& matching_;
  OpenWork& open_work_;
  Reading& reading_;
  RemadeElsewhere& remade_elsewhere_;
  RemadeRows& remade_rows_;
  Takeovers& takeovers_;
};

}  // namespace lockstep
