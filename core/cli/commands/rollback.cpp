// rollback: undoes a run, sync by sync in the opposite order, and lists what came back, what did not, and what the run created.

#include <algorithm>

#include "cli/print/items_reporter.h"
#include "cli/print/outlook_lines.h"
#include "cli/runs.h"
#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "operations/report_json.h"
#include "operations/stores.h"

namespace lockstep {
namespace {

std::string named(const std::string& label, const std::string& remote_id, const std::string& row) {
  std::string out = label.empty() ? "(no name)" : printable(label);
  if (!remote_id.empty()) out += " (ID: " + printable(remote_id) + (row.empty() ? ")" : ", row " + printable(row) + ")");
  return out;
}

/// "assistant Front Desk (…)", or the same in the remote.
std::string item_name(const Nouns& nouns, const std::string& side, const std::string& name) {
  return nouns.one + (side == "remote" ? " in " + nouns.provider : "") + ": " + name;
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

void print_report(Context& context, const Sync& sync, const SyncReport& report, bool dry_run) {
  const Nouns& nouns = sync.nouns;
  if (!context.quiet) {
    for (const RecordChange& change : report.changes) print_restored(context, nouns, change, dry_run);
    print_skipped(context, nouns, report.skipped);
    for (const CreatedLeft& left : report.created_left) print_left(context, nouns, left);
  }
  for (const Problem& problem : report.problems) {
    const bool error = problem.severity == Problem::Severity::Error;
    if (context.quiet && !error) continue;
    const std::string subject = error ? "Failed to restore " + nouns.one + " " + named(problem.label, problem.id, {}) + ": " : "Warning: ";
    context.out.line(subject + printable(problem.message));
  }
  if (report.failure) {
    context.out.line("Rollback of " + printable(report.name) + " failed: " + printable(report.failure_text()));
  } else if (!context.quiet) {
    context.out.line("Rollback of " + printable(report.name) + " completed: " + std::to_string(report.changes.size()) + " restored, " +
                     counted(report.skipped.size(), "field", "fields") + " skipped, " + std::to_string(report.created_left.size()) +
                     " created and left, " + std::to_string(report.failed + report.rejected) + " errors");
    for (const std::string& line : next_runs(sync, report)) context.out.line(printable(line));
  }
}

Json restored_json(const std::string& sync, const RecordChange& change) {
  Json::Object fields;
  for (const FieldDelta& field : change.fields) {
    fields.emplace_back(field.column, Json::Object{{"before", field.before}, {"after", field.after}});
  }
  return Json::Object{{"sync", sync},          {"record", change.local_key}, {"remote_id", change.remote_id},
                      {"label", change.label}, {"side", change.side},        {"fields", std::move(fields)}};
}

Json skipped_json(const std::string& sync, const SkippedField& skipped) {
  return Json::Object{{"sync", sync},         {"record", skipped.local_key}, {"remote_id", skipped.remote_id}, {"label", skipped.label},
                      {"side", skipped.side}, {"field", skipped.field},      {"code", skipped.code},           {"reason", skipped.reason}};
}

Json left_json(const std::string& sync, const CreatedLeft& left) {
  return Json::Object{{"sync", sync},        {"record", left.local_key}, {"remote_id", left.remote_id},
                      {"label", left.label}, {"side", left.side},        {"action", left.action}};
}

Json rollback_json(Context& context, const RunSummary& summary, const std::string& undoes, const std::vector<SyncReport>& reports,
                   bool with_changes) {
  Json out = run_json(summary, reports, with_changes);
  Json::Array restored, skipped, left, next;
  for (const SyncReport& report : reports) {
    for (const RecordChange& change : report.changes) restored.push_back(restored_json(report.name, change));
    for (const SkippedField& each : report.skipped) skipped.push_back(skipped_json(report.name, each));
    for (const CreatedLeft& each : report.created_left) left.push_back(left_json(report.name, each));
    for (const std::string& line : next_runs(*context.workspace->load(report.name), report)) next.emplace_back(line);
  }
  out["undoes"] = undoes;
  out["restored"] = Json(std::move(restored));
  out["skipped"] = Json(std::move(skipped));
  out["created_left"] = Json(std::move(left));
  out["next"] = Json(std::move(next));
  return out;
}

/// The last sync first. A run of a sync that nobody knows any more is not undone by halves.
std::vector<RunTask> tasks_of(const Context& context, const std::vector<RunEntry>& entries) {
  std::vector<RunTask> tasks;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const std::string sync = entry->report.text_at("sync");
    if (context.workspace->configuration().sync(sync) == nullptr) {
      throw Error(ErrorKind::Invalid, "the configuration has no sync " + in_quotes(sync) + " any more, which the run wrote to",
                  "put the sync back, then roll back");
    }
    tasks.push_back({sync});
  }
  return tasks;
}

}  // namespace

int rollback_command(Context& context) {
  const std::vector<RunEntry> entries = entries_of_run(*context.workspace, context.arguments.positionals.front());
  RunOptions options = run_options_from(context.arguments);
  options.undoes = entries.front().run;
  options.want_fields = true;
  const Micros started_at = context.clock.now();
  options.run = make_ulid(started_at);
  const std::vector<RunTask> tasks = tasks_of(context, entries);
  if (!context.json && !context.quiet) {
    const RunEntry& run = entries.front();
    context.out.line("Rolling back run " + run.run + " (" + printable(run.command) + ", " + shown_time(run.started_at) + ", by " +
                     printable(run.by) + ")...");
    context.out.flush();
  }
  const std::vector<SyncReport> reports = run_syncs(context, options, tasks, Voice::Log);

  int code = exit_code(reports);
  if (context.stop.stop_requested()) code = 130;
  if (context.json) {
    const RunSummary summary{options.run, context.arguments.command, options.dry_run, code, started_at, duration_of(reports)};
    context.print(rollback_json(context, summary, options.undoes, reports, context.verbosity > 0));
    return code;
  }
  for (const SyncReport& report : reports) {
    print_report(context, *context.workspace->load(report.name), report, options.dry_run);
  }
  if (options.dry_run && !context.quiet) context.out.line("Dry run: nothing was written");
  return code;
}

}  // namespace lockstep
