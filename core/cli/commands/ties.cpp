// forget and adopt: a person's word on one pair.
#include "operations/ties.h"

#include "cli/commands/commands.h"
#include "cli/print/answer.h"
#include "cli/runs.h"

namespace lockstep {

namespace {

std::optional<std::string> named_sync(const Arguments& given) {
  return given.has("sync") ? std::optional(given.text("sync")) : std::nullopt;
}

}  // namespace

int forget_command(Context& context) {
  const Arguments& given = context.arguments;
  const operations::ForgetRequest request{given.positionals.at(0), named_sync(given), given.has("undo")};
  return answer(context, operations::forget(*context.workspace, request, context.clock, context.stop));
}

int adopt_command(Context& context) {
  const Arguments& given = context.arguments;
  const operations::AdoptRequest request{given.positionals.at(0), given.text("row"), named_sync(given), typed_command(given)};
  return answer(context, operations::adopt(*context.workspace, request, context.clock, context.stop));
}

}  // namespace lockstep
