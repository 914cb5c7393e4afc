#include "operations/rollback.h"

#include "common/error.h"
#include "common/text.h"
#include "operations/next_runs.h"
#include "operations/report_json.h"
#include "operations/stores.h"

namespace lockstep::operations {
namespace {

Json restored_json(const std::string& sync, const RecordChange& change) {
  Json::Object fields;
  for (const FieldDelta& field : change.fields) {
    fields.emplace_back(field.column, Json::Object{{"before", field.before}, {"after", field.after}});
  }
  return Json::Object{{"sync", sync},          {"record", change.local_key},     {"remote_id", change.remote_id},
                      {"label", change.label}, {"side", to_string(change.side)}, {"fields", std::move(fields)}};
}

Json skipped_json(const std::string& sync, const SkippedField& skipped) {
  return Json::Object{{"sync", sync},           {"record", skipped.local_key},     {"remote_id", skipped.remote_id},
                      {"label", skipped.label}, {"side", to_string(skipped.side)}, {"field", skipped.field},
                      {"code", skipped.code},   {"reason", skipped.reason}};
}

Json left_json(const std::string& sync, const CreatedLeft& left) {
  return Json::Object{{"sync", sync},        {"record", left.local_key},     {"remote_id", left.remote_id},
                      {"label", left.label}, {"side", to_string(left.side)}, {"action", left.action}};
}

Undone undone_by(Session& session, const std::string& run) {
  const std::vector<RunEntry> entries = entries_of_run(session, run);
  const RunEntry& first = entries.front();
  Undone undone{first.run, first.command, first.by, first.started_at, {}};
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const std::string sync = entry->report.text_at("sync");
    if (session.configuration().sync(sync) == nullptr) {
      throw Error(ErrorKind::Invalid, "the configuration has no sync " + in_quotes(sync) + " any more, which the run wrote to",
                  "put the sync back, then roll back");
    }
    undone.syncs.push_back(sync);
  }
  return undone;
}

}  // namespace

Undone find_undone(const Workspace& workspace, const std::string& run, std::stop_token stop) {
  Session session(workspace, std::move(stop));
  return undone_by(session, run);
}

RollbackOutcome rollback(const Workspace& workspace, const RollbackRequest& request, Observer& observer, const Clock& clock,
                         std::stop_token stop) {
  Session session(workspace, std::move(stop));
  RollbackOutcome outcome;
  outcome.undone = undone_by(session, request.run);
  RunOptions options = request.options;
  options.task = UndoneRun{outcome.undone.run};
  options.want_fields = true;
  outcome.run = run(session, {options, tasks_of(outcome.undone.syncs), request.command}, observer, clock);
  outcome.run.with_changes = request.with_changes;
  outcome.verdict = outcome.run.verdict;
  for (const SyncReport& report : outcome.run.reports) {
    const Sync& sync = *session.load(report.name);
    outcome.nouns.push_back(sync.nouns);
    outcome.next.push_back(next_runs(sync, report));
  }
  return outcome;
}

Json to_json(const RollbackOutcome& outcome) {
  Json out = to_json(outcome.run);
  Json::Array restored, skipped, left, next;
  for (const SyncReport& report : outcome.run.reports) {
    for (const RecordChange& change : report.changes) restored.push_back(restored_json(report.name, change));
    for (const SkippedField& each : report.skipped) skipped.push_back(skipped_json(report.name, each));
    for (const CreatedLeft& each : report.created_left) left.push_back(left_json(report.name, each));
  }
  for (const std::vector<std::string>& lines : outcome.next) next.insert(next.end(), lines.begin(), lines.end());
  out["undoes"] = outcome.undone.run;
  out["restored"] = Json(std::move(restored));
  out["skipped"] = Json(std::move(skipped));
  out["created_left"] = Json(std::move(left));
  out["next"] = Json(std::move(next));
  return out;
}

}  // namespace lockstep::operations
