// history: the journal.
#include "operations/history.h"
#include "cli/commands/commands.h"
#include "cli/print/answer.h"
#include "operations/since.h"

namespace lockstep {

int history_command(Context& context) {
  const Arguments& given = context.arguments;
  const operations::HistoryRequest request{given.text("run"),
                                           given.text("record"),
                                           given.text("field"),
                                           given.list("sync"),
                                           since_of(given.text("since"), context.clock.now()),
                                           limit_of(given, "50")};
  return answer(context, operations::history(*context.workspace, request, context.stop));
}

}  // namespace lockstep
