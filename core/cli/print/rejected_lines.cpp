#include "cli/print/lines.h"
#include "common/text.h"
#include "operations/retry.h"

namespace lockstep {

void print_lines(Context& context, const operations::RejectedOutcome& outcome) {
  for (const operations::RejectedRecord& record : outcome.rejected) {
    const std::string place = record.remote_id.empty() ? "row " + record.record : "ID: " + record.remote_id;
    context.out.line(std::to_string(record.id) + "  " + printable(record.sync) + "  " + printable(record.label) + " (" + printable(place) +
                     ")  since " + shown_time(record.since));
    context.out.line("    " + printable(record.reason));
  }
  if (outcome.rejected.empty()) context.out.line("Nothing is rejected.");
}

}  // namespace lockstep
