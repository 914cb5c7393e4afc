// Matching: how records find their rows by more than an id: by a natural key, which has to be the only one, or by a hook.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class Chunk;
class Faults;
class Processing;

class Matching : private Pass {
 public:
  Matching(RunContext& run, Chunk& chunk, Faults& faults, Processing& processing);

  /// The natural keys of the rows that have neither id nor link.
  void know_unlinked_rows();
  /// A record that a row waits for stays back until it is known whether it is the only one.
  bool hold_back(const Item& item);
  /// The list is complete: pairs those that were held back.
  void match_held_back();
  /// The hook may name the row of an item that has none.
  void match_by_hook(Item& item);

 private:
  void tell_not_comparable();
  bool lacks_row(const Item& item) const;

  Chunk& chunk_;
  Faults& faults_;
  Processing& processing_;
};

}  // namespace lockstep
