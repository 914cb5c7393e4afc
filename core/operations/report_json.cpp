#include "operations/report_json.h"

#include <algorithm>
#include <utility>

#include "engine/counters.h"

namespace lockstep {
namespace {

Json number(std::uint64_t count) { return Json(static_cast<std::int64_t>(count)); }

Json problem_json(const Problem& problem) {
  return Json::Object{{"severity", problem.severity == Problem::Severity::Error ? "error" : "warning"},
                      {"id", problem.id},
                      {"record", problem.local_key.empty() ? Json() : Json(problem.local_key)},
                      {"label", problem.label},
                      {"code", problem.code},
                      {"message", problem.message}};
}

Json conflict_json(const RecordConflict& conflict) {
  return Json::Object{{"id", conflict.remote_id},
                      {"record", conflict.local_key},
                      {"label", conflict.label},
                      {"field", conflict.column},
                      {"base", conflict.base.value_or(Json())},
                      {"base_known", conflict.base.has_value()},
                      {"here", conflict.here},
                      {"there", conflict.there},
                      {"winner", to_string(conflict.winner)}};
}

const SyncReport* first_failure(std::span<const SyncReport> reports) {
  const auto found = std::find_if(reports.begin(), reports.end(), [](const SyncReport& report) { return report.failure.has_value(); });
  return found == reports.end() ? nullptr : &*found;
}

}  // namespace

Json count_json(std::optional<std::uint64_t> count) { return count ? number(*count) : Json(); }

Json time_json(Micros time) { return time == 0 ? Json() : Json(format_time(time)); }

Json change_json(const RecordChange& change) {
  Json::Object fields;
  for (const FieldDelta& field : change.fields) {
    fields.emplace_back(field.column, Json::Object{{"old", field.before}, {"new", field.after}});
  }
  Json::Object out{{"id", change.remote_id}, {"label", change.label}, {"action", change.action}, {"side", to_string(change.side)}};
  if (!change.local_key.empty()) out.emplace_back("record", change.local_key);
  out.emplace_back("case", change.case_number);
  out.emplace_back("fields", std::move(fields));
  return out;
}

Json sync_json(const SyncReport& report, bool with_changes) {
  Json::Object out{{"name", report.name}, {"remote", count_json(report.remote)}, {"local", count_json(report.local)}};
  for (const Counter& each : kCounters) {
    if (each.shown) out.emplace_back(std::string(each.name), number(report.*each.member));
  }
  out.emplace_back("requests", Json::Object{{"GET", number(report.get)}, {"POST", number(report.post)}, {"PATCH", number(report.patch)}});
  Json::Array problems;
  for (const Problem& problem : report.problems) problems.push_back(problem_json(problem));
  out.emplace_back("problems", std::move(problems));
  if (report.failure) {
    out.emplace_back("error", Json::Object{{"code", report.failure_code}, {"message", *report.failure}, {"hint", report.failure_hint}});
  }
  out.emplace_back("interrupted", report.interrupted);
  if (!with_changes) return out;
  Json::Array changes;
  for (const RecordChange& change : report.changes) changes.push_back(change_json(change));
  out.emplace_back("changes", std::move(changes));
  Json::Array conflicting;
  for (const RecordConflict& conflict : report.conflicting) conflicting.push_back(conflict_json(conflict));
  out.emplace_back("conflicting", std::move(conflicting));
  Json::Array keys;
  for (const std::string& key : report.unmapped_keys) keys.emplace_back(key);
  out.emplace_back("unmapped_keys", std::move(keys));
  return out;
}

Json run_json(const RunSummary& summary, std::span<const SyncReport> reports, bool with_changes) {
  Json::Object out;
  const SyncReport* failed = first_failure(reports);
  // A run of which nothing was done is a command that failed, and says so where every failing command does.
  if (summary.exit == 1 && failed != nullptr) {
    out.emplace_back("error", Json::Object{{"code", failed->failure_code}, {"message", *failed->failure}, {"hint", failed->failure_hint}});
  }
  out.emplace_back("run", summary.run.empty() ? Json() : Json(summary.run));
  out.emplace_back("command", summary.command);
  out.emplace_back("dry_run", summary.dry_run);
  out.emplace_back("exit", summary.exit);
  out.emplace_back("started_at", format_time(summary.started_at));
  out.emplace_back("duration_ms", std::int64_t{summary.duration.count()});
  Json::Array syncs;
  for (const SyncReport& report : reports) syncs.push_back(sync_json(report, with_changes));
  out.emplace_back("syncs", std::move(syncs));
  return out;
}

Json error_json(std::string_view code, std::string_view message, std::string_view hint, int exit) {
  return Json::Object{{"error", Json::Object{{"code", code}, {"message", message}, {"hint", hint}}}, {"exit", exit}};
}

Json error_json(const Error& error, int exit) { return error_json(to_string(error.kind()), error.message(), error.hint(), exit); }

int exit_code(std::span<const SyncReport> reports) {
  bool any_failed = false, all_failed = !reports.empty(), any_problem = false;
  for (const SyncReport& report : reports) {
    const int code = report.exit_code();
    if (code == 130) return 130;
    any_failed = any_failed || code == 1;
    all_failed = all_failed && code == 1;
    any_problem = any_problem || code == 2;
  }
  if (all_failed) return 1;
  return any_failed || any_problem ? 2 : 0;
}

}  // namespace lockstep
