// import, export, full, and the commands that a configuration declares.
#include "cli/commands/commands.h"
#include "cli/runs.h"
#include "common/log.h"
#include "operations/chosen_syncs.h"

namespace lockstep {
namespace {

/// A command of the configuration says which run it is; the others are called like it.
Mode mode_of(const Context& context) {
  const std::string& run = context.configured != nullptr ? context.configured->run : context.arguments.command;
  return mode_words().find(run).value_or(Mode::Import);
}

void tell_sync_missing(Context& context) {
  if (!context.arguments.has("sync-missing")) return;
  const std::string line = "--sync-missing changes nothing: what is missing in the database is always created";
  if (context.for_programs()) {
    log::info(line);
  } else if (!context.quiet) {
    context.out.line("Note: " + line);
  }
}

}  // namespace

int run_command(Context& context) {
  tell_sync_missing(context);
  RunOptions options = run_options_from(context.arguments);
  options.mode = mode_of(context);
  options.want_fields = wants_fields(context, options);
  RunVoice voice(context, settings_of(context, options));
  const std::vector<std::string> syncs = operations::chosen_syncs(*context.workspace, named_syncs(context));
  const bool check = wants_check(context, options);
  return conclude(context, operations::run(*context.workspace, {options, operations::tasks_of(syncs), context.arguments.command, check},
                                           voice, context.clock, context.stop));
}

}  // namespace lockstep
