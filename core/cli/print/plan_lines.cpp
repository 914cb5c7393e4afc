#include "cli/print/lines.h"
#include "cli/print/plan_view.h"
#include "common/text.h"
#include "operations/plan.h"

namespace lockstep {

void print_lines(Context& context, const operations::PlanOutcome& outcome) {
  const Palette palette = Palette::of(context.color);
  for (std::size_t i = 0; i < outcome.subjects.size(); ++i) {
    for (const std::string& line : show_plan(outcome.subjects[i], outcome.mode, outcome.run.reports[i], palette)) context.out.line(line);
  }
  if (!outcome.file.empty()) {
    context.out.line(outcome.saved ? "Saved in " + printable(outcome.file) : "Not saved: there is no whole plan");
  }
}

}  // namespace lockstep
