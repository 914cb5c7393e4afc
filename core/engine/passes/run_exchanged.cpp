// Columns whose names were given to others, together with their rules: what was agreed on goes with the rule where the rows' cells did.

#include <algorithm>

#include "common/text.h"
#include "engine/passes/run.h"

namespace lockstep {

/// Before anything else is said of columns: from here on a set's names are those of the columns that it means.
void Run::follow_exchanged_columns(RuleSets& sets) {
  std::vector<Exchange> found = exchanges(mapping_, in_use(sets));
  if (found.empty()) return;
  compare_cells(found, sets);
  for (const Exchange& exchange : found) {
    const SameColumn judged = judge(exchange);
    const auto renamed = judged == SameColumn::No ? ColumnNames() : exchange.renamed(mapping_);
    change_sets(
        sets, [&](Json& set) { return follow(set, exchange, mapping_, judged, concluded_at()); }, renamed);
    for (const auto& [former, present] : renamed) exchanged_.insert(present);
  }
}

/// Under which of both the cells are what they were: by their names, or by their rules.
void Run::compare_cells(std::vector<Exchange>& found, const RuleSets& sets) {
  std::map<std::int64_t, std::pair<CellOrder, CellOrder>> orders;
  for (const Exchange& exchange : found) {
    for (const std::int64_t id : exchange.sets) orders.try_emplace(id, CellOrder(mapping_, sets.at(id)), CellOrder());
  }
  std::set<std::int64_t> ids;
  for (auto& [id, order] : orders) {
    Json as_if = sets.at(id);
    for (const Exchange& exchange : found) follow(as_if, exchange, mapping_, SameColumn::Yes, 0);
    order.second = CellOrder(mapping_, as_if);
    ids.insert(id);
  }
  compare_linked_rows(ids, [&](const Link& link, const Base& base, std::span<const CellPrint> now) {
    const auto& [by_name, by_rule] = orders.at(link.fields_id);
    const std::vector<CellPrint> of_name = by_name.unpack(base.cells), of_rule = by_rule.unpack(base.cells);
    if (of_name.empty()) return;
    for (Exchange& exchange : found) {
      if (!exchange.sets.contains(link.fields_id)) continue;
      for (const std::size_t i : exchange.ordinals(mapping_)) exchange.note(of_name[i], of_rule[i], now[i]);
    }
  });
}

}  // namespace lockstep
