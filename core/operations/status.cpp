#include "operations/status.h"

#include <algorithm>
#include <set>

#include "common/error.h"
#include "operations/chosen_syncs.h"
#include "operations/report_json.h"
#include "operations/runs.h"
#include "state/state.h"

namespace lockstep::operations {
namespace {

std::uint64_t problems_with(const SyncReport& report, std::string_view code) {
  return static_cast<std::uint64_t>(
      std::count_if(report.problems.begin(), report.problems.end(), [&](const Problem& problem) { return problem.code == code; }));
}

/// What a dry run both ways says. A row whose remote item is gone, or was never known there, is a row that only the database has; it is
/// pending only where an export would make it. A record that both sides have edited is pending both ways.
void compare(const SyncReport& report, SyncStatus& status) {
  status.remote = report.remote;
  status.local = report.local;
  status.known = !report.failure && report.remote && report.local;
  status.conflicts = report.conflicts;
  status.rejected = report.rejected + report.failed;
  for (const Problem& problem : report.problems) {
    // A reference that leads nowhere is a difference that no run would write, too.
    if (problem.code == "lost_reference" || problem.severity == Problem::Severity::Error) status.errors.push_back(problem.message);
  }
  status.not_taken = report.not_taken;
  status.unread = report.unread;
  status.unmapped_keys = report.unmapped_keys;
  if (!status.known) return;
  const std::uint64_t unknown_there = problems_with(report, "unknown_remotely") + problems_with(report, "several_matches");
  status.only_local = report.created_remote + report.recreated_remote + report.only_local + report.missing_remote + unknown_there;
  status.only_remote = report.created_local + report.only_remote;
  // What the remote alone decides is no difference: an export leaves the new time of change to the next import.
  status.pending_import = report.created_local + report.updated_local - report.news_alone + report.linked + report.pending_import;
  status.pending_export = report.created_remote + report.recreated_remote + report.updated_remote + report.pending_export;
}

/// Conflicts that wait for a person, by record.
std::uint64_t records_in_conflict(State& state, std::int64_t sync_id) {
  std::set<std::int64_t> links;
  for (const ConflictEntry& conflict : state.conflicts(sync_id)) links.insert(conflict.link_id);
  return links.size();
}

/// The last real run of the sync, from the journal.
Micros last_run(State& state, const std::string& sync) {
  Micros last = 0;
  state.each_run({.syncs = {sync}}, [&](RunEntry&& run) {
    if (run.dry_run) return true;
    last = run.finished_at != 0 ? run.finished_at : run.started_at;
    return false;
  });
  return last;
}

std::uint64_t count_rows(Store& store, const Mapping& mapping) {
  return store.inspect(mapping.table_name()) ? store.count(mapping.table(), {}) : 0;
}

/// `whole`: the comparison was not limited to some records.
void remember(Session& session, const Sync& sync, bool whole, Micros now, SyncStatus& status) {
  Store& store = session.store(session.configuration().sync(sync.name)->store);
  if (!status.local) status.local = count_rows(store, *sync.mapping);
  State state(store);
  if (status.known) status.checked_at = now;
  if (!state.ready()) return;
  const std::optional<SyncEntry> entry = state.find_sync(identity_of(sync));
  if (!entry) return;
  status.last_run = last_run(state, sync.name);
  if (!status.known) status.checked_at = entry->checked_at;
  if (!whole) return;
  // A comparison counts them itself, without those that the next run closes.
  if (!status.known) status.conflicts = records_in_conflict(state, entry->id);
  status.rejected = std::max<std::uint64_t>(status.rejected.value_or(0), state.rejected(entry->id).size());
}

/// A guard that would stop a run stops the comparison, which has no option against it.
std::string problem_of(const SyncReport& report) {
  for (const char* option : {"--allow-mass-change", "--allow-account-change"}) {
    if (report.failure_hint.find(option) == std::string::npos) continue;
    return "a full run would stop: " + *report.failure + "; lockstep full " + report.name + " --dry-run " + option +
           " shows what it would do otherwise";
  }
  return report.failure_text();
}

SyncStatus status_of(Session& session, const SyncReport& report, bool whole, Micros now) {
  const Sync& sync = *session.load(report.name);
  SyncStatus status;
  status.name = report.name;
  status.nouns = sync.nouns;
  if (report.failure) status.failure = problem_of(report);
  compare(report, status);
  try {
    remember(session, sync, whole, now, status);
  } catch (const Error& failure) {
    // The database cannot be read either: what it knows stays unknown.
    status.conflicts = status.rejected = std::nullopt;
    if (status.failure.empty()) status.failure = failure.what();
  }
  return status;
}

/// A comparison that could be made is a success whatever it found; only one that could not counts.
Verdict verdict_of(const std::vector<SyncStatus>& all, bool check) {
  const auto failed = std::count_if(all.begin(), all.end(), [](const SyncStatus& status) { return !status.known; });
  if (failed > 0) return failed == static_cast<std::ptrdiff_t>(all.size()) ? Verdict::Failed : Verdict::Partly;
  const bool differs = std::any_of(all.begin(), all.end(), [](const SyncStatus& status) { return !status.in_sync(); });
  return differs && check ? Verdict::Pending : Verdict::Done;
}

Json status_json(const SyncStatus& status, bool with_keys) {
  Json::Object out{{"name", status.name},
                   {"remote", count_json(status.remote)},
                   {"local", count_json(status.local)},
                   {"in_sync", status.known ? Json(status.in_sync()) : Json()},
                   {"only_local", count_json(status.only_local)},
                   {"only_remote", count_json(status.only_remote)},
                   {"pending_import", count_json(status.pending_import)},
                   {"pending_export", count_json(status.pending_export)},
                   {"conflicts", count_json(status.conflicts)},
                   {"rejected", count_json(status.rejected)},
                   {"not_taken", count_json(status.not_taken)},
                   {"unread", count_json(status.unread)},
                   {"last_run", time_json(status.last_run)},
                   {"checked_at", time_json(status.checked_at)}};
  if (!status.failure.empty()) out.emplace_back("problem", status.failure);
  Json::Array errors;
  for (const std::string& error : status.errors) errors.emplace_back(error);
  if (!errors.empty()) out.emplace_back("errors", std::move(errors));
  if (!with_keys) return out;
  Json::Array keys;
  for (const std::string& key : status.unmapped_keys) keys.emplace_back(key);
  out.emplace_back("unmapped_keys", std::move(keys));
  return out;
}

}  // namespace

bool SyncStatus::in_sync() const {
  const auto zero = [](const std::optional<std::uint64_t>& count) { return count && *count == 0; };
  return known && zero(only_local) && zero(only_remote) && zero(pending_import) && zero(pending_export) && zero(conflicts) &&
         zero(rejected) && not_taken == 0 && unread == 0 && errors.empty();
}

StatusOutcome status(const Workspace& workspace, const StatusRequest& request, Observer& observer, const Clock& clock,
                     std::stop_token stop) {
  RunOptions options;
  options.mode = Mode::Full;
  options.dry_run = true;
  options.ids = request.ids;
  options.owner = request.owner;
  Session session(workspace, stop);
  StatusOutcome outcome;
  outcome.with_keys = request.with_keys;
  const bool whole = request.ids.empty() && !request.owner;
  const RunRequest run{options, tasks_of(chosen_syncs(workspace, request.syncs))};
  for (const SyncReport& report : run_syncs(session, run, observer, clock)) {
    outcome.syncs.push_back(status_of(session, report, whole, clock.now()));
  }
  outcome.verdict = stop.stop_requested() ? Verdict::Interrupted : verdict_of(outcome.syncs, request.check);
  return outcome;
}

Json to_json(const StatusOutcome& outcome) {
  Json::Array syncs;
  for (const SyncStatus& status : outcome.syncs) syncs.push_back(status_json(status, outcome.with_keys));
  return Json::Object{{"syncs", std::move(syncs)}, {"exit", number_of(outcome.verdict)}};
}

}  // namespace lockstep::operations
