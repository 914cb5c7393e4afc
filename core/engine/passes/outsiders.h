// Outsiders: items that are other syncs' of the same table and account, or of rows outside `where`: they get no row here, whether the other
// has run already or not.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class Markers;
class RemadeElsewhere;

class Outsiders : private Pass {
 public:
  Outsiders(RunContext& run, Markers& markers, RemadeElsewhere& remade_elsewhere);

  /// By a link, or by the marker of a create that is open there, or here for a row that is outside.
  bool is_left_alone(const Item& item) const;
  /// By a row outside this sync that bears the item's id.
  void leave_to_neighbours(std::vector<Item>& items);
  /// A row of this sync has this key.
  bool has_row(std::string_view key) const;
  /// The key is that of a row of this table that is none of this sync's.
  bool is_outside_row(const std::string& key);
  /// The item is what a create made of a row that left this sync before the answer came, and waits until the row comes back, or is
  /// another's.
  bool awaits_outside_row(const Item& item, const std::string& key);

 private:
  Markers& markers_;
  RemadeElsewhere& remade_elsewhere_;
  std::unordered_set<std::string> of_outside_rows_;  ///< items that a create of a row made that is outside
};

}  // namespace lockstep
