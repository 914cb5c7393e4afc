#include "cli/print/items_reporter.h"
#include "cli/print/lines.h"
#include "common/text.h"
#include "operations/rollback.h"

namespace lockstep {
namespace {

std::string named(const std::string& label, const std::string& remote_id, const std::string& row) {
  std::string out = label.empty() ? "(no name)" : printable(label);
  if (!remote_id.empty()) out += " (ID: " + printable(remote_id) + (row.empty() ? ")" : ", row " + printable(row) + ")");
  return out;
}

/// "assistant Front Desk (…)", or the same in the remote.
std::string item_name(const Nouns& nouns, Side side, const std::string& name) {
  return nouns.one + (side == Side::Remote ? " in " + nouns.provider : "") + ": " + name;
}

void print_restored(Context& context, const Nouns& nouns, const RecordChange& change, bool dry_run) {
  context.out.line((dry_run ? "Would restore " : "Restored ") +
                   item_name(nouns, change.side, named(change.label, change.remote_id, change.local_key)));
  for (const FieldDelta& field : change.fields) context.out.line(show_field(field, false, "    "));
}

/// Fields of one item that stay for the same reason share a line.
void print_skipped(Context& context, const Nouns& nouns, const std::vector<SkippedField>& skipped) {
  for (std::size_t i = 0; i < skipped.size();) {
    const SkippedField& first = skipped[i];
    std::string fields;
    for (; i < skipped.size() && skipped[i].remote_id == first.remote_id && skipped[i].local_key == first.local_key &&
           skipped[i].side == first.side && skipped[i].reason == first.reason;
         ++i) {
      fields += (fields.empty() ? "" : ", ") + printable(skipped[i].field);
    }
    context.out.line("Skipped " + item_name(nouns, first.side, named(first.label, first.remote_id, first.local_key)) + ": " + fields +
                     ": " + printable(first.reason));
  }
}

std::string_view done_by(const std::string& action) {
  if (action == "create") return "created";
  return action == "recreate" ? "recreated" : "linked";
}

void print_left(Context& context, const Nouns& nouns, const CreatedLeft& left) {
  context.out.line("Stays: " + item_name(nouns, left.side, named(left.label, left.remote_id, left.local_key)) + ", " +
                   std::string(done_by(left.action)) + " by the run");
}

void print_problems(Context& context, const Nouns& nouns, const SyncReport& report) {
  for (const Problem& problem : report.problems) {
    const bool error = problem.severity == Problem::Severity::Error;
    if (context.quiet && !error) continue;
    const std::string subject = error ? "Failed to restore " + nouns.one + " " + named(problem.label, problem.id, {}) + ": " : "Warning: ";
    context.out.line(subject + printable(problem.message));
  }
}

std::string totals(const SyncReport& report) {
  return std::to_string(report.changes.size()) + " restored, " + counted(report.skipped.size(), "field", "fields") + " skipped, " +
         std::to_string(report.created_left.size()) + " created and left, " + std::to_string(report.failed + report.rejected) + " errors";
}

void print_report(Context& context, const Nouns& nouns, const std::vector<std::string>& next, const SyncReport& report, bool dry_run) {
  if (!context.quiet) {
    for (const RecordChange& change : report.changes) print_restored(context, nouns, change, dry_run);
    print_skipped(context, nouns, report.skipped);
    for (const CreatedLeft& left : report.created_left) print_left(context, nouns, left);
  }
  print_problems(context, nouns, report);
  if (report.failure) {
    context.out.line("Rollback of " + printable(report.name) + " failed: " + printable(report.failure_text()));
  } else if (!context.quiet) {
    context.out.line("Rollback of " + printable(report.name) + " completed: " + totals(report));
    for (const std::string& line : next) context.out.line(printable(line));
  }
}

}  // namespace

/// Before it begins.
void print_lines(Context& context, const operations::Undone& undone) {
  context.out.line("Rolling back run " + undone.run + " (" + printable(undone.command) + ", " + shown_time(undone.started_at) + ", by " +
                   printable(undone.by) + ")...");
  context.out.flush();
}

/// Where people want it quiet, what went wrong.
void print_lines(Context& context, const operations::RollbackOutcome& outcome) {
  for (std::size_t i = 0; i < outcome.run.reports.size(); ++i) {
    print_report(context, outcome.nouns[i], outcome.next[i], outcome.run.reports[i], outcome.run.dry_run);
  }
  if (outcome.run.dry_run && !context.quiet) context.out.line("Dry run: nothing was written");
}

}  // namespace lockstep
