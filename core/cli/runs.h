// Runs of a command: options from its arguments, lines and log while they go on, report and exit code at their end.
#pragma once

#include <string>
#include <vector>

#include "cli/context.h"
#include "operations/runs.h"

namespace lockstep {

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

/// operations/runs.h, heard in this voice, with a progress line where the terminal shows one.
std::vector<SyncReport> run_syncs(Context& context, const RunOptions& options, const std::vector<RunTask>& tasks, Voice voice);

/// Prints the reports as JSON when asked for and gives the command's exit code.
int conclude(Context& context, const RunOptions& options, const std::vector<SyncReport>& reports, Micros started_at);

}  // namespace lockstep
