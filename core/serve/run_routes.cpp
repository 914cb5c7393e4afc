// Runs as resources: those of this server, at work or ended, and those of the journal.
#include <algorithm>

#include "common/error.h"
#include "common/text.h"
#include "engine/decide/policy.h"
#include "operations/history.h"
#include "operations/report_json.h"
#include "operations/rollback.h"
#include "operations/since.h"
#include "serve/answers.h"

namespace lockstep::serve {
namespace {

using Kind = Field::Kind;

/// Entries of the journal that are one run, as one: newest first.
Json::Array past_runs(const operations::HistoryOutcome& history) {
  Json::Array out;
  const Json json = operations::to_json(history);
  for (const Json& entry : *json.find("runs")->array()) {
    if (out.empty() || out.back().text_at("id") != entry.text_at("run")) {
      out.push_back(Json::Object{{"id", entry.text_at("run")},
                                 {"command", entry.text_at("command")},
                                 {"by", entry.text_at("by")},
                                 {"state", "done"},
                                 {"started_at", *entry.find("started_at")},
                                 {"finished_at", *entry.find("finished_at")},
                                 {"syncs", Json::Array()}});
    }
    Json& run = out.back();
    if (entry.find("finished_at")->is_null()) run["state"] = Json("cut off, or at work");
    run["syncs"].array()->push_back(entry);
  }
  return out;
}

std::vector<std::string> seen_syncs(Service& service, const Asked& asked) {
  std::vector<std::string> named = asked.parameters.texts("sync");
  demand_sight(asked, named);
  return named.empty() && !asked.person.syncs.empty() ? service.visible_syncs(asked.person) : named;
}

bool is_at_work(const Json& run) { return run.text_at("state") == "queued" || run.text_at("state") == "running"; }

/// What the journal has not, or not yet: runs at work, and those that came to nothing, of which only this server knows.
Json::Array unrecorded_runs(Service& service, const Asked& asked, const operations::HistoryRequest& request) {
  Json::Array out;
  for (const operations::JobSnapshot& job : service.jobs().list()) {
    if (job.state == operations::JobState::Done) continue;
    if (!request.before.empty() && (!job.ended() || job.id >= request.before)) continue;
    const auto wanted = [&](const std::string& sync) {
      return request.syncs.empty() || std::find(request.syncs.begin(), request.syncs.end(), sync) != request.syncs.end();
    };
    const bool visible =
        std::all_of(job.syncs.begin(), job.syncs.end(), [&](const std::string& sync) { return asked.person.may_see(sync); });
    if (visible && std::any_of(job.syncs.begin(), job.syncs.end(), wanted)) out.push_back(to_json(job));
  }
  return out;
}

web::Response list_runs(Service& service, const Asked& asked) {
  const std::size_t limit = limit_of(asked);
  operations::HistoryRequest request;
  request.syncs = seen_syncs(service, asked);
  // A run has an entry for each of its syncs, and the last may be cut.
  request.limit = (limit + 1) * 8;
  request.before = asked.parameters.text_or("after");
  if (!request.before.empty() && !is_ulid(request.before)) throw Problem{400, "after: is no id of a run"};
  Json::Array items = unrecorded_runs(service, asked, request);
  Json::Array past = past_runs(history_for(service, asked.person, request));
  for (Json& run : past) {
    const std::string id = run.text_at("id");
    const bool shown = std::any_of(items.begin(), items.end(), [&](const Json& item) { return item.text_at("id") == id; });
    if (!shown) items.push_back(std::move(run));
  }
  // Those at work first; ids begin with their time.
  std::stable_sort(items.begin(), items.end(), [](const Json& a, const Json& b) {
    const bool a_works = is_at_work(a), b_works = is_at_work(b);
    return a_works != b_works ? a_works : a.text_at("id") > b.text_at("id");
  });
  std::string next;
  if (items.size() > limit) {
    items.resize(limit);
    next = items.back().text_at("id");
  }
  return page_response(std::move(items), next);
}

web::Response start_run(Service& service, const Asked& asked) {
  const Mode mode = mode_words().find(asked.body.text_or("mode")).value();
  RunOptions options = run_options(asked, mode);
  if (!options.dry_run) demand(asked, Scope::Write, "a run");
  options.want_fields = options.dry_run;
  const std::vector<std::string> named = asked.body.texts("syncs");
  const std::vector<std::string> syncs = service.chosen_syncs(asked.person, named);
  const std::string mode_word(mode_words().word(mode));
  options.command = typed(mode_word, named, options);
  options.run = make_ulid(service.clock().now());
  operations::JobRequest job = operations::job_of({options, operations::tasks_of(syncs), mode_word});
  job.id = options.run;
  return begin(service, asked, std::move(job));
}

std::optional<operations::JobSnapshot> find_job(Service& service, const Asked& asked, const std::string& id) {
  try {
    operations::JobSnapshot job = service.jobs().find(id);
    demand_sight(asked, job.syncs);
    return job;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::NotFound) throw;
    return std::nullopt;
  }
}

/// The run of the journal, with its changes.
operations::HistoryOutcome find_past(Service& service, const Asked& asked, const std::string& id) {
  operations::HistoryOutcome found = operations::history(*service.workspace().get(), {.run = id});
  std::vector<std::string> syncs;
  for (const operations::PastRun& run : found.runs) syncs.push_back(run.report.text_at("sync"));
  demand_sight(asked, syncs);
  return found;
}

web::Response show_run(Service& service, const Asked& asked) {
  const std::string& id = asked.captured.at(0);
  if (const auto job = find_job(service, asked, id)) return json_response(to_json(*job));
  Json::Array runs = past_runs(find_past(service, asked, id));
  return json_response(runs.front());
}

web::Response show_changes(Service& service, const Asked& asked) {
  const std::string& id = asked.captured.at(0);
  const Json json = operations::to_json(find_past(service, asked, id));
  return page_response(*json.find("changes")->array(), {});
}

web::Response cancel_run(Service& service, const Asked& asked) {
  const auto job = find_job(service, asked, asked.captured.at(0));
  if (!job) throw Problem{409, "the run is not at work here any more", "conflict"};
  if (job->ended()) throw Problem{409, "the run has ended", "conflict"};
  return json_response(to_json(service.jobs().cancel(job->id)), 202);
}

web::Response roll_back(Service& service, const Asked& asked) {
  operations::RollbackRequest request;
  request.run = asked.captured.at(0);
  request.options.by = shown(asked.person);
  request.options.dry_run = asked.body.flag("dry_run");
  request.options.allow_mass_change = asked.body.flag("allow_mass_change");
  if (!request.options.dry_run) demand(asked, Scope::Admin, "a rollback");
  const operations::Undone undone = operations::find_undone(*service.workspace().get(), request.run);
  demand_sight(asked, undone.syncs);
  request.run = undone.run;
  request.options.command = typed("rollback", {request.run}, request.options);
  request.options.run = make_ulid(service.clock().now());
  operations::JobRequest job;
  job.command = "rollback";
  job.syncs = undone.syncs;
  job.id = request.options.run;
  job.work = [request](const Workspace& workspace, Observer& observer, const Clock& clock, std::stop_token stop) {
    const operations::RollbackOutcome outcome = operations::rollback(workspace, request, observer, clock, std::move(stop));
    return operations::JobResult{outcome.verdict, to_json(outcome)};
  };
  return begin(service, asked, std::move(job));
}

}  // namespace

std::vector<Route> run_routes() {
  std::vector<Field> run = {{"mode", Kind::Text, "which run", true, mode_words().texts()},
                            {"dry_run", Kind::Flag, "write nothing, and say what would be written"}};
  for (Field& field : run_fields()) run.push_back(std::move(field));
  return {
      {"GET",
       "/api/v1/runs",
       Scope::Read,
       "Runs: those at work, then all others, the newest first",
       page_fields({{"sync", Kind::Texts, "only runs of this sync; may be repeated"}}),
       {},
       "a page of runs",
       {200},
       list_runs},
      {"POST",
       "/api/v1/runs",
       Scope::Plan,
       "Begins a run; scope write unless it is a dry run",
       {},
       std::move(run),
       "the run",
       {202, 200},
       start_run},
      {"GET", "/api/v1/runs/{id}", Scope::Read, "One run, with its outcome once it has ended", {}, {}, "the run", {200}, show_run},
      {"GET", "/api/v1/runs/{id}/changes", Scope::Read, "What it wrote, field by field", {}, {}, "a page of changes", {200}, show_changes},
      {"POST",
       "/api/v1/runs/{id}/cancel",
       Scope::Write,
       "Stops it where it is safe; what was written stays",
       {},
       {},
       "the run",
       {202},
       cancel_run},
      {"POST",
       "/api/v1/runs/{id}/rollback",
       Scope::Plan,
       "Undoes what it wrote, where that still stands; scope admin unless it is a dry run",
       {},
       {{"dry_run", Kind::Flag, "write nothing, and say what would be restored"},
        {"allow_mass_change", Kind::Flag, "pass the guard against a run that would empty too much"}},
       "the rollback, which is a run",
       {202, 200},
       roll_back},
  };
}

}  // namespace lockstep::serve
