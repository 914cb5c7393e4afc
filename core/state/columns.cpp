#include "state/columns.h"

#include "sdk/repeating.h"
#include "state/rows.h"
#include "state/tables.h"

namespace lockstep::state {

void change_columns(Store& store, State& state, std::int64_t sync_id, const Lease& lease, const std::function<bool(Json&)>& change,
                    const std::map<std::string, std::string>& renamed) {
  const Kept& sets = fields_table();
  const Kept& conflicts = conflict_table();
  Rows changed(sets.shape.size()), open(conflicts.shape.size());
  for (auto& [id, set] : state.fields(sync_id)) {
    if (!change(set)) continue;
    const std::span<Value> cells = changed.add();
    cells[0] = Value::integer(id);
    cells[1] = Value::integer(sync_id);
    cells[2] = json_cell(set, changed.arena());
  }
  for (ConflictEntry& conflict : renamed.empty() ? std::vector<ConflictEntry>() : state.conflicts(sync_id)) {
    if (State::rename_column(conflict, renamed)) fill(open.add(), open.arena(), conflict, 0);
  }
  if (changed.empty() && open.empty()) return;
  in_transaction(store, lease, [&](Transaction& transaction) {
    if (!changed.empty()) transaction.upsert(sets.table, sets.shape, changed);
    if (!open.empty()) transaction.upsert(conflicts.table, conflicts.shape, open);
  });
}

}  // namespace lockstep::state
