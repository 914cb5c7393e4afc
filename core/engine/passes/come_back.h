// ComeBack: items that were gone, and are there again. What was made anew in their place has their row; where both are there, one row is
// enough for the two until a person says which it is to be.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class Faults;
class FreshlyMade;

class ComeBack : private Pass {
 public:
  ComeBack(RunContext& run, Faults& faults, FreshlyMade& freshly_made);

  /// This database made another item in the place of this one.
  bool was_replaced(std::string_view id);
  /// True when the item is there again, and what was made in its place is there, too: it gets no second row. After the list is complete.
  bool is_back(const Item& item);
  /// True when the item was made in the place of one that has a row again: what comes back later gets no second one either.
  bool is_back_late(const Item& item);

 private:
  const std::unordered_map<std::string, std::string>& replaced();
  std::string successor_of(const std::string& id);
  std::string made_in_place_of(const std::string& id, const std::string& key);
  bool is_there(const std::string& id);

  Faults& faults_;
  FreshlyMade& freshly_made_;
  std::optional<std::unordered_map<std::string, std::string>> replaced_;  ///< see replaced()
};

}  // namespace lockstep
