#include "cli/print/lines.h"
#include "common/text.h"
#include "operations/ties.h"

namespace lockstep {

void print_lines(Context& context, const operations::ForgetOutcome& outcome) {
  const std::string again = outcome.leaves_gone
                                ? ": no longer forgotten; what is gone of it stays gone all the same, for the sync has leave_gone: true"
                                : ": what is gone of it is made anew again";
  context.out.line(capitalised(outcome.nouns.one) + " " + printable(outcome.remote_id) +
                   (outcome.forgotten ? ": what is gone of it stays gone; nothing was deleted" : again));
}

void print_lines(Context& context, const operations::AdoptOutcome& outcome) {
  context.out.line("Row " + printable(outcome.record) + " of " + outcome.table +
                   (outcome.adopted ? " is tied to " : " is already tied to ") + outcome.nouns.one + " " + printable(outcome.remote_id) +
                   (outcome.adopted ? "; see what a run makes of the two: lockstep plan " + outcome.sync + " --mode full" : ""));
}

}  // namespace lockstep
