#include "engine/write/store_writer.h"

#include <numeric>
#include <utility>

#include "format/json.h"

namespace lockstep {

StoreWriter::StoreWriter(Parts parts, const Lease& lease, std::int64_t sync_id, std::int64_t fields_id, RunEntry run, UnitOfWork::Tell tell)
    : parts_(parts),
      lease_(lease),
      sync_id_(sync_id),
      rejected_(parts.state.rejected(sync_id)),
      work_({parts.store, parts.state, parts.links, parts.chronicle, parts.clock, parts.stop}, lease, sync_id, std::move(run),
            std::move(tell)),
      agreement_(parts, work_, sync_id, fields_id) {
  std::vector<ConflictEntry> open = parts_.state.conflicts(sync_id);
  agreement_.know_conflicts(open);
  work_.know(rejected_, std::move(open));
}

// Inserts

void StoreWriter::insert(std::span<Insertion> insertions, std::span<RecordChange> events) {
  if (insertions.empty()) return;
  const auto refused = work_.attempt([&] {
    Rows rows(parts_.target.insert_shape.size());
    for (const Insertion& insertion : insertions) fill_row(rows, insertion, parts_.target, parts_.references);
    const std::vector<RowKey> keys = work_.transaction().insert(parts_.target.table, parts_.target.insert_shape, rows);
    for (std::size_t i = 0; i < insertions.size(); ++i) inserted(insertions[i], keys.at(i), events[i]);
  });
  if (!refused) {
    for (RecordChange& event : events) work_.tell_after_commit(std::move(event));
    return;
  }
  if (insertions.size() == 1) {
    insertions[0].refused = *refused;
    return;
  }
  // One row is at fault; the others must not pay for it, and it is found by halves: a page of many is not written a row at a time.
  const std::size_t half = insertions.size() / 2;
  insert(insertions.first(half), events.first(half));
  insert(insertions.subspan(half), events.subspan(half));
}

void StoreWriter::inserted(const Insertion& insertion, const RowKey& key, RecordChange& event) {
  const Item& item = *insertion.item;
  event.local_key = key_text(key.row());
  Rows reread;
  const Row written = parts_.references.to_cells(item.there, work_.scratch());
  const Row stored = stored_after(written, key, reread);
  parts_.chronicle.tell(item, agreement_.happening(item, Happening::Inserted), work_.run().run, parts_.clock.now());
  agreement_.put(item, event.local_key, stored, written);
  journal(parts_.links[*parts_.links.by_remote(item.id)], event, written_fields(item));
  settle(item);
  work_.gathered(item.raw.size());
}

/// The mapped cells as the table holds them now: what was written, unless triggers had a say.
Row StoreWriter::stored_after(Row written, const RowKey& key, Rows& reread) {
  if (!parts_.target.rewrites) return written;
  Filter filter;
  for (std::size_t i = 0; i < key.size(); ++i) filter.where.push_back({parts_.target.key_columns[i], Filter::Op::Equal, {key[i]}});
  reread = parts_.store.read(parts_.target.table, parts_.target.shape, filter);
  return reread.empty() ? written : parts_.target.fields(reread[0]);
}

// Updates

Guarded StoreWriter::guard(const Item& item) const {
  Guarded guarded;
  const Row key = parts_.target.key(item.stored);
  const Row stored = parts_.target.fields(item.stored);
  guarded.key.assign(key.begin(), key.end());
  for (const FieldChange& change : item.decision.local_fields) {
    guarded.columns.push_back(change.ordinal);
    guarded.expected.push_back(stored[change.ordinal]);
    guarded.values.push_back(cell_after(item, change));
  }
  return guarded;
}

Value StoreWriter::cell_after(const Item& item, const FieldChange& change) const {
  return lockstep::cell_after(item, change, parts_.mapping, parts_.target, parts_.secrets, parts_.references, work_.scratch());
}

void StoreWriter::update(std::span<Overwrite> overwrites, std::span<RecordChange> events) {
  if (overwrites.empty()) return;
  const auto refused = work_.attempt([&] {
    std::vector<Guarded> changes;
    for (const Overwrite& overwrite : overwrites) changes.push_back(guard(*overwrite.item));
    const std::vector<Outcome> outcomes = work_.transaction().update(parts_.target.table, *parts_.mapping.shape(), changes);
    for (std::size_t i = 0; i < overwrites.size(); ++i) {
      overwrites[i].outcome = outcomes.at(i);
      if (outcomes[i] == Outcome::Written) updated(*overwrites[i].item, events[i]);
    }
  });
  if (!refused) {
    for (std::size_t i = 0; i < overwrites.size(); ++i) {
      if (overwrites[i].outcome == Outcome::Written) work_.tell_after_commit(std::move(events[i]));
    }
    return;
  }
  if (overwrites.size() == 1) {
    overwrites[0].outcome = Outcome::Gone;
    overwrites[0].refused = *refused;
    return;
  }
  const std::size_t half = overwrites.size() / 2;
  update(overwrites.first(half), events.first(half));
  update(overwrites.subspan(half), events.subspan(half));
}

void StoreWriter::update_in_exchange(std::span<Overwrite> overwrites, std::span<RecordChange> events) {
  const auto info = parts_.store.inspect(parts_.target.table.name);
  if (!info || info->unique.empty()) return update(overwrites, events);
  Parking parking(*info, parts_.mapping);
  std::vector<std::size_t> rows(overwrites.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  // Who is refused stays where it stood, and may be in the way of others: they are tried without it.
  while (!rows.empty()) {
    const auto undone = work_.attempt([&] { exchange(overwrites, events, rows, parking); });
    if (!undone) break;
    if (std::erase_if(rows, [&](std::size_t row) { return !overwrites[row].refused.empty(); }) > 0) continue;
    for (const std::size_t row : rows) overwrites[row].refused = *undone;
    return;
  }
  for (const std::size_t row : rows) {
    if (overwrites[row].outcome == Outcome::Written) work_.tell_after_commit(std::move(events[row]));
  }
}

/// Throws when a row is refused: then nothing of it may stay.
void StoreWriter::exchange(std::span<Overwrite> overwrites, std::span<const RecordChange> events, std::span<const std::size_t> rows,
                           Parking& parking) {
  std::vector<Guarded> changes;
  for (const std::size_t row : rows) {
    Guarded change = guard(*overwrites[row].item);
    const Guarded aside = parking.aside(change, work_.scratch());
    if (!aside.columns.empty() && try_update(aside) == Outcome::Written) change = Parking::from_aside(std::move(change), aside);
    changes.push_back(std::move(change));
  }
  bool refused = false;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Overwrite& overwrite = overwrites[rows[i]];
    overwrite.refused.clear();
    overwrite.outcome = try_update(changes[i], &overwrite.refused).value_or(Outcome::Gone);
    refused = refused || !overwrite.refused.empty();
    if (!refused && overwrite.outcome == Outcome::Written) updated(*overwrite.item, events[rows[i]]);
  }
  if (refused) throw Error(ErrorKind::Rejected, "a row of an exchange was refused");
}

/// Nothing when the database refuses.
std::optional<Outcome> StoreWriter::try_update(const Guarded& change, std::string* reason) {
  try {
    return work_.transaction().update(parts_.target.table, *parts_.mapping.shape(), std::span(&change, 1)).at(0);
  } catch (const Error& failure) {
    if (failure.kind() != ErrorKind::Rejected) throw;
    if (reason != nullptr) *reason = failure.message();
    return std::nullopt;
  }
}

/// The mapped cells once the decision's local changes are in.
std::vector<Value> StoreWriter::fields_after(const Item& item) const {
  const Row before = parts_.target.fields(item.stored);
  std::vector<Value> written(before.begin(), before.end());
  const Guarded guarded = guard(item);
  for (std::size_t i = 0; i < guarded.columns.size(); ++i) written[guarded.columns[i]] = guarded.values[i];
  return written;
}

void StoreWriter::updated(const Item& item, const RecordChange& event) {
  const std::vector<Value> written = fields_after(item);
  Rows reread;
  const Row stored = stored_after(written, OwnedRow(parts_.target.key(item.stored)), reread);
  parts_.chronicle.tell(item, agreement_.happening(item, Happening::Updated), work_.run().run, parts_.clock.now());
  agreement_.put(item, item.key, stored, written);
  journal(parts_.links[*parts_.links.by_remote(item.id)], event, written_fields(item));
  settle(item);
  work_.gathered(item.raw.size());
}

}  // namespace lockstep
