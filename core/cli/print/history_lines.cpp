#include "cli/print/items_reporter.h"
#include "cli/print/lines.h"
#include "common/text.h"
#include "engine/decide/cases.h"
#include "operations/history.h"

namespace lockstep {
namespace {

using operations::PastChange;
using operations::PastRun;

constexpr std::size_t kShownStored = 80;

std::string result_of(const PastRun& run) {
  if (run.finished_at == 0) return "not finished";
  return "exit " + std::to_string(run.exit) + ": " +
         std::to_string(run.counter("created_local") + run.counter("created_remote") + run.counter("recreated_remote")) + " created, " +
         std::to_string(run.counter("updated_local") + run.counter("updated_remote")) + " updated, " +
         std::to_string(run.counter("failed") + run.counter("rejected")) + " errors" +
         (run.counter("skipped") == 0 ? "" : ", " + std::to_string(run.counter("skipped")) + " skipped");
}

void print_runs(Context& context, const std::vector<PastRun>& runs) {
  if (runs.empty()) {
    context.out.line("No runs.");
    return;
  }
  std::vector<std::vector<std::string>> rows{{"RUN", "STARTED", "SYNC", "COMMAND", "BY", "RESULT"}};
  for (const PastRun& run : runs) {
    rows.push_back({run.run, shown_time(run.started_at), printable(run.report.text_at("sync")), printable(ellipsize(run.command, 40)),
                    printable(run.by), result_of(run)});
  }
  context.out.lines(align(rows));
}

void print_fields(Context& context, const Json& fields) {
  if (fields.object() == nullptr) return;
  for (const auto& [column, values] : *fields.object()) {
    const Json* before = values.find("before");
    const Json* after = values.find("after");
    const Json* stored = values.find("stored");
    // Where a column could not hold what stood there, that alone says it.
    if (before != nullptr && before->is_null() && values.find("raw") != nullptr) before = values.find("raw");
    context.out.line(show_field({column, before == nullptr ? Json() : *before, after == nullptr ? Json() : *after}, false, "    ") +
                     (stored == nullptr ? "" : " (kept there as " + show_value(*stored, kShownStored) + ")") +
                     (values.find("unconfirmed") == nullptr ? "" : " (not known to have taken effect)"));
  }
}

/// "… update in Vapi: assistant Front Desk (ID: …, row 3), edited here".
std::string change_line(const PastChange& change) {
  const bool known = !change.nouns.one.empty();
  std::string line = shown_time(change.at) + "  " + change.run + "  " + change.action;
  line += change.side == Side::Local ? " here" : " in " + (known ? change.nouns.provider : "the remote");
  line += ": " + (known ? change.nouns.one : printable(change.sync)) + " " + printable(change.label);
  const std::string row = change.record.empty() ? "" : "row " + printable(change.record);
  const std::string id = change.remote_id.empty() ? "" : "ID: " + printable(change.remote_id) + (row.empty() ? "" : ", ");
  if (!id.empty() || !row.empty()) line += " (" + id + row + ")";
  return line + ", " + std::string(why_changed(change.case_number));
}

}  // namespace

void print_lines(Context& context, const operations::HistoryOutcome& outcome) {
  print_runs(context, outcome.runs);
  if (!outcome.with_changes) return;
  for (const PastChange& change : outcome.changes) {
    context.out.line(change_line(change));
    print_fields(context, change.fields);
  }
  if (outcome.changes.empty()) context.out.line("No changes.");
}

}  // namespace lockstep
