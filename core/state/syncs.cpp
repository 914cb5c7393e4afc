// Which entry is a sync's: by what it pairs, so that a new name, or another file of its mapping, moves no link.
#include <algorithm>

#include "sdk/repeating.h"
#include "state/rows.h"
#include "state/scan.h"
#include "state/state.h"
#include "state/tables.h"

namespace lockstep {
namespace {

bool same_rows(const SyncEntry& entry, const SyncIdentity& sync) {
  return entry.resource == sync.resource && entry.table == sync.table && entry.rows == sync.rows;
}

bool pairs_the_same(const SyncEntry& entry, const SyncIdentity& sync) { return entry.address == sync.address && same_rows(entry, sync); }

void take_identity(SyncEntry& entry, const SyncIdentity& sync) {
  entry.name = sync.name;
  entry.resource = sync.resource;
  entry.table = sync.table;
  entry.rows = sync.rows;
  // Another address may be another account's: it is taken over once a run was allowed to ask there.
  if (entry.address.empty()) entry.address = sync.address;
}

void put(Transaction& transaction, const SyncEntry& entry) {
  const state::Kept& kept = state::sync_table();
  Rows rows(kept.shape.size());
  state::fill(rows.add(), rows.arena(), entry);
  transaction.upsert(kept.table, kept.shape, rows);
}

}  // namespace

std::optional<std::size_t> match_sync(std::span<const SyncEntry> known, const SyncIdentity& sync,
                                      const std::function<bool(const std::string&)>& exists) {
  const auto is_configured = [&](const std::string& name) {
    return std::find(sync.configured.begin(), sync.configured.end(), name) != sync.configured.end();
  };
  std::optional<std::size_t> by_name, by_pairing;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i].name == sync.name) by_name = i;
  }
  if (by_name && (known[*by_name].table.empty() || pairs_the_same(known[*by_name], sync))) return by_name;
  // Under a name that is another sync's an entry is that one's, unless names went round: this one's stands at other rows, too.
  const bool went_round = by_name && !same_rows(known[*by_name], sync);
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (!known[i].table.empty() && pairs_the_same(known[i], sync) && (went_round || !is_configured(known[i].name))) by_pairing = i;
  }
  if (by_pairing) return by_pairing;
  if (!by_name) return std::nullopt;
  const SyncEntry& named = known[*by_name];
  const bool moved = named.resource == sync.resource && (named.table == sync.table || !exists(named.table));
  return moved ? by_name : std::nullopt;
}

std::vector<SyncEntry> State::syncs() {
  std::vector<SyncEntry> all;
  const state::Kept& kept = state::sync_table();
  state::scan(store_, kept.table, kept.shape, {}, 0, [&](Row row) {
    all.push_back(state::sync_entry(row));
    return true;
  });
  return all;
}

std::optional<SyncEntry> State::find_sync(const SyncIdentity& sync) {
  const std::vector<SyncEntry> known = syncs();
  const auto found = match_sync(known, sync, [&](const std::string& table) { return store_.inspect(table).has_value(); });
  return found ? std::optional(known[*found]) : std::nullopt;
}

SyncEntry State::ensure_sync(const SyncIdentity& sync, const Lease& lease) {
  const std::optional<SyncEntry> found = find_sync(sync);
  SyncEntry entry = found.value_or(SyncEntry());
  take_identity(entry, sync);
  if (found && *found == entry) return entry;
  std::int64_t id = entry.id;
  in_transaction(store_, lease, [&](Transaction& transaction) {
    // The name may still stand at an entry of something else.
    if (std::optional<SyncEntry> other = find_sync(sync.name); other && other->id != entry.id) {
      other->name += " (" + std::to_string(other->id) + ")";
      put(transaction, *other);
    }
    if (found) return put(transaction, entry);
    const state::Kept& kept = state::sync_table();
    Rows rows(kept.shape.size());
    state::fill(rows.add(), rows.arena(), entry);
    id = transaction.insert(kept.table, kept.shape, rows).at(0)[0].as_integer();
  });
  entry.id = id;
  return entry;
}

}  // namespace lockstep
