// Twins: ids that differ in letter case, blanks, leading zeros or Unicode form alone. One that the list names, and one that a row bears: a
// person says whether they are the same.
#pragma once

#include "engine/passes/pass.h"
#include "engine/sides/like_ids.h"

namespace lockstep {

class Faults;

class Twins : private Pass {
 public:
  Twins(RunContext& run, Faults& faults);

  /// A listed item that no row is known for, while a row bears an id like it that the list does not name. False when it was told of.
  bool settle_like(const Item& item);
  /// A row whose id the list does not name, while it names one like it.
  bool has_live_twin(const Item& item);
  /// All ids that links and rows bear, built when it is first asked for.
  const LikeIds& like_ids();
  /// Did this run's list name its item? Where only some ids are asked for, the link speaks for it.
  bool is_live(std::size_t link) const;

 private:
  bool is_live(const LikeIds::Entry& entry) const;
  bool bears_row(const LikeIds::Entry& entry) const;
  void tell_like(std::string_view listed, std::string_view borne, std::string_view key);

  Faults& faults_;
  std::optional<LikeIds> like_ids_;
};

}  // namespace lockstep
