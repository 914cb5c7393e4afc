// FormerRows: rows without an id that once were the row of an item which another row has by now: a person has moved its id there, by hand or
// by `adopt`. One that still bears the item's label, or holds what the item holds, gets no second item; a row that was given another label is a
// new one.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class Chunk;
class Faults;
class OpenWork;

class FormerRows : private Pass {
 public:
  FormerRows(RunContext& run, Chunk& chunk, Faults& faults, OpenWork& open_work);

  /// Of a row without an id, whose cells are loaded: true when it is such a row; it is told of, and nothing is created of it.
  bool keeps_back(const Item& row);

 private:
  const Link* former_link(const Item& row);
  bool is_anothers(const Link& link, const Item& row) const;
  bool looks_like_its_item(const Item& row, const Link& link);

  Chunk& chunk_;
  Faults& faults_;
  OpenWork& open_work_;
};

}  // namespace lockstep
