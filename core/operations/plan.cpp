#include "operations/plan.h"

#include <algorithm>

#include "format/json.h"
#include "operations/chosen_syncs.h"
#include "operations/plan_key.h"

namespace lockstep::operations {
namespace {

/// A leaf that is only kept while its parent is sent is no change.
void leave_out_kept(RecordChange& change) {
  if (change.action == "create") return;
  std::erase_if(change.fields, [](const FieldDelta& field) { return json::canonical(field.before) == json::canonical(field.after); });
}

std::string sealed_text(Session& session, const PlanOutcome& outcome, const Clock& clock) {
  std::vector<Sync*> syncs;
  for (const SyncReport& report : outcome.run.reports) syncs.push_back(session.load(report.name));
  return plan_text(to_json(outcome), outcome.options, ensure_plan_key(syncs, clock));
}

/// Of a side that could not be read there is nothing to carry out.
bool is_whole(const RunOutcome& run) {
  return run.verdict != Verdict::Interrupted &&
         std::none_of(run.reports.begin(), run.reports.end(), [](const SyncReport& each) { return each.failure; });
}

}  // namespace

PlanOutcome plan(const Workspace& workspace, const PlanRequest& request, Observer& observer, const Clock& clock, std::stop_token stop) {
  Session session(workspace, std::move(stop));
  PlanOutcome outcome;
  outcome.mode = request.options.mode;
  outcome.options = request.options;
  outcome.options.dry_run = outcome.options.want_fields = outcome.options.want_sightings = true;
  const RunRequest dry_run{outcome.options, tasks_of(chosen_syncs(workspace, request.syncs)), "plan", request.check};
  outcome.run = run(session, dry_run, observer, clock);
  outcome.verdict = outcome.run.verdict;
  for (SyncReport& report : outcome.run.reports) {
    std::for_each(report.changes.begin(), report.changes.end(), leave_out_kept);
    outcome.subjects.push_back(subject_of(*session.load(report.name)));
  }
  outcome.file = request.file;
  outcome.saved = !request.file.empty() && is_whole(outcome.run);
  if (outcome.saved) save_plan(request.file, sealed_text(session, outcome, clock));
  return outcome;
}

Json to_json(const PlanOutcome& outcome) {
  Json plan = to_json(outcome.run);
  plan["mode"] = Json(to_string(outcome.mode));
  Json::Array& syncs = *plan["syncs"].array();
  for (std::size_t i = 0; i < syncs.size(); ++i) {
    add_fingerprints(syncs[i], outcome.subjects[i], outcome.options, outcome.run.reports[i]);
  }
  return plan;
}

}  // namespace lockstep::operations
