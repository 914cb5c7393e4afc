// Commands of the configuration with style: catalogue, as `ai:sync-models`.
#include "operations/catalogue.h"

#include "cli/commands/commands.h"
#include "cli/print/answer.h"
#include "cli/print/catalogue_lines.h"
#include "cli/runs.h"

namespace lockstep {

int catalogue_command(Context& context) {
  operations::CatalogueRequest request;
  request.command = context.arguments.command;
  request.syncs = context.configured->syncs;
  request.providers = context.arguments.list("provider");
  request.options = run_options_from(context.arguments);
  request.options.want_fields = context.verbosity > 0;
  request.also_fresh = context.arguments.has("force");
  request.check = context.arguments.has("check") || (request.options.dry_run && context.quiet);
  request.problems_logged = context.problems_logged;
  CatalogueLines lines(context, "models", request.options.dry_run);
  const operations::CatalogueOutcome outcome = operations::catalogue(*context.workspace, request, lines, context.clock, context.stop);
  return answer_also_quiet(context, outcome, [&] { lines.end(outcome); });
}

}  // namespace lockstep
