// Rejections: the records of a sync that earlier runs refused. A run looks at each of them again, also where nothing seems to have changed,
// so that a record leaves the list as soon as it is found well; what is on neither side any more leaves it, too.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "state/state.h"

namespace lockstep {

class Rejections {
 public:
  void know(std::vector<RejectedEntry> open);
  /// True when the item or its row stands among them. Either may be empty.
  bool has(std::string_view remote_id, std::string_view local_key) const;
  /// The run has met this record.
  void met(std::string_view remote_id, std::string_view local_key);
  /// Those that the run has not met.
  std::vector<RejectedEntry> unmet() const;

 private:
  using Names = std::unordered_set<std::string>;
  static bool contains(const Names& names, std::string_view name) { return !name.empty() && names.contains(std::string(name)); }

  std::vector<RejectedEntry> open_;
  Names ids_, keys_;          ///< of those that have an item, of those that are a row alone
  Names met_ids_, met_keys_;  ///< those of them that were met
};

}  // namespace lockstep
