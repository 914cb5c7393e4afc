#include "operations/runs.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/error.h"
#include "operations/report_json.h"
#include "operations/sync_order.h"

namespace lockstep::operations {
namespace {

/// What this run's options ask for and the sync cannot do.
void check_options(const Sync& sync, const RunOptions& options) {
  if (options.owner && !sync.mapping->owner()) {
    throw Error(ErrorKind::Invalid, "sync " + sync.name + " cannot be limited to an owner", "give its mapping a rule \"owner\"");
  }
  const OnConflict policy = options.on_conflict.value_or(sync.on_conflict);
  if (policy == OnConflict::Hook && (!sync.hook || !sync.hook->has(Hook::Stage::Conflict))) {
    throw Error(ErrorKind::Invalid, "--on-conflict hook: sync " + sync.name + " has no hook \"conflict\"");
  }
}

/// A report of a sync that never ran.
SyncReport failed_report(const Sync& sync, const RunOptions& options, const Error& error, Micros now) {
  SyncReport report;
  report.name = sync.name;
  report.run = options.run;
  report.failure = error.message();
  report.failure_code = to_string(error.kind());
  report.failure_hint = error.hint();
  report.started_at = now;
  return report;
}

/// A rollback asks the remote only where the run wrote there; a missing key is told of then.
void make_ready(Session& session, Sync& sync, const RunOptions& options) {
  const Credentials credentials = sync.provider->credentials();
  if (!credentials.present && !options.undone()) {
    throw Error(ErrorKind::Credentials, sync.nouns.provider + " API key not configured",
                credentials.missing.empty() ? "" : "set " + credentials.missing);
  }
  session.open(sync);
}

/// A rollback has an order of its own.
std::vector<std::size_t> order_of(const Session& session, const RunOptions& options, const std::vector<Sync*>& syncs) {
  std::vector<std::size_t> given;
  std::vector<OrderedSync> ordered;
  for (const Sync* sync : syncs) {
    given.push_back(given.size());
    ordered.push_back({session.configuration().sync(sync->name)->store, sync->mapping.get()});
  }
  return options.undone() ? given : run_order(ordered);
}

/// The report of a sync that cannot start.
std::optional<SyncReport> why_not_ready(Session& session, Sync& sync, const RunOptions& options, const Clock& clock) {
  try {
    make_ready(session, sync, options);
    return std::nullopt;
  } catch (const Error& failure) {
    return failed_report(sync, options, failure, clock.now());
  }
}

RunOptions options_of_task(const RunRequest& request, const RunTask& task) {
  RunOptions options = request.options;
  options.ids.insert(options.ids.end(), task.ids.begin(), task.ids.end());
  options.rows = task.rows;
  if (task.adjust) task.adjust(options);
  return options;
}

}  // namespace

std::vector<SyncReport> run_syncs(Session& session, const RunRequest& request, Observer& observer, const Clock& clock) {
  std::vector<std::string> names;
  for (const RunTask& task : request.tasks) names.push_back(task.sync);
  const std::vector<Sync*> syncs = session.load_to_run(names);
  for (const Sync* sync : syncs) check_options(*sync, request.options);
  std::vector<SyncReport> reports;
  for (const std::size_t i : order_of(session, request.options, syncs)) {
    if (session.stop().stop_requested()) break;
    const RunOptions options = options_of_task(request, request.tasks[i]);
    std::optional<SyncReport> report = why_not_ready(session, *syncs[i], options, clock);
    reports.push_back(report ? std::move(*report) : Engine(clock, session.stop()).run(*syncs[i], options, observer));
    observer.finished(reports.back());
  }
  return reports;
}

std::vector<RunTask> tasks_of(std::span<const std::string> syncs) {
  std::vector<RunTask> tasks;
  for (const std::string& sync : syncs) tasks.push_back({sync});
  return tasks;
}

RunOutcome run(const Workspace& workspace, RunRequest request, Observer& observer, const Clock& clock, std::stop_token stop) {
  Session session(workspace, std::move(stop));
  return run(session, std::move(request), observer, clock);
}

RunOutcome run(Session& session, RunRequest request, Observer& observer, const Clock& clock) {
  RunOutcome outcome;
  outcome.started_at = clock.now();
  if (request.options.run.empty()) request.options.run = make_ulid(outcome.started_at);
  outcome.run = request.options.run;
  outcome.command = request.command;
  outcome.dry_run = request.options.dry_run;
  outcome.with_changes = request.options.want_fields;
  outcome.reports = run_syncs(session, request, observer, clock);
  outcome.verdict = verdict_of(outcome.reports, session.stop());
  const bool pending = request.check && anything_pending(outcome.reports, outcome.dry_run);
  if (outcome.verdict == Verdict::Done && pending) outcome.verdict = Verdict::Pending;
  return outcome;
}

Json to_json(const RunOutcome& outcome) {
  const RunSummary summary{
      outcome.run, outcome.command, outcome.dry_run, number_of(outcome.verdict), outcome.started_at, duration_of(outcome.reports)};
  return run_json(summary, outcome.reports, outcome.with_changes);
}

Millis duration_of(std::span<const SyncReport> reports) {
  Millis total{0};
  for (const SyncReport& report : reports) total += report.duration;
  return total;
}

bool anything_pending(std::span<const SyncReport> reports, bool dry_run) {
  return std::any_of(reports.begin(), reports.end(), [&](const SyncReport& report) {
    const std::uint64_t planned = report.created_local + report.updated_local + report.linked + report.created_remote +
                                  report.updated_remote + report.recreated_remote;
    const std::uint64_t left = report.only_local + report.only_remote + report.pending_export + report.pending_import;
    return (dry_run ? planned : left) > 0;
  });
}

}  // namespace lockstep::operations
