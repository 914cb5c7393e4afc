// rejected and retry: what was refused, and trying it again.
#include "cli/commands/commands.h"
#include "cli/print/answer.h"
#include "cli/runs.h"
#include "operations/retry.h"

namespace lockstep {

int rejected_command(Context& context) { return answer(context, operations::rejected(*context.workspace, context.stop)); }

int retry_command(Context& context) {
  RunOptions options = run_options_from(context.arguments);
  options.want_fields = wants_fields(context, options);
  RunVoice voice(context, settings_of(context, options));
  const operations::RunOutcome outcome =
      operations::retry(*context.workspace, {context.arguments.positionals, options}, voice, context.clock, context.stop);
  return answer(context, outcome, [&] {
    if (outcome.reports.empty() && outcome.verdict != operations::Verdict::Interrupted) context.out.line("Nothing to retry.");
  });
}

}  // namespace lockstep
