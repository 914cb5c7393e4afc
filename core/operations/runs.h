// Runs: carries out runs, sync by sync.
#pragma once

#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "config/workspace.h"
#include "engine/engine.h"

namespace lockstep {

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
};

/// Loads every sync first, so that a mistake in one stops all before anything is written; then runs them one after the other, each after
/// those that it refers to. A sync that cannot start is a report with `failure` like one that breaks off.
std::vector<SyncReport> run_syncs(Workspace& workspace, const RunRequest& request, Observer& observer, const Clock& clock,
                                  std::stop_token stop);

/// How long the syncs took together, by a clock that nobody sets.
Millis duration_of(std::span<const SyncReport> reports);

/// In a dry run what the run would do, else what it left.
bool anything_pending(std::span<const SyncReport> reports, bool dry_run);

}  // namespace lockstep
