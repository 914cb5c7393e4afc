#include "cli/print/lines.h"
#include "common/text.h"
#include "operations/check.h"

namespace lockstep {
namespace {

using CheckState = CheckResult::State;

void print_results(Context& context, const std::vector<CheckResult>& results, bool only_bad) {
  const Palette palette = Palette::of(context.color);
  for (const CheckResult& result : results) {
    if (only_bad && result.state != CheckState::Bad) continue;
    const bool bad = result.state == CheckState::Bad;
    const std::string_view color = bad ? palette.bad : result.state == CheckState::Note ? palette.warn : palette.good;
    const std::string_view sign = bad ? "✗" : result.state == CheckState::Note ? "⚠" : "✓";
    context.out.line(std::string(color) + std::string(sign) + std::string(palette.reset) + " " + result.what + " " +
                     printable(result.name) + (result.message.empty() ? "" : ": " + printable(result.message)));
  }
}

}  // namespace

/// Where people want it quiet, what is bad; warnings then only beside mistakes.
void print_lines(Context& context, const operations::CheckOutcome& outcome) {
  const Palette palette = Palette::of(context.color);
  const auto marked = [&](std::string_view color, std::string_view sign, const std::string& line) {
    context.out.line(std::string(color) + std::string(sign) + std::string(palette.reset) + " " + printable(line));
  };
  for (const std::string& line : outcome.mistakes) marked(palette.bad, "✗", line);
  if (context.quiet && outcome.mistakes.empty()) return print_results(context, outcome.results, true);
  for (const std::string& line : outcome.warnings) marked(palette.warn, "⚠", line);
  print_results(context, outcome.results, context.quiet);
  if (!context.quiet && outcome.verdict == operations::Verdict::Done) context.out.line("No mistakes found.");
  if (!outcome.mistakes.empty()) context.out.line(counted(outcome.mistakes.size(), "mistake", "mistakes") + " found.");
}

}  // namespace lockstep
