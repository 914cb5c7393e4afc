// models: the catalogue in the database, what happened to models, and which shutdowns lie ahead.
#include "operations/models.h"

#include "cli/commands/commands.h"
#include "cli/print/answer.h"
#include "common/error.h"
#include "common/text.h"
#include "operations/since.h"

namespace lockstep {
namespace {

int due_models(Context& context, const std::string& provider) {
  const std::string within = context.arguments.text("within", "90d");
  const std::optional<Millis> span = parse_duration(within);
  if (!span) throw Error(ErrorKind::Invalid, "--within: " + in_quotes(within) + " is no duration", "write 90d");
  return answer(context, operations::models_due(*context.workspace, {provider, *span}, context.clock, context.stop));
}

int history_of_models(Context& context, const std::string& provider) {
  const Arguments& given = context.arguments;
  const operations::ModelsHistoryRequest request{provider, given.text("explain"), since_of(given.text("since"), context.clock.now()),
                                                 limit_of(given, "100")};
  return answer(context, operations::models_history(*context.workspace, request, context.stop));
}

}  // namespace

int models_command(Context& context) {
  const Arguments& given = context.arguments;
  const std::string provider = given.text("provider");
  if (!given.positionals.empty()) {
    return given.positionals.front() == "due" ? due_models(context, provider) : history_of_models(context, provider);
  }
  const Workspace& workspace = *context.workspace;
  if (given.has("explain")) return answer(context, operations::models_explain(workspace, provider, given.text("explain"), context.stop));
  if (given.has("stats")) return answer(context, operations::models_statistics(workspace, provider, context.stop));
  return answer(context, operations::models(
                             workspace, {provider, given.text("family"), given.text("kind"), given.text("capability"), given.has("all")},
                             context.stop));
}

}  // namespace lockstep
