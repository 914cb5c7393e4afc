// Documents: what a document lacks of what was known of its item. A list may show a summary, and an answer may be cut short: a member is
// gone when a list and the answer to the item's id both lack it. Until then it is unknown, and nothing is overwritten from it.
#pragma once

#include "engine/passes/pass.h"

namespace lockstep {

class Chunk;
class Faults;

class Documents : private Pass {
 public:
  Documents(RunContext& run, Chunk& chunk, Faults& faults);

  /// Before a record is mapped: holds it against what was last known. False when it was told of.
  bool complete(Item& item);
  /// The item as it is right now, for what is to be sent: what the answer lacks stays as it was read before, and nothing is written over
  /// it.
  std::vector<std::string> take_document(Item& item, const std::string& answer);
  /// The answer to a write, read back already where it lacked something. What still is not told stays as it was known; whether what was
  /// sent for it was taken, the next run finds out.
  void take_told(Item& item, const std::string& answer, const Json& sent);
  /// False when what is to be sent would overwrite what the fresh look did not show.
  bool was_shown(const Item& item, const Json& body, const std::vector<std::string>& lost);

 private:
  bool compare_with_own(Item& item, const Json& listed, const Json& own, const Json& known, const std::vector<std::size_t>& lost);
  bool complete_own(Item& item, const Json& own, const Json& known, std::vector<std::size_t> lost);
  bool are_gone(Item& item, const Json& listed, const Json& known, const std::vector<std::size_t>& lost);
  bool keep_known(Item& item, const Json& now, Json known, std::vector<std::size_t> lost);
  std::string part_of(const Item& item) const;
  std::string names_of(const std::vector<std::size_t>& ordinals) const;

  Chunk& chunk_;
  Faults& faults_;
  std::map<std::size_t, int> proven_lost_;  ///< ordinal → items that have lost it, by the list and by their own answers
};

}  // namespace lockstep
