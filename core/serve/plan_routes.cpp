// Plans: what a run would do, looked at by a person before it is carried out, exactly as it was looked at.
#include <filesystem>

#include "engine/decide/policy.h"
#include "operations/apply.h"
#include "operations/plan.h"
#include "serve/answers.h"
#include "serve/plans.h"

namespace lockstep::serve {
namespace {

using Kind = Field::Kind;

constexpr Micros kGoodFor = Micros{3600} * 1'000'000;

web::Response make_plan(Service& service, const Asked& asked) {
  const Mode mode = mode_words().find(asked.body.text_or("mode")).value();
  operations::PlanRequest request;
  const std::vector<std::string> named = asked.body.texts("syncs");
  request.syncs = service.chosen_syncs(asked.person, named);
  request.options = run_options(asked, mode);
  request.options.command = typed("plan", named, request.options);
  PlanRow row;
  row.id = request.options.run = make_ulid(service.clock().now());
  row.by = shown(asked.person);
  row.mode = mode_words().word(mode);
  row.syncs = request.syncs;
  request.file = service.plans().file(row.id);
  operations::JobRequest job;
  job.command = "plan";
  job.syncs = request.syncs;
  job.id = row.id;
  job.work = [&service, request, row](const Workspace& workspace, Observer& observer, const Clock& clock, std::stop_token stop) mutable {
    const operations::PlanOutcome outcome = operations::plan(workspace, request, observer, clock, std::move(stop));
    row.made_at = clock.now();
    row.expires_at = row.made_at + kGoodFor;
    if (outcome.saved) service.plans().add(row);
    Json json = to_json(outcome);
    json["plan"] = outcome.saved ? Json(row.id) : Json();
    return operations::JobResult{outcome.verdict, std::move(json)};
  };
  return begin(service, asked, std::move(job));
}

/// Throws Problem{404} for one of syncs that the person may not see.
PlanRow plan_of(Service& service, const Asked& asked) {
  PlanRow row = service.plans().find(asked.captured.at(0));
  demand_sight(asked, row.syncs);
  return row;
}

web::Response list_plans(Service& service, const Asked& asked) {
  Json::Array items;
  for (const PlanRow& row : service.plans().list()) {
    const bool visible =
        std::all_of(row.syncs.begin(), row.syncs.end(), [&](const std::string& sync) { return asked.person.may_see(sync); });
    if (visible) items.push_back(to_json(row));
  }
  return page_response(std::move(items), {});
}

web::Response show_plan(Service& service, const Asked& asked) {
  const PlanRow row = plan_of(service, asked);
  Json out = to_json(row);
  if (row.state != "open") return json_response(out);
  auto [content, tag] = service.plans().content(row);
  out["plan"] = std::move(content);
  return json_response(out).with("ETag", tag);
}

web::Response apply_plan(Service& service, const Asked& asked) {
  const PlanRow row = plan_of(service, asked);
  const std::string tag = service.plans().content(row).second;
  const std::string_view seen = asked.request.headers.get("If-Match");
  if (seen.empty()) throw Problem{428, "say which plan you looked at", "invalid", "send its ETag as If-Match"};
  if (seen != tag) throw Problem{412, "the plan is not the one that you looked at; nothing was written", "conflict", "look at it again"};
  operations::ApplyRequest request;
  request.file = service.plans().file(row.id);
  request.typed = typed("apply", {row.id}, {});
  request.by = shown(asked.person);
  request.run = make_ulid(service.clock().now());
  operations::JobRequest job;
  job.command = "apply";
  job.syncs = row.syncs;
  job.id = request.run;
  job.work = [&service, request, id = row.id](const Workspace& workspace, Observer& observer, const Clock& clock, std::stop_token stop) {
    Observer looking;
    const operations::ApplyOutcome outcome = operations::apply(workspace, request, {looking, observer}, clock, std::move(stop));
    const bool stopped = outcome.verdict == operations::Verdict::Interrupted;
    if (outcome.ran) service.plans().end(id, stopped ? "stopped" : "applied", request.run, {});
    return operations::JobResult{outcome.verdict, to_json(outcome)};
  };
  const operations::JobSnapshot begun = service.submit(asked.person, std::move(job));
  const operations::JobSnapshot now = service.wait_for(begun.id, patience_of(asked.request));
  const Json* error = now.ended() ? now.result->outcome.find("error") : nullptr;
  if (error == nullptr || error->text_at("code") != "stale") return job_response(now);
  Problem stale{412, "either side has moved since the plan was made; nothing was written", "stale",
                "look at what has moved, and make another plan"};
  for (const Json& moved : *now.result->outcome.find("moved")->array())
    stale.mistakes.push_back({"/" + moved.text_at("sync") + "/" + moved.text_at("id"),
                              moved.text_at("label") + " has changed on the " + moved.text_at("side") + " side"});
  throw stale;
}

web::Response discard_plan(Service& service, const Asked& asked) {
  const PlanRow row = plan_of(service, asked);
  if (row.state != "open") throw Problem{409, "the plan is " + row.state, "conflict"};
  service.plans().end(row.id, "discarded", {}, asked.body.text_or("note"));
  return json_response(to_json(service.plans().find(row.id)));
}

}  // namespace

std::vector<Route> plan_routes() {
  std::vector<Field> plan = {{"mode", Kind::Text, "which run to plan", true, mode_words().texts()}};
  for (Field& field : run_fields()) {
    if (field.name != "force") plan.push_back(std::move(field));
  }
  return {
      {"GET", "/api/v1/plans", Scope::Read, "Plans of the last day, the newest first", {}, {}, "a page of plans", {200}, list_plans},
      {"POST",
       "/api/v1/plans",
       Scope::Plan,
       "Makes a plan: what a run would do, field by field; writes nothing",
       {},
       std::move(plan),
       "the run that makes it; its id is the plan's",
       {202, 200},
       make_plan},
      {"GET", "/api/v1/plans/{id}", Scope::Read, "One plan; its ETag is what apply asks for", {}, {}, "the plan", {200}, show_plan},
      {"POST",
       "/api/v1/plans/{id}/apply",
       Scope::Write,
       "Carries it out, unless either side has moved since; If-Match names what was looked at",
       {},
       {},
       "the run",
       {202, 200},
       apply_plan},
      {"POST",
       "/api/v1/plans/{id}/discard",
       Scope::Plan,
       "It will not be carried out",
       {},
       {{"note", Kind::Text, "why, for others"}},
       "the plan",
       {200},
       discard_plan},
  };
}

}  // namespace lockstep::serve
