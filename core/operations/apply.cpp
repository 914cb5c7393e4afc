#include "operations/apply.h"

#include <memory>

#include "common/error.h"
#include "common/text.h"
#include "operations/plan_file.h"
#include "operations/plan_key.h"
#include "operations/report_json.h"
#include "operations/stores.h"

namespace lockstep::operations {
namespace {

constexpr const char* kMakeAnew = "make a new one: lockstep plan --out FILE";

/// A plan made under other rules, or for another database, is no plan for this one.
void check_target(const std::string& file, const PlannedSync& planned, const Sync& sync) {
  const PlanSubject subject = subject_of(sync);
  const Json target = target_json(subject);
  for (const auto& [name, value] : *target.object()) {
    const Json* then = planned.target.find(name);
    if (then != nullptr && *then == value) continue;
    throw Error(ErrorKind::Conflict,
                "the plan " + file + " was made for another " + name + ": " + printable(planned.target.text_at(name, "unknown")) +
                    ", and sync " + sync.name + " has " + printable(*value.text()),
                kMakeAnew);
  }
  if (planned.rules == subject.rules) return;
  throw Error(ErrorKind::Conflict, "the plan " + file + " is stale: mapping or hooks of sync " + sync.name + " have changed since",
              kMakeAnew);
}

/// "; run 01J9… carried it out already", when one did.
std::string earlier_run(Session& session, const std::string& plan) {
  std::string said;
  each_state(session, [&](State& state) {
    if (!said.empty()) return;
    state.each_run({}, [&](RunEntry&& run) {
      if (run.report.text_at("plan") != plan) return true;
      said = "; run " + run.run + " of " + shown_time(run.started_at) + " carried it out already";
      return false;
    });
  });
  return said;
}

/// Syncs, leases and expectations of a plan, in its order.
struct Undertaking {
  std::vector<Sync*> syncs;
  std::vector<std::unique_ptr<Lease>> leases;
  std::vector<std::shared_ptr<const Expectation>> expected;

  std::vector<RunTask> tasks(const SavedPlan& plan) const {
    std::vector<RunTask> tasks;
    for (std::size_t i = 0; i < plan.syncs.size(); ++i) {
      tasks.push_back({plan.syncs[i].name, {}, [this, &planned = plan.syncs[i], i](RunOptions& options) {
                         options.on_conflict = planned.on_conflict;
                         options.local_edits = planned.local_edits;
                         options.expected = expected[i];
                         options.lease = leases[i].get();
                         for (const Sync* held : syncs) options.syncs_held.insert(held->name);
                       }});
    }
    return tasks;
  }
};

/// `file`: how messages call it.
Undertaking undertake(Session& session, const std::string& file, const SavedPlan& plan) {
  Undertaking undertaking;
  std::vector<std::string> names;
  for (const PlannedSync& planned : plan.syncs) names.push_back(planned.name);
  undertaking.syncs = session.load_all(names);
  for (std::size_t i = 0; i < plan.syncs.size(); ++i) {
    Sync& sync = *undertaking.syncs[i];
    session.open(sync);
    check_target(file, plan.syncs[i], sync);
  }
  check_seal(plan, find_plan_key(undertaking.syncs), file);
  for (std::size_t i = 0; i < plan.syncs.size(); ++i) {
    undertaking.leases.push_back(take_lease(*undertaking.syncs[i]));
    undertaking.expected.push_back(std::make_shared<const Expectation>(plan.syncs[i].sightings.records));
  }
  return undertaking;
}

/// What is not any more as the plan saw it. `looked`: what a look just now saw, of each sync of the plan.
std::vector<MovedRecord> moved_since(const std::string& file, const SavedPlan& plan, const Undertaking& undertaking,
                                     const std::vector<SyncReport>& looked) {
  std::vector<MovedRecord> moved;
  for (std::size_t i = 0; i < looked.size(); ++i) {
    if (looked[i].failure) {
      throw Error(ErrorKind::Unreachable,
                  "the plan " + file + " could not be held against both sides, nothing was written: " + *looked[i].failure,
                  looked[i].failure_hint);
    }
    const Sync& sync = *undertaking.syncs[i];
    for (Moved& one : find_moved(plan.syncs[i].sightings, looked[i].sightings)) moved.push_back({sync.name, sync.nouns, std::move(one)});
  }
  return moved;
}

Json moved_json(const std::vector<MovedRecord>& moved) {
  Json::Array out;
  for (const MovedRecord& record : moved) {
    const Moved& one = record.moved;
    const std::string_view side = one.here && one.there ? "both"
                                  : one.here            ? to_string(Side::Local)
                                  : one.there           ? to_string(Side::Remote)
                                                        : "rules";
    out.push_back(Json::Object{{"sync", record.sync},
                               {"id", one.remote_id.empty() ? Json() : Json(one.remote_id)},
                               {"record", one.local_key.empty() ? Json() : Json(one.local_key)},
                               {"label", one.label},
                               {"side", side}});
  }
  return Json(std::move(out));
}

}  // namespace

ApplyOutcome apply(const Workspace& workspace, const ApplyRequest& request, ApplyObservers observers, const Clock& clock,
                   std::stop_token stop) {
  const std::string file = printable(request.file);
  const SavedPlan plan = read_plan(request.file);
  Session session(workspace, stop);
  const Undertaking undertaking = undertake(session, file, plan);
  RunOptions options = plan.options;
  options.command = request.typed;
  options.want_fields = request.with_changes;
  options.plan = plan.id;
  options.by = request.by;

  ApplyOutcome outcome;
  RunOptions look = options;
  look.dry_run = look.want_sightings = true;
  const std::vector<SyncReport> looked = run_syncs(session, {look, undertaking.tasks(plan)}, observers.looking, clock);
  if (stop.stop_requested()) {
    outcome.verdict = Verdict::Interrupted;
    return outcome;
  }
  outcome.moved = moved_since(file, plan, undertaking, looked);
  if (!outcome.moved.empty()) {
    outcome.message = "the plan " + file + " is stale, nothing was written" + earlier_run(session, plan.id);
    outcome.hint = kMakeAnew;
    outcome.verdict = Verdict::Failed;
    return outcome;
  }
  options.run = request.run;
  outcome.run = run(session, {options, undertaking.tasks(plan), "apply"}, observers.running, clock);
  outcome.ran = true;
  outcome.verdict = outcome.run.verdict;
  return outcome;
}

Json to_json(const ApplyOutcome& outcome) {
  if (outcome.moved.empty()) return to_json(outcome.run);
  Json out = error_json("stale", outcome.message, outcome.hint, number_of(outcome.verdict));
  out["moved"] = moved_json(outcome.moved);
  return out;
}

}  // namespace lockstep::operations
