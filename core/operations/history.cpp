#include "operations/history.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "common/error.h"
#include "common/text.h"
#include "engine/decide/cases.h"
#include "operations/report_json.h"
#include "operations/stores.h"

namespace lockstep::operations {
namespace {

/// Names of syncs for what was given: a sync, a group or a table. A sync that the configuration does not have any more has a past all the
/// same.
std::vector<std::string> past_syncs(const Workspace& workspace, const std::vector<std::string>& given) {
  const Configuration& configuration = workspace.configuration();
  std::vector<std::string> names;
  for (const std::string& name : given) {
    std::vector<std::string> members = configuration.members(name);
    for (const SyncUse& sync : configuration.syncs) {
      if (members.empty() && workspace.table_of(sync.name) == name) members.push_back(sync.name);
    }
    if (members.empty()) members.push_back(name);
    names.insert(names.end(), members.begin(), members.end());
  }
  return names;
}

/// Adds the entries of another database, both newest first. By time between databases; within one the order stays, also where its clock was
/// set back.
template <class Entry, class Time>
void merge(std::vector<Entry>& entries, std::vector<Entry> more, Time time) {
  std::vector<Entry> out;
  out.reserve(entries.size() + more.size());
  auto one = entries.begin(), other = more.begin();
  while (one != entries.end() && other != more.end()) out.push_back(std::move(time(*one) >= time(*other) ? *one++ : *other++));
  std::move(one, entries.end(), std::back_inserter(out));
  std::move(other, more.end(), std::back_inserter(out));
  entries = std::move(out);
}

template <class Entry>
void shorten(std::vector<Entry>& entries, std::size_t limit) {
  if (limit > 0 && entries.size() > limit) entries.resize(limit);
}

/// Nothing in the journal has such a field: a name that no mapping has either is a mistake.
void check_field(const Workspace& workspace, const std::string& field) {
  std::vector<std::string> columns;
  for (const SyncUse& entry : workspace.configuration().syncs) {
    const Sync* sync = workspace.load(entry.name);
    if (sync == nullptr) return;
    for (const Column& column : sync->mapping->table().columns) columns.push_back(column.name);
  }
  if (std::find(columns.begin(), columns.end(), field) != columns.end()) return;
  throw Error(ErrorKind::NotFound, "no mapping has a column " + in_quotes(field) + did_you_mean(field, columns));
}

/// A name that neither the configuration nor the journal knows is a mistake.
void check_syncs(Session& session, const std::vector<std::string>& given) {
  const Configuration& configuration = session.configuration();
  std::vector<std::string> known = configuration.sync_names();
  each_state(session, [&](State& state) {
    for (const SyncEntry& entry : state.syncs()) known.push_back(entry.name);
    for (const RunEntry& run : state.runs({})) known.push_back(run.report.text_at("sync"));
  });
  for (const std::string& name : given) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw Error(ErrorKind::NotFound, "no sync " + in_quotes(name) + did_you_mean(name, known),
                "syncs are: " + join(configuration.sync_names(), ", "));
  }
}

void keep_only(Json& fields, const std::string& field) {
  if (fields.object() == nullptr) return;
  Json one{Json::Object{}};
  if (const Json* found = fields.find(field)) one[field] = *found;
  fields = std::move(one);
}

struct Entries {
  std::vector<RunEntry> runs;
  std::vector<ChangeEntry> changes;
};

/// A write whose answer is still looked for: until that is found, the journal does not have it.
ChangeEntry of_promise(const IntentEntry& promise, const SyncEntry& sync) {
  constexpr int kEditedHere = 8;
  ChangeEntry change;
  change.run_id = promise.run_id;
  change.sync_id = sync.id;
  change.sync = sync.name;
  change.local_key = promise.local_key;
  change.remote_id = change.label = promise.remote_id;
  change.side = Side::Remote;
  change.action = promise.action;
  change.case_number = kEditedHere;
  change.at = promise.opened_at;
  for (const auto& [column, sent] : *promise.body.object()) {
    Json& entry = change.fields[column] = Json::Object{{"unconfirmed", true}};
    for (const char* const member : {"before", "after", "raw"}) {
      if (const Json* value = sent.find(member)) entry[member] = *value;
    }
  }
  return change;
}

bool is_asked_for(const ChangeEntry& change, const HistoryFilter& filter) {
  const bool of_record = filter.record.empty() || change.remote_id == filter.record || change.local_key == filter.record;
  const bool of_sync = filter.syncs.empty() || std::find(filter.syncs.begin(), filter.syncs.end(), change.sync) != filter.syncs.end();
  return of_record && of_sync && change.at >= filter.since && (!filter.side || filter.side == change.side) &&
         change.run.starts_with(filter.run) && (filter.field.empty() || change.fields.find(filter.field) != nullptr);
}

/// Updates that were promised and are open still, newest first.
std::vector<ChangeEntry> open_updates(State& state, const HistoryFilter& filter) {
  std::vector<ChangeEntry> all;
  for (const SyncEntry& sync : state.syncs()) {
    for (const IntentEntry& promise : state.intents(sync.id)) {
      if (promise.action == "update" && promise.body.object() != nullptr) all.push_back(of_promise(promise, sync));
    }
  }
  if (all.empty()) return all;
  std::map<std::int64_t, std::string> runs;
  for (const RunEntry& run : state.runs({})) runs.emplace(run.id, run.run);
  for (ChangeEntry& change : all) change.run = runs[change.run_id];
  std::erase_if(all, [&](const ChangeEntry& change) { return !is_asked_for(change, filter); });
  std::stable_sort(all.begin(), all.end(), [](const ChangeEntry& a, const ChangeEntry& b) { return a.at > b.at; });
  return all;
}

/// What one database knows of it.
Entries read_entries(State& state, const HistoryFilter& filter, bool with_changes) {
  const bool only_touched = !filter.record.empty() || !filter.field.empty();
  Entries out;
  HistoryFilter of_runs{.run = filter.run, .since = filter.since, .syncs = filter.syncs};
  of_runs.limit = only_touched ? 0 : filter.limit;
  of_runs.before = filter.before;
  out.runs = state.runs(of_runs);
  if (!with_changes) return out;
  out.changes = state.changes(filter);
  merge(out.changes, open_updates(state, filter), [](const ChangeEntry& change) { return change.at; });
  if (!only_touched) return out;
  std::set<std::string> touched;
  for (const ChangeEntry& change : out.changes) touched.insert(change.run);
  std::erase_if(out.runs, [&](const RunEntry& run) { return !touched.contains(run.run); });
  return out;
}

Entries all_entries(Session& session, const HistoryFilter& filter, bool with_changes) {
  Entries all;
  each_state(session, [&](State& state) {
    Entries more = read_entries(state, filter, with_changes);
    merge(all.changes, std::move(more.changes), [](const ChangeEntry& change) { return change.at; });
    merge(all.runs, std::move(more.runs), [](const RunEntry& run) { return run.started_at; });
  });
  shorten(all.runs, filter.limit);
  shorten(all.changes, filter.limit);
  return all;
}

PastRun past_run(RunEntry& run) {
  return {std::move(run.run), std::move(run.command), std::move(run.mode), std::move(run.by), run.started_at, run.finished_at,
          run.exit,           std::move(run.report)};
}

/// Of a sync's changes, what the configuration says.
struct Place {
  std::string table;
  Nouns nouns;
};

Place place_of(const Workspace& workspace, const std::string& name) {
  Place place{workspace.table_of(name), {}};
  const Sync* sync = workspace.configuration().sync(name) == nullptr ? nullptr : workspace.load(name);
  if (sync != nullptr) place.nouns = sync->nouns;
  return place;
}

PastChange past_change(ChangeEntry& change, const Place& place, const std::string& field) {
  if (!field.empty()) keep_only(change.fields, field);
  return {std::move(change.run),
          std::move(change.sync),
          place.table,
          place.nouns,
          std::move(change.local_key),
          std::move(change.remote_id),
          std::move(change.label),
          change.side,
          std::move(change.action),
          change.case_number,
          change.at,
          std::move(change.fields)};
}

/// A name that nothing bears is a mistake, and not an empty history.
void check_request(Session& session, const HistoryRequest& request, const Entries& found, const std::vector<std::string>& syncs) {
  if (!request.run.empty() && found.runs.empty()) entries_of_run(session, request.run);
  if (found.runs.empty()) check_syncs(session, syncs);
  if (!request.field.empty() && found.changes.empty()) check_field(session.workspace(), request.field);
}

Json past_run_json(const PastRun& run) {
  Json out = Json::Object{{"run", run.run},
                          {"command", run.command},
                          {"mode", run.mode},
                          {"by", run.by},
                          {"started_at", time_json(run.started_at)},
                          {"finished_at", time_json(run.finished_at)},
                          {"exit", run.finished_at == 0 ? Json() : Json(run.exit)}};
  if (const Json::Object* report = run.report.object()) {
    for (const auto& [name, value] : *report) {
      if (out.find(name) == nullptr) out[name] = value;
    }
  }
  return out;
}

Json past_change_json(const PastChange& change) {
  return Json::Object{{"run", change.run},
                      {"sync", change.sync},
                      {"record", change.record},
                      {"table", change.table.empty() ? Json() : Json(change.table)},
                      {"remote_id", change.remote_id},
                      {"label", change.label},
                      {"side", to_string(change.side)},
                      {"action", change.action},
                      {"case", change.case_number},
                      {"why", std::string(why_changed(change.case_number))},
                      {"at", time_json(change.at)},
                      {"fields", change.fields.is_null() ? Json(Json::Object()) : change.fields}};
}

}  // namespace

std::int64_t PastRun::counter(std::string_view name) const {
  const Json* found = report.find(name);
  return found != nullptr && found->integer() != nullptr ? *found->integer() : 0;
}

HistoryOutcome history(const Workspace& workspace, const HistoryRequest& request, std::stop_token stop) {
  Session session(workspace, std::move(stop));
  HistoryFilter filter{request.run, request.record, request.field, request.since, past_syncs(workspace, request.syncs), request.limit,
                       {},          request.before};
  HistoryOutcome outcome;
  outcome.with_changes = request.with_changes();
  Entries found = all_entries(session, filter, outcome.with_changes);
  check_request(session, request, found, filter.syncs);
  for (RunEntry& run : found.runs) outcome.runs.push_back(past_run(run));
  std::map<std::string, Place> places;
  for (ChangeEntry& change : found.changes) {
    const auto [place, fresh] = places.try_emplace(change.sync);
    if (fresh) place->second = place_of(workspace, change.sync);
    outcome.changes.push_back(past_change(change, place->second, request.field));
  }
  return outcome;
}

Json to_json(const HistoryOutcome& outcome) {
  Json out = Json::Object{{"runs", Json::Array()}};
  for (const PastRun& run : outcome.runs) out["runs"].array()->push_back(past_run_json(run));
  if (outcome.with_changes) out["changes"] = Json::Array();
  for (const PastChange& change : outcome.changes) out["changes"].array()->push_back(past_change_json(change));
  return out;
}

}  // namespace lockstep::operations
