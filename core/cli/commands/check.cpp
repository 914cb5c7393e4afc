// check: are the configuration and all that it names in order; --schema: what such files may hold.
#include "operations/check.h"

#include "cli/commands/commands.h"
#include "cli/commands/table.h"
#include "cli/print/answer.h"
#include "format/json.h"
#include "rules/schema.h"

namespace lockstep {
namespace {

int print_schema(Context& context) {
  Registry registry(context.plugin_directories);
  const Json schema = schema_named(context.arguments.text("schema"), registry, own_names());
  if (context.for_programs()) {
    context.print(Json::Object{{"schema", schema}, {"exit", 0}});
  } else {
    context.out.line(json::to_pretty(schema));
  }
  return 0;
}

}  // namespace

int check_command(Context& context) {
  if (context.arguments.has("schema")) return print_schema(context);
  const operations::CheckRequest request{context.arguments.has("offline")};
  return answer_also_quiet(context, operations::check(*context.workspace, request, context.clock, context.stop));
}

}  // namespace lockstep
