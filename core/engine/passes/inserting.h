// Inserting: new rows for items that have none: their owned columns and keys, and what becomes of a refused one.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class Faults;
class Foreseer;
class OpenWork;
class Waiting;

class Inserting : private Pass {
 public:
  Inserting(RunContext& run, Faults& faults, Foreseer& foreseer, OpenWork& open_work, Waiting& waiting);

  /// Writes the rows, or foresees them. What is refused waits for the other rows, or is told of.
  void insert(std::vector<Insertion> insertions);
  /// Fills in the owned columns and the key. False when the record is refused, which is told then.
  bool assign_owner(Insertion& insertion);
  /// An item whose row would lie outside `where` by a mapped column is none of this sync's.
  bool maps_outside(const Item& item) const;
  /// What a person can do where this row is in the way of the item's.
  std::string way_out(const Item& item, const std::string& holder) const;

 private:
  std::string owned_outside(const Json::Object& owned) const;
  std::string fill_key(Json::Object& owned, Row there) const;
  std::string reason_of_insert(const Insertion& insertion);

  Faults& faults_;
  Foreseer& foreseer_;
  OpenWork& open_work_;
  Waiting& waiting_;
};

}  // namespace lockstep
