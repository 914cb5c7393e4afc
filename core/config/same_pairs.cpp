#include "config/same_pairs.h"

#include <algorithm>

#include "common/text.h"
#include "format/json.h"

namespace lockstep {
namespace {

std::vector<RowCondition> conditions_of(const Mapping& mapping) {
  std::vector<RowCondition> all = mapping.conditions();
  for (const Constant& constant : mapping.constants()) all.push_back({constant.column, {Json(constant.value)}, {}, {}, {}});
  return all;
}

/// None of the values that the one takes is one of the other's.
bool excludes(const RowCondition& one, const RowCondition& other) {
  if (one.among.empty() || !equal_ignore_case(one.column, other.column)) return false;
  Arena arena;
  return std::none_of(one.among.begin(), one.among.end(), [&](const Json& value) { return other.holds(json::to_value(value, arena)); });
}

bool skips(const Sync& sync) { return sync.hook && sync.hook->has(Hook::Stage::SkipWhen); }

}  // namespace

bool may_share_rows(const Sync& one, const Sync& other) {
  const Mapping& mapping = *one.mapping;
  if (mapping.table_name() != other.mapping->table_name() || mapping.key().column != other.mapping->key().column) return false;
  if (skips(one) || skips(other)) return false;
  const std::vector<RowCondition> theirs = conditions_of(*other.mapping);
  for (const RowCondition& mine : conditions_of(mapping)) {
    const auto apart = [&](const RowCondition& each) { return excludes(mine, each) || excludes(each, mine); };
    if (std::any_of(theirs.begin(), theirs.end(), apart)) return false;
  }
  return true;
}

}  // namespace lockstep
