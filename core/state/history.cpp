// The journal, newest first: read from its end, as far as it is asked for.
#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "common/error.h"
#include "state/cells.h"
#include "state/rows.h"
#include "state/scan.h"
#include "state/state.h"
#include "state/tables.h"

namespace lockstep {
namespace {

using Conditions = std::vector<Filter::Condition>;
using Ids = std::set<std::int64_t, std::greater<>>;

constexpr std::size_t kEntriesAtOnce = 256;

/// Calls `visit` with the entries of those ids, in their order, until it answers false.
void read_by_id(Store& store, const state::Kept& kept, const Shape& shape, std::span<const std::int64_t> ids,
                const std::function<bool(Row)>& visit) {
  for (std::size_t first = 0; first < ids.size(); first += kEntriesAtOnce) {
    const auto part = ids.subspan(first, std::min(kEntriesAtOnce, ids.size() - first));
    Filter filter;
    filter.where.push_back({shape[0], Filter::Op::In, {}});
    for (const std::int64_t id : part) filter.where.front().values.push_back(Value::integer(id));
    const Rows rows = store.read(kept.table, shape, filter);
    std::unordered_map<std::int64_t, std::size_t> places;
    for (std::size_t i = 0; i < rows.size(); ++i) places.emplace(state::integer_of(rows[i][0]), i);
    for (const std::int64_t id : part) {
      const auto place = places.find(id);
      if (place != places.end() && !visit(rows[place->second])) return;
    }
  }
}

/// A time a little before `since`, as the tables hold it: times are texts of two lengths, whose order is right between different seconds.
/// Empty when all times count.
std::string just_before(Micros since) {
  constexpr Micros kSecond = 1'000'000;
  return since > kSecond ? format_time(since - kSecond) : std::string();
}

/// Adds the condition that lets the database leave out what is older. `text` must outlive `where`.
void add_since(Conditions& where, const char* column, const std::string& text) {
  if (!text.empty()) where.push_back({column, Filter::Op::Greater, {Value::text(text)}});
}

/// The whole name of the run that `given` names; empty when there is none. Throws Error{Invalid} when it begins the names of several.
std::string run_name(Store& store, const std::string& given) {
  std::set<std::string> names;
  const auto collect = [&](Conditions where) {
    state::scan(store, state::run_table().table, Shape({"id", "run"}), std::move(where), 0, [&](Row row) {
      names.insert(state::string_of(row[1]));
      return true;
    });
  };
  const std::string behind = given + '\x7f';
  collect({state::equals("run", given)});
  collect({{"run", Filter::Op::Greater, {Value::text(given)}}, {"run", Filter::Op::Less, {Value::text(behind)}}});
  if (names.size() > 1) {
    throw Error(ErrorKind::Invalid, "\"" + given + "\" begins the names of " + std::to_string(names.size()) + " runs",
                "give more of the run's name");
  }
  return names.empty() ? std::string() : *names.begin();
}

/// Ids of the entries that a run of that name has: one for each of its syncs.
std::vector<std::int64_t> entries_of(Store& store, const std::string& name) {
  std::vector<std::int64_t> ids;
  state::scan(store, state::run_table().table, Shape({"id"}), {state::equals("run", name)}, 0, [&](Row row) {
    ids.push_back(state::integer_of(row[0]));
    return true;
  });
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

/// Ids of the changes of one record that meet `where`, newest first.
std::vector<std::int64_t> changes_of_record(Store& store, const std::string& record, const Conditions& where) {
  Ids ids;
  const auto collect = [&](const char* identity, std::string_view value) {
    Conditions conditions = where;
    conditions.push_back(state::equals(identity, value));
    state::scan(store, state::change_table().table, Shape({"id"}), std::move(conditions), 0, [&](Row row) {
      ids.insert(state::integer_of(row[0]));
      return true;
    });
  };
  collect("remote_id", record);
  collect("local_key", record);
  for (const std::string& key : keys_of_recreated(store, record)) collect("local_key", key);
  return {ids.begin(), ids.end()};
}

bool of_sync(const HistoryFilter& filter, const std::string& sync) {
  return filter.syncs.empty() || std::find(filter.syncs.begin(), filter.syncs.end(), sync) != filter.syncs.end();
}

std::unordered_map<std::int64_t, std::string> sync_names(Store& store) {
  std::unordered_map<std::int64_t, std::string> out;
  state::scan(store, state::sync_table().table, Shape({"id", "name"}), {}, 0, [&](Row row) {
    out.emplace(state::integer_of(row[0]), state::string_of(row[1]));
    return true;
  });
  return out;
}

/// Fills in the names of the runs that made the changes.
void name_runs(Store& store, std::vector<ChangeEntry>& changes) {
  std::map<std::int64_t, std::string> names;
  for (const ChangeEntry& change : changes) names.emplace(change.run_id, "");
  std::vector<std::int64_t> ids;
  for (const auto& [id, name] : names) ids.push_back(id);
  read_by_id(store, state::run_table(), Shape({"id", "run"}), ids, [&](Row row) {
    names[state::integer_of(row[0])] = state::string_of(row[1]);
    return true;
  });
  for (ChangeEntry& change : changes) change.run = names[change.run_id];
}

}  // namespace

std::vector<ChangeEntry> State::changes(const HistoryFilter& filter) {
  std::vector<ChangeEntry> out;
  each_change(filter, [&](ChangeEntry&& entry) {
    out.push_back(std::move(entry));
    return true;
  });
  name_runs(store_, out);
  return out;
}

void State::each_change(const HistoryFilter& filter, const std::function<bool(ChangeEntry&&)>& visit_entry) {
  const std::string since = just_before(filter.since);
  Conditions where;
  if (!filter.run.empty()) {
    const std::string name = run_name(store_, filter.run);
    if (name.empty()) return;
    where.push_back({"run_id", Filter::Op::In, {}});
    for (const std::int64_t id : entries_of(store_, name)) where.back().values.push_back(Value::integer(id));
  }
  if (filter.side) where.push_back(state::equals("side", to_string(*filter.side)));
  if (filter.after_run != 0) where.push_back({"run_id", Filter::Op::Greater, {Value::integer(filter.after_run)}});
  add_since(where, "at", since);
  const auto syncs = sync_names(store_);
  std::size_t visited = 0;
  const auto visit = [&](Row row) {
    ChangeEntry entry = state::change_entry(row);
    if (entry.at < filter.since) return true;
    if (!filter.field.empty() && entry.fields.find(filter.field) == nullptr) return true;
    if (const auto sync = syncs.find(entry.sync_id); sync != syncs.end()) entry.sync = sync->second;
    if (!of_sync(filter, entry.sync)) return true;
    return visit_entry(std::move(entry)) && (filter.limit == 0 || ++visited < filter.limit);
  };
  const state::Kept& kept = state::change_table();
  if (filter.record.empty()) {
    state::scan_newest(store_, kept.table, kept.shape, std::move(where), visit);
  } else {
    read_by_id(store_, kept, kept.shape, changes_of_record(store_, filter.record, where), visit);
  }
}

// A link's item may have had another id, and its row is another's where keys are used again: both are looked for, and the link decides.
std::vector<ChangeEntry> State::changes_of(std::span<const Link> links) {
  std::vector<ChangeEntry> out;
  for (; !links.empty(); links = links.subspan(std::min(kEntriesAtOnce, links.size()))) {
    const std::span<const Link> part = links.first(std::min(kEntriesAtOnce, links.size()));
    Conditions by_item = {{"remote_id", Filter::Op::In, {}}}, by_row = {{"local_key", Filter::Op::In, {}}};
    std::set<std::int64_t> wanted;
    for (const Link& link : part) {
      wanted.insert(link.id);
      by_item.front().values.push_back(Value::text(link.remote_id));
      if (!link.local_key.empty()) by_row.front().values.push_back(Value::text(link.local_key));
    }
    Ids ids;
    const state::Kept& kept = state::change_table();
    for (Conditions* conditions : {&by_item, &by_row}) {
      if (conditions->front().values.empty()) continue;
      state::scan(store_, kept.table, Shape({"id", "link_id"}), std::move(*conditions), 0, [&](Row row) {
        if (wanted.contains(state::integer_of(row[1]))) ids.insert(state::integer_of(row[0]));
        return true;
      });
    }
    const std::vector<std::int64_t> newest_first(ids.begin(), ids.end());
    read_by_id(store_, kept, kept.shape, newest_first, [&](Row row) {
      out.push_back(state::change_entry(row));
      return true;
    });
  }
  return out;
}

void State::each_run(const HistoryFilter& filter, const std::function<bool(RunEntry&&)>& visit) {
  const std::string since = just_before(filter.since);
  std::string name;
  Conditions where;
  if (!filter.run.empty()) {
    name = run_name(store_, filter.run);
    if (name.empty()) return;
    where.push_back(state::equals("run", name));
  }
  if (!filter.before.empty()) where.push_back({"run", Filter::Op::Less, {Value::text(filter.before)}});
  add_since(where, "started_at", since);
  const state::Kept& kept = state::run_table();
  state::scan_newest(store_, kept.table, kept.shape, std::move(where), [&](Row row) {
    RunEntry entry = state::run_entry(row);
    if (entry.started_at < filter.since || !of_sync(filter, entry.report.text_at("sync"))) return true;
    return visit(std::move(entry));
  });
}

std::vector<RunEntry> State::runs(const HistoryFilter& filter) {
  const bool only_touched = !filter.record.empty() || !filter.field.empty();
  std::set<std::int64_t> touched;
  if (only_touched) {
    HistoryFilter every = filter;
    every.limit = 0;
    for (const ChangeEntry& change : changes(every)) touched.insert(change.run_id);
  }
  std::vector<RunEntry> out;
  each_run(filter, [&](RunEntry&& entry) {
    if (!only_touched || touched.contains(entry.id)) out.push_back(std::move(entry));
    return filter.limit == 0 || out.size() < filter.limit;
  });
  return out;
}

}  // namespace lockstep
