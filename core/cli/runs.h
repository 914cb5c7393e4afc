// Runs of a command: options from its arguments, lines and log while they go on, report and exit code at their end.
#pragma once

#include <string>
#include <vector>

#include "cli/context.h"
#include "cli/print/run_voice.h"
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
/// The names that the command was given for its syncs: those that the configuration declares for it, else its positionals.
const std::vector<std::string>& named_syncs(const Context& context);

/// Who hears runs in this voice, with a progress line where the terminal shows one.
RunVoice::Settings settings_of(const Context& context, const RunOptions& options, Voice voice);
/// Lines for people, the log alone for programs.
RunVoice::Settings settings_of(const Context& context, const RunOptions& options);

/// The reports shall list single changes: -v, and programs that ask what would happen.
bool wants_fields(const Context& context, const RunOptions& options);
/// Exit 3 when anything is pending: --check, or a quiet dry run.
bool wants_check(const Context& context, const RunOptions& options);

/// The outcome as JSON when asked for; its lines were printed while it went on.
int conclude(Context& context, const operations::RunOutcome& outcome);

}  // namespace lockstep
