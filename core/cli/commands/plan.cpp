// plan: what a run would do.
#include "operations/plan.h"
#include "cli/commands/commands.h"
#include "cli/print/answer.h"
#include "cli/runs.h"

namespace lockstep {

int plan_command(Context& context) {
  operations::PlanRequest request;
  request.syncs = named_syncs(context);
  request.options = run_options_from(context.arguments);
  request.options.mode = mode_words().find(context.arguments.text("mode", "import")).value_or(Mode::Import);
  request.file = context.arguments.text("out");
  request.check = context.arguments.has("check");
  RunVoice voice(context, settings_of(context, request.options, Voice::Log));
  return answer(context, operations::plan(*context.workspace, request, voice, context.clock, context.stop));
}

}  // namespace lockstep
