// What awaits somebody: rejected records, conflicts, intents whose outcome is not known. Oldest first.
#include <algorithm>

#include "state/cells.h"
#include "state/rows.h"
#include "state/scan.h"
#include "state/state.h"
#include "state/tables.h"

namespace lockstep {
namespace {

/// The open rows of a table; `sync_id` 0: of all syncs.
template <class Entry>
std::vector<Entry> open_entries(Store& store, const state::Kept& kept, std::int64_t sync_id, Entry (*read)(Row)) {
  std::vector<Filter::Condition> where = {state::is_null("closed_at")};
  if (sync_id != 0) where.push_back(state::equals("sync_id", sync_id));
  std::vector<Entry> out;
  state::scan(store, kept.table, kept.shape, std::move(where), 0, [&](Row row) {
    out.push_back(read(row));
    return true;
  });
  return out;
}

std::string sync_name(Store& store, std::int64_t sync_id, std::unordered_map<std::int64_t, std::string>& known) {
  const auto found = known.find(sync_id);
  if (found != known.end()) return found->second;
  std::string& name = known[sync_id];
  state::find(store, state::sync_table(), state::equals("id", sync_id), [&](Row row) { name = state::sync_entry(row).name; });
  return name;
}

template <class Entry>
void finish(Store& store, std::vector<Entry>& entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.since < b.since; });
  std::unordered_map<std::int64_t, std::string> names;
  for (Entry& entry : entries) entry.sync = sync_name(store, entry.sync_id, names);
}

/// The row may have got another key since it was asked about.
void take_present_keys(Store& store, std::vector<ConflictEntry>& conflicts) {
  for (ConflictEntry& conflict : conflicts) {
    state::find(store, state::link_table(), state::equals("id", conflict.link_id), [&](Row row) {
      const std::string_view key = state::link_entry(row).local_key;
      if (!key.empty()) conflict.local_key = std::string(key);
    });
  }
}

}  // namespace

std::vector<RejectedEntry> State::rejected(std::int64_t sync_id) {
  std::vector<RejectedEntry> out = open_entries(store_, state::rejected_table(), sync_id, state::rejected_entry);
  finish(store_, out);
  return out;
}

std::vector<ConflictEntry> State::conflicts(std::int64_t sync_id) {
  std::vector<ConflictEntry> out = open_entries(store_, state::conflict_table(), sync_id, state::conflict_entry);
  take_present_keys(store_, out);
  finish(store_, out);
  return out;
}

std::vector<IntentEntry> State::intents(std::int64_t sync_id) {
  std::vector<IntentEntry> out = open_entries(store_, state::intent_table(), sync_id, state::intent_entry);
  std::stable_sort(out.begin(), out.end(), [](const IntentEntry& a, const IntentEntry& b) { return a.opened_at < b.opened_at; });
  return out;
}

std::unordered_map<std::string, std::string> State::remade(std::int64_t sync_id) {
  std::unordered_map<std::string, std::string> keys;
  const state::Kept& kept = state::intent_table();
  std::vector<Filter::Condition> which{state::equals("action", "recreate")};
  if (sync_id != 0) which.push_back(state::equals("sync_id", sync_id));
  state::scan(store_, kept.table, kept.shape, which, 0, [&](Row row) {
    const IntentEntry intent = state::intent_entry(row);
    keys.insert_or_assign(intent.remote_id, intent.local_key);
    return true;
  });
  return keys;
}

}  // namespace lockstep
