// Runs: carries out one command's runs, sync by sync, with their lines, log and report. Import, plan, status and retry share it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/context.h"
#include "engine/engine.h"

namespace lockstep {

struct RunTask {
  std::string sync;
  std::vector<std::string> ids = {};                  ///< beside those of the options
  std::function<void(RunOptions&)> adjust = nullptr;  ///< what else is different for this sync
  std::vector<std::string> rows = {};                 ///< RunOptions::rows
};

/// What runs say while they go on.
enum class Voice {
  Lines,   ///< the lines of CLI.md, and the log
  Log,     ///< the log alone: the command shows the reports in its own way
  Silent,  ///< nothing: the reports are material for something else
};

/// Options of a run from the command line. `mode` import.
RunOptions run_options_from(const Arguments& arguments);
/// The command and its options as typed, with every registered secret masked.
std::string typed_command(const Arguments& arguments);

/// Loads every sync first, so that a mistake in one stops all before anything is written; then runs them one after the other.
/// A sync that cannot start (no key, no database) is a report with `failure` like one that breaks off.
std::vector<SyncReport> run_syncs(Context& context, const RunOptions& options, const std::vector<RunTask>& tasks, Voice voice);

/// How long the syncs took together, by a clock that nobody sets.
Millis duration_of(const std::vector<SyncReport>& reports);

/// What anything pending means to --check: in a dry run what the run would do, else what it left.
bool anything_pending(const std::vector<SyncReport>& reports, bool dry_run);

/// Prints the reports as JSON when asked for and gives the command's exit code.
int conclude(Context& context, const RunOptions& options, const std::vector<SyncReport>& reports, Micros started_at);

}  // namespace lockstep
