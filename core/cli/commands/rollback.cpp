// rollback: undoes a run.
#include "operations/rollback.h"

#include "cli/commands/commands.h"
#include "cli/print/answer.h"
#include "cli/runs.h"

namespace lockstep {

int rollback_command(Context& context) {
  const operations::RollbackRequest request{context.arguments.positionals.front(), run_options_from(context.arguments), "rollback",
                                            context.verbosity > 0};
  const operations::Undone undone = operations::find_undone(*context.workspace, request.run, context.stop);
  if (!context.for_programs() && !context.quiet) print_lines(context, undone);
  RunVoice voice(context, settings_of(context, request.options, Voice::Log));
  return answer_also_quiet(context, operations::rollback(*context.workspace, request, voice, context.clock, context.stop));
}

}  // namespace lockstep
