// conflicts and resolve: what awaits a decision, and the decision.
#include "operations/conflicts.h"
#include "cli/commands/commands.h"
#include "cli/print/answer.h"
#include "cli/runs.h"

namespace lockstep {
namespace {

operations::ResolveRequest request_of(const Context& context) {
  const Arguments& given = context.arguments;
  operations::ResolveRequest request;
  request.id = given.positionals.at(0);
  if (given.has("take")) request.take = side_words().find(given.text("take"));
  if (given.has("value")) request.value = given.text("value");
  request.options = run_options_from(given);
  request.options.want_fields = context.verbosity > 0;
  return request;
}

}  // namespace

int conflicts_command(Context& context) { return answer(context, operations::conflicts(*context.workspace, context.stop)); }

int resolve_command(Context& context) {
  const operations::ResolveRequest request = request_of(context);
  RunVoice voice(context, settings_of(context, request.options));
  return answer_also_quiet(context, operations::resolve(*context.workspace, request, voice, context.clock, context.stop));
}

}  // namespace lockstep
