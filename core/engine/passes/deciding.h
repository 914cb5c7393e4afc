// Deciding: all that a decision about one item hangs on, put together; and the decision.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class AccountCheck;
class AgreedRows;
class Chunk;
class Conflicts;
class OpenWork;
class PersonsWord;
class Undoing;

class Deciding : private Pass {
 public:
  Deciding(RunContext& run, AccountCheck& account_check, AgreedRows& agreed_rows, Chunk& chunk, Conflicts& conflicts, OpenWork& open_work,
           PersonsWord& persons_word, Undoing& undoing);

  /// Fills in `facts` and `decision`. `gone_confirmed`: a 404 for its id says that the item is gone.
  void decide_item(Item& item, bool gone_confirmed = false);

 private:
  bool is_another_row(const Item& item) const;
  std::vector<Verdict> ask_conflict_hook(const Item& item);

  AccountCheck& account_check_;
  AgreedRows& agreed_rows_;
  Chunk& chunk_;
  Conflicts& conflicts_;
  OpenWork& open_work_;
  PersonsWord& persons_word_;
  Undoing& undoing_;
};

}  // namespace lockstep
