// The journal, newest first. Ids are looked up narrowly before whole entries are read, so that a limit is cheap in a long journal.
#include <algorithm>
#include <set>

#include "common/error.h"
#include "state/cells.h"
#include "state/rows.h"
#include "state/scan.h"
#include "state/state.h"
#include "state/tables.h"

namespace lockstep {
namespace {

constexpr std::size_t kEntriesAtOnce = 256;

/// Calls `visit` with the entries of those ids, in their order, until it answers false.
void read_by_id(Store& store, const state::Kept& kept, std::span<const std::int64_t> ids, const std::function<bool(Row)>& visit) {
  for (std::size_t first = 0; first < ids.size(); first += kEntriesAtOnce) {
    const auto part = ids.subspan(first, std::min(kEntriesAtOnce, ids.size() - first));
    Filter filter;
    filter.where.push_back({kept.shape[0], Filter::Op::In, {}});
    for (const std::int64_t id : part) filter.where.front().values.push_back(Value::integer(id));
    const Rows rows = store.read(kept.table, kept.shape, filter);
    std::unordered_map<std::int64_t, std::size_t> places;
    for (std::size_t i = 0; i < rows.size(); ++i) places.emplace(state::integer_of(rows[i][0]), i);
    for (const std::int64_t id : part) {
      const auto place = places.find(id);
      if (place != places.end() && !visit(rows[place->second])) return;
    }
  }
}

/// Ids of the runs that the filter names, oldest first: one command has an entry for each of its syncs. Throws Error{Invalid} when a
/// beginning fits several.
std::vector<std::int64_t> run_ids(Store& store, const HistoryFilter& filter, bool with_since) {
  std::vector<std::int64_t> ids;
  std::set<std::string> named_runs;
  const Table& table = state::run_table().table;
  const Shape shape({"id", "run", "started_at"});
  state::scan(store, table, shape, {}, 0, [&](Row row) {
    const bool named = state::text_of(row[1]).starts_with(filter.run);
    if (named && !filter.run.empty()) named_runs.insert(state::string_of(row[1]));
    if (named && (!with_since || state::time_of(row[2]) >= filter.since)) ids.push_back(state::integer_of(row[0]));
    return true;
  });
  if (named_runs.size() > 1) {
    throw Error(ErrorKind::Invalid, "\"" + filter.run + "\" begins the names of " + std::to_string(named_runs.size()) + " runs",
                "give more of the run's name");
  }
  return ids;
}

/// Rows whose item had this id until it was made anew.
std::set<std::string> keys_of_recreated(Store& store, const std::string& remote_id) {
  std::set<std::string> keys;
  const state::Kept& kept = state::intent_table();
  state::scan(store, kept.table, kept.shape, {state::equals("remote_id", remote_id), state::equals("action", "recreate")}, 0, [&](Row row) {
    keys.insert(state::intent_entry(row).local_key);
    return true;
  });
  return keys;
}

/// Ids of the changes that meet everything but the field, newest first.
std::vector<std::int64_t> change_ids(Store& store, const HistoryFilter& filter) {
  std::vector<Filter::Condition> where;
  if (!filter.run.empty()) {
    const std::vector<std::int64_t> runs = run_ids(store, filter, false);
    if (runs.empty()) return {};
    Filter::Condition of_runs{"run_id", Filter::Op::In, {}};
    for (const std::int64_t id : runs) of_runs.values.push_back(Value::integer(id));
    where.push_back(std::move(of_runs));
  }
  if (!filter.side.empty()) where.push_back(state::equals("side", filter.side));
  std::set<std::int64_t, std::greater<>> ids;
  const auto collect = [&](std::vector<Filter::Condition> conditions) {
    const Shape shape({"id", "at"});
    state::scan(store, state::change_table().table, shape, std::move(conditions), 0, [&](Row row) {
      if (state::time_of(row[1]) >= filter.since) ids.insert(state::integer_of(row[0]));
      return true;
    });
  };
  if (filter.record.empty()) {
    collect(where);
  } else {
    for (const char* identity : {"remote_id", "local_key"}) {
      std::vector<Filter::Condition> conditions = where;
      conditions.push_back(state::equals(identity, filter.record));
      collect(std::move(conditions));
    }
    for (const std::string& key : keys_of_recreated(store, filter.record)) {
      std::vector<Filter::Condition> conditions = where;
      conditions.push_back(state::equals("local_key", key));
      collect(std::move(conditions));
    }
  }
  return {ids.begin(), ids.end()};
}

bool of_sync(const HistoryFilter& filter, const std::string& sync) {
  return filter.syncs.empty() || std::find(filter.syncs.begin(), filter.syncs.end(), sync) != filter.syncs.end();
}

std::unordered_map<std::int64_t, std::string> names(Store& store, const state::Kept& kept, const char* column) {
  std::unordered_map<std::int64_t, std::string> out;
  const Shape shape({"id", column});
  state::scan(store, kept.table, shape, {}, 0, [&](Row row) {
    out.emplace(state::integer_of(row[0]), state::string_of(row[1]));
    return true;
  });
  return out;
}

}  // namespace

std::vector<ChangeEntry> State::changes(const HistoryFilter& filter) {
  std::vector<ChangeEntry> out;
  const std::vector<std::int64_t> ids = change_ids(store_, filter);
  if (ids.empty()) return out;
  const auto runs = names(store_, state::run_table(), "run");
  const auto syncs = names(store_, state::sync_table(), "name");
  const auto name_of = [](const auto& known, std::int64_t id) {
    const auto found = known.find(id);
    return found == known.end() ? std::string() : found->second;
  };
  read_by_id(store_, state::change_table(), ids, [&](Row row) {
    ChangeEntry entry = state::change_entry(row);
    if (!filter.field.empty() && entry.fields.find(filter.field) == nullptr) return true;
    entry.run = name_of(runs, entry.run_id);
    entry.sync = name_of(syncs, entry.sync_id);
    if (!of_sync(filter, entry.sync)) return true;
    out.push_back(std::move(entry));
    return filter.limit == 0 || out.size() < filter.limit;
  });
  return out;
}

std::vector<RunEntry> State::runs(const HistoryFilter& filter) {
  std::vector<std::int64_t> ids = run_ids(store_, filter, true);
  if (!filter.record.empty() || !filter.field.empty()) {
    HistoryFilter every = filter;
    every.limit = 0;
    std::set<std::int64_t> touched;
    for (const ChangeEntry& change : changes(every)) touched.insert(change.run_id);
    std::erase_if(ids, [&](std::int64_t id) { return !touched.contains(id); });
  }
  std::reverse(ids.begin(), ids.end());
  std::vector<RunEntry> out;
  read_by_id(store_, state::run_table(), ids, [&](Row row) {
    RunEntry entry = state::run_entry(row);
    if (of_sync(filter, entry.report.text_at("sync"))) out.push_back(std::move(entry));
    return filter.limit == 0 || out.size() < filter.limit;
  });
  return out;
}

}  // namespace lockstep
