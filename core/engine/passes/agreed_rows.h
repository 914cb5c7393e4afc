// AgreedRows: which row is whose, where keys alone do not tell: what a row holds says whether it is the one that was agreed on.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class Chunk;

class AgreedRows : private Pass {
 public:
  AgreedRows(RunContext& run, Chunk& chunk);

  /// A row without an id is the one of its key's link when most of its cells say so too. Else the key was used again: the row is a new one,
  /// and where it bears the old one's label a person is asked (RemadeRows).
  void find_reused_keys();
  /// What was agreed on belongs to a key and an id. A row that bears the id under a key without a link is still the same one when its cells
  /// say so: a table may have been built anew. One that was the item's before another took its place has come back as it was then.
  bool is_agreed_row(const Item& item) const;
  /// Evidence that the row is the one that the base is about.
  bool looks_agreed(const Facts& facts) const;
  /// The same of a row that was read already, of whatever sync.
  bool is_agreed_with(const Link& link, const Base& base, Row stored);

 private:
  bool is_row_of_link(Item& item);
  bool is_bare(const Facts& facts) const;
  bool was_its_row(const Item& item) const;

  Chunk& chunk_;
};

}  // namespace lockstep
