// MadeAnew: items that nobody owns and that look like one that is gone, whose row is still there: somebody made them anew in its place.
// Neither side gets a second one until a person says what they are.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class Chunk;
class Faults;
class Newcomers;
class NobodysItems;

class MadeAnew : private Pass {
 public:
  MadeAnew(RunContext& run, Chunk& chunk, Faults& faults, Newcomers& newcomers, NobodysItems& nobodys_items);

  /// Whether the items that look alike are missing is known at the end of the list.
  bool may_stand_for_missing(std::string_view raw);
  /// False when the item looks like one that is gone, and whose row would get another: it was told of.
  bool settle_made_anew(const Item& item);
  /// Items gone missing that another looks like.
  std::uint64_t stood_for() const { return stood_for_; }

 private:
  bool makes_anew() const;
  std::vector<std::uint32_t> missing_like(std::string_view label);
  bool label_tells() const;
  void index_labels();
  void tell_made_anew(Item item, std::uint32_t link);
  bool looks_as_known(const Item& item, std::uint32_t link);

  Chunk& chunk_;
  Faults& faults_;
  Newcomers& newcomers_;
  NobodysItems& nobodys_items_;
  std::optional<std::unordered_multimap<std::string, std::size_t>> by_label_;  ///< links, by what their rows are called (like_form)
  std::uint64_t stood_for_ = 0;                                                ///< items gone missing that another looks like
};

}  // namespace lockstep
