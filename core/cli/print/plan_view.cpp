#include "cli/print/plan_view.h"

#include <optional>

#include "cli/print/items_reporter.h"
#include "cli/print/value_diff.h"
#include "common/text.h"

namespace lockstep {
namespace {

std::string_view sign_of(const RecordChange& change) {
  if (change.action == "create" || change.action == "recreate") return "+";
  return change.action == "link" ? "=" : "~";
}

/// "Emma (ID: b1)", for a row that has no id yet "Emma (row 4)".
std::string name_of(const std::string& label, const std::string& remote_id, const std::string& local_key) {
  const std::string name = label.empty() ? "(no name)" : printable(label);
  if (!remote_id.empty()) return name + " (ID: " + printable(remote_id) + ")";
  return local_key.empty() ? name : name + " (row " + printable(local_key) + ")";
}

void show_record(std::vector<std::string>& lines, const PlanSubject& sync, const RecordChange& change, const Palette& palette) {
  lines.push_back(std::string(sign_of(change)) + " " + change.action + " " +
                  (change.side == Side::Remote ? "in " + sync.nouns.provider + ": " : "") + sync.nouns.one + " " +
                  name_of(change.label, change.remote_id, change.local_key));
  const bool created = change.action == "create";
  for (const FieldDelta& field : change.fields) {
    for (std::string& line : show_change(field, created, "    ", palette)) lines.push_back(std::move(line));
  }
}

std::string verdict_of(const PlanSubject& sync, FieldConflict::Winner winner) {
  using Winner = FieldConflict::Winner;
  if (winner == Winner::Here) return "the database's value wins";
  if (winner == Winner::There) return sync.nouns.provider + "'s value wins";
  return winner == Winner::Nobody ? "awaits a decision: lockstep conflicts" : "the " + std::string(to_string(winner)) + "'s value wins";
}

void show_conflict(std::vector<std::string>& lines, const PlanSubject& sync, const RecordConflict& conflict) {
  lines.push_back("? conflict in " + sync.nouns.one + " " + name_of(conflict.label, conflict.remote_id, conflict.local_key) + ": " +
                  printable(conflict.column) + ", " + verdict_of(sync, conflict.winner));
  const auto side = [&](const std::string& where, const std::optional<Json>& value) {
    lines.push_back("    " + where + ": " + (value ? show_value(*value) : "unknown"));
  };
  side("last agreed on", conflict.base);
  side("in the database", conflict.here);
  side("in " + sync.nouns.provider, conflict.there);
}

std::string problem_line(const PlanSubject& sync, const Problem& problem) {
  const bool error = problem.severity == Problem::Severity::Error;
  const std::string subject =
      error && !problem.label.empty() ? sync.nouns.one + " " + name_of(problem.label, problem.id, problem.local_key) + ": " : "";
  return std::string(error ? "! error: " : problem.code == "unknown" ? "? unknown: " : "! ") + subject + printable(problem.message);
}

std::string head_line(const PlanSubject& sync, Mode mode, const SyncReport& report) {
  const std::string store = sync.store.empty() ? "the database" : printable(sync.store);
  const std::string& remote = sync.nouns.provider;
  if (mode == Mode::Import) return report.name + ": import from " + remote + (sync.store.empty() ? "" : " into " + store);
  if (mode == Mode::Export) return report.name + ": export from " + store + " to " + remote;
  return report.name + ": full, " + remote + " and " + store + " merged";
}

std::string known(const std::optional<std::uint64_t>& count) { return count ? std::to_string(*count) : "unknown"; }

std::string count_of(std::uint64_t count, std::string_view what) { return std::to_string(count) + " to " + std::string(what); }

}  // namespace

std::string plan_totals(const PlanSubject& sync, Mode mode, const SyncReport& report) {
  const std::string local =
      count_of(report.created_local, "create") + ", " + count_of(report.updated_local, "update") + ", " + count_of(report.linked, "link");
  const std::string remote = count_of(report.created_remote, "create") + ", " + count_of(report.updated_remote, "update") + ", " +
                             count_of(report.recreated_remote, "recreate") + " in " + sync.nouns.provider;
  std::string line = "Plan: ";
  if (mode == Mode::Import) line += local + ", ";
  if (mode == Mode::Export) line += remote + (report.linked > 0 ? "; " + count_of(report.linked, "link") : "") + "; ";
  if (mode == Mode::Full) line += remote + "; " + local + " in the database; ";
  line += std::to_string(report.unchanged) + " unchanged, ";
  if (report.conflicts > 0) line += counted(report.conflicts, "record", "records") + " in conflict, ";
  return line + std::to_string(report.failed + report.rejected) + " errors; nothing was written";
}

std::vector<std::string> show_plan(const PlanSubject& sync, Mode mode, const SyncReport& report, const Palette& palette) {
  std::vector<std::string> lines{head_line(sync, mode, report)};
  if (report.failure) {
    lines.push_back("! no plan: " + printable(report.failure_text()));
    lines.push_back("Plan: none; in " + sync.nouns.provider + ": " + known(report.remote) + ", in the database: " + known(report.local) +
                    "; nothing was written");
    return lines;
  }
  for (const RecordChange& change : report.changes) show_record(lines, sync, change, palette);
  for (const RecordConflict& conflict : report.conflicting) show_conflict(lines, sync, conflict);
  for (const Problem& problem : report.problems) lines.push_back(problem_line(sync, problem));
  lines.push_back(plan_totals(sync, mode, report));
  return lines;
}

}  // namespace lockstep
