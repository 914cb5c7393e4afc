// apply: carries out a saved plan.
#include "operations/apply.h"

#include "cli/commands/commands.h"
#include "cli/print/answer.h"
#include "cli/runs.h"

namespace lockstep {

int apply_command(Context& context) {
  const RunOptions options = run_options_from(context.arguments);
  RunVoice looking(context, settings_of(context, options, Voice::Silent)), running(context, settings_of(context, options));
  const operations::ApplyRequest request{context.arguments.positionals.at(0), options.command, context.verbosity > 0};
  const operations::ApplyOutcome outcome = operations::apply(*context.workspace, request, {looking, running}, context.clock, context.stop);
  // Of an interrupted look there is nothing to tell.
  const bool nothing = outcome.moved.empty() && !outcome.ran;
  return nothing ? exit_code_of(outcome) : answer_also_quiet(context, outcome);
}

}  // namespace lockstep
