// Rows: entries of the state as table rows, both ways. The one place that knows the order of the columns.
#pragma once

#include <span>

#include "state/state.h"

namespace lockstep::state {

// `cells` is as wide as the table's shape; bytes go into `arena`. A generated key is left absent while the entry has none.
void fill(std::span<Value> cells, Arena& arena, const DatabaseEntry& entry);
void fill(std::span<Value> cells, Arena& arena, const SyncEntry& entry);
void fill(std::span<Value> cells, Arena& arena, const Link& entry, std::int64_t sync_id);
void fill(std::span<Value> cells, Arena& arena, const RunEntry& entry);
void fill(std::span<Value> cells, Arena& arena, const ChangeEntry& entry);
void fill(std::span<Value> cells, Arena& arena, const RejectedEntry& entry, Micros closed_at);
void fill(std::span<Value> cells, Arena& arena, const ConflictEntry& entry, Micros closed_at);
void fill(std::span<Value> cells, Arena& arena, const IntentEntry& entry, Micros closed_at);

DatabaseEntry database_entry(Row row);
SyncEntry sync_entry(Row row);
/// Views into `row`.
Link link_entry(Row row);
RunEntry run_entry(Row row);
/// Throws Error{Corrupt} for a side that is none.
ChangeEntry change_entry(Row row);
RejectedEntry rejected_entry(Row row);
ConflictEntry conflict_entry(Row row);
IntentEntry intent_entry(Row row);

}  // namespace lockstep::state
