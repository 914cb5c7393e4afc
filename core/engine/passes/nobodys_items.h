// NobodysItems: items that nobody owns and that may be a row's: what was created of it before a backup was restored. Neither side gets a
// second one until a person says what they are.
#pragma once

#include "engine/passes/pass.h"
#include "engine/passes/remade_elsewhere.h"
#include "engine/sides/counterparts.h"

namespace lockstep {

class Chunk;
class Faults;
class Markers;
class Outsiders;
class RemadeElsewhere;
class RemadeRows;

class NobodysItems : private Pass {
 public:
  NobodysItems(RunContext& run, Chunk& chunk, Faults& faults, Markers& markers, Outsiders& outsiders, RemadeElsewhere& remade_elsewhere,
               RemadeRows& remade_rows);

  /// True when the item holds what a row without an id does: both are told of. Where markers are kept, they tell what a create has made,
  /// unless the row that they name is gone.
  bool is_counterpart(const Item& item);
  /// "row 7 of own is in the way of assistant "Ada" (ID: a1)"
  std::string stands_before(const Item& item, std::string_view key) const;
  /// "the assistant gets no row of its own, and …", with what to do. `of_row`: see sync_option().
  std::string no_second_of(const Item& item, std::string_view key, const std::string& of_row) const;

 private:
  bool is_of_lost_row(const Item& item);
  void find_counterparts();
  bool is_counterpart_elsewhere(const Item& item);
  void tell_counterpart(const Item& item, std::string_view key, const std::string& of_row);
  bool equals_row(const Item& item, std::string_view key);
  bool equals_row(const Item& item, Row stored);

  Chunk& chunk_;
  Faults& faults_;
  Markers& markers_;
  Outsiders& outsiders_;
  RemadeElsewhere& remade_elsewhere_;
  RemadeRows& remade_rows_;
  std::optional<Counterparts> counterparts_;
  std::optional<Counterparts> counterparts_elsewhere_;  ///< of maybe_of_nobody_
  std::vector<RowElsewhere> maybe_of_nobody_;
};

}  // namespace lockstep
