// status: both sides compared.
#include "operations/status.h"
#include "cli/commands/commands.h"
#include "cli/print/answer.h"
#include "cli/runs.h"

namespace lockstep {

int status_command(Context& context) {
  const RunOptions options = run_options_from(context.arguments);
  RunVoice voice(context, settings_of(context, options, Voice::Silent));
  const operations::StatusRequest request{named_syncs(context), options.ids, options.owner, context.arguments.has("check"),
                                          context.verbosity > 0};
  return answer(context, operations::status(*context.workspace, request, voice, context.clock, context.stop));
}

}  // namespace lockstep
