// Runs: carries out runs, sync by sync.
#pragma once

#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "data/json.h"
#include "engine/engine.h"
#include "operations/session.h"
#include "operations/verdict.h"

namespace lockstep::operations {

/// One sync's run.
struct RunTask {
  std::string sync;
  std::vector<std::string> ids = {};                  ///< beside those of the options
  std::function<void(RunOptions&)> adjust = nullptr;  ///< what else is different for this sync
  std::vector<std::string> rows = {};                 ///< RunOptions::rows
};

struct RunRequest {
  RunOptions options;
  std::vector<RunTask> tasks;
  std::string command = {};  ///< what was asked for, by its name: "import", "assistants:sync"
  bool check = false;        ///< Verdict::Pending when anything is pending
};

struct RunOutcome {
  std::string run;  ///< ULID that the syncs share
  std::string command;
  bool dry_run = false;
  bool with_changes = false;  ///< the reports list single changes
  Micros started_at = 0;
  std::vector<SyncReport> reports;
  Verdict verdict = Verdict::Done;
};

/// One task for each of these syncs.
std::vector<RunTask> tasks_of(std::span<const std::string> syncs);

/// Runs the tasks under one ULID: that of `request.options`, or a new one. Throws Error{Invalid} before anything is written when a sync
/// cannot be loaded or cannot do what the options ask for; what goes wrong later is in the reports.
RunOutcome run(const Workspace& workspace, RunRequest request, Observer& observer, const Clock& clock, std::stop_token stop);
/// The same as a part of another operation.
RunOutcome run(Session& session, RunRequest request, Observer& observer, const Clock& clock);

/// {"run", "command", "dry_run", "exit", "started_at", "duration_ms", "syncs": [{…}]}; see report_json.h.
Json to_json(const RunOutcome& outcome);

/// Loads every sync first, so that a mistake in one stops all before anything is written; then runs them one after the other, each after
/// those that it refers to. A sync that cannot start is a report with `failure` like one that breaks off.
std::vector<SyncReport> run_syncs(Session& session, const RunRequest& request, Observer& observer, const Clock& clock);

/// How long the syncs took together, by a clock that nobody sets.
Millis duration_of(std::span<const SyncReport> reports);

/// In a dry run what the run would do, else what it left.
bool anything_pending(std::span<const SyncReport> reports, bool dry_run);

}  // namespace lockstep::operations
