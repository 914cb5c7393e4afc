#include "cli/print/items_reporter.h"
#include "cli/print/lines.h"
#include "cli/print/value_diff.h"
#include "common/text.h"
#include "operations/conflicts.h"

namespace lockstep {
namespace {

using operations::Awaiting;

void print_create(Context& context, const Awaiting& one) {
  context.out.line(one.id + "  " + printable(one.sync) + "  row " + printable(one.record) + "  since " + shown_time(one.since));
  context.out.line("    was being created when the answer was lost; whether it exists is not known");
  context.out.line("    it does not: lockstep resolve " + one.id + " --take local; it does: lockstep resolve " + one.id +
                   " --take remote --value ID");
}

void print_conflict(Context& context, const Awaiting& one) {
  context.out.line(one.id + "  " + printable(one.sync) + "  " + printable(one.label) + " (ID: " + printable(one.remote_id) + ", row " +
                   printable(one.record) + ")  " + printable(one.field) + "  since " + shown_time(one.since));
  const Palette palette = Palette::of(context.color);
  context.out.line("    last agreed on: " + (one.base.is_null() ? std::string("nothing, or not known") : show_value(one.base)));
  const auto side = [&](const std::string& name, const Json& value) {
    if (!reads_as_difference(one.base, value)) return context.out.line("    " + name + ": " + show_value(value));
    for (const std::string& line : show_change({name, one.base, value}, false, "    ", palette)) context.out.line(line);
  };
  side("in the database", one.shown_here);
  side("in " + (one.remote.empty() ? std::string("the remote") : printable(one.remote)), one.shown_there);
}

}  // namespace

void print_lines(Context& context, const operations::ConflictsOutcome& outcome) {
  for (const Awaiting& one : outcome.conflicts) one.is_create ? print_create(context, one) : print_conflict(context, one);
  if (outcome.conflicts.empty()) context.out.line("Nothing awaits a decision.");
}

/// That it is not done is told also where people want it quiet.
void print_lines(Context& context, const operations::ResolveOutcome& outcome) {
  const Awaiting& decided = outcome.decided;
  if (context.quiet && outcome.end != operations::ResolveOutcome::End::StillOpen) return;
  switch (outcome.end) {
    case operations::ResolveOutcome::End::NoPair: break;
    case operations::ResolveOutcome::End::StillOpen: context.out.line("The conflict is still open: lockstep conflicts"); break;
    case operations::ResolveOutcome::End::NoSync:
      context.out.line("Closed, for the configuration has no sync " + in_quotes(decided.sync) + " any more: " + printable(decided.field) +
                       " of " + printable(decided.label) + "; nothing was written to either side");
      break;
    case operations::ResolveOutcome::End::Decided:
      if (outcome.run.reports.empty() || outcome.run.reports[0].exit_code() != 0) break;
      context.out.line("Resolved: " + (decided.is_create ? "the create" : printable(decided.field)) + " of " + printable(decided.label));
      break;
  }
}

}  // namespace lockstep
