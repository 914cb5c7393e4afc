// The seven paths of /api/vapi-sync, with the names and shapes that pages written for them read; what they do is what everything else here
// does. Members that those pages do not know are added, none is left out.
#include <algorithm>

#include "common/text.h"
#include "operations/report_json.h"
#include "serve/answers.h"

namespace lockstep::serve {
namespace {

/// What a page waits at most: proxies give up after a minute.
constexpr Millis kUsualWait{50'000};
constexpr const char* kNoKey = "Vapi API key not configured";

enum class Which { PhoneNumbers, Assistants };

/// A configured name, else the usual sync of that resource of Vapi: one marked default before others.
std::string sync_of(const Configuration& configuration, Which which) {
  const bool numbers = which == Which::PhoneNumbers;
  const std::string& given = numbers ? configuration.serve.phone_numbers : configuration.serve.assistants;
  if (!given.empty()) return given;
  const SyncUse* found = nullptr;
  for (const SyncUse& use : configuration.syncs) {
    const PluginUse* provider = configuration.provider(use.provider);
    if (provider == nullptr || provider->plugin != "vapi" || use.resource != (numbers ? "phone_number" : "assistant")) continue;
    if (found == nullptr || (use.is_default && !found->is_default)) found = &use;
  }
  if (found != nullptr) return found->name;
  throw Problem{404, std::string("the configuration has no sync of Vapi's ") + (numbers ? "phone numbers" : "assistants"), "not_found",
                "name one under serve.vapi_sync"};
}

Json number(std::int64_t value) { return Json(value); }

std::int64_t counter(const Json& sync, std::string_view name) {
  const Json* found = sync.find(name);
  return found != nullptr && found->integer() != nullptr ? *found->integer() : 0;
}

/// Problems that are errors: [{"assistant": "Front Desk", "error": "…"}]. `what`: how the page calls the record.
Json::Array errors_of(const Json& sync, std::string_view what) {
  Json::Array out;
  for (const Json& problem : *sync.find("problems")->array()) {
    if (problem.text_at("severity") != "error") continue;
    out.push_back(
        Json::Object{{std::string(what), problem.text_at("label", problem.text_at("id"))}, {"error", problem.text_at("message")}});
  }
  if (const Json* error = sync.find("error"))
    out.push_back(Json::Object{{std::string(what), Json()}, {"error", error->text_at("message")}});
  return out;
}

Json imported(const Json& sync, std::string_view what) {
  return Json::Object{{"imported", number(counter(sync, "created_local"))},
                      {"updated", number(counter(sync, "updated_local"))},
                      {"skipped", number(counter(sync, "unchanged") + counter(sync, "rejected"))},
                      {"errors", errors_of(sync, what)}};
}

Json exported(const Json& sync, std::string_view what) {
  return Json::Object{{"synced", number(counter(sync, "unchanged") + counter(sync, "updated_remote") + counter(sync, "linked"))},
                      {"created", number(counter(sync, "created_remote") + counter(sync, "recreated_remote"))},
                      {"updated", number(counter(sync, "updated_remote"))},
                      {"skipped", number(counter(sync, "rejected"))},
                      {"errors", errors_of(sync, what)}};
}

/// The report of a sync in the outcome of a run; null when it never began.
const Json* report_of(const Json& outcome, const std::string& sync) {
  const Json* syncs = outcome.find("syncs");
  if (syncs == nullptr || syncs->array() == nullptr) return nullptr;
  const auto found =
      std::find_if(syncs->array()->begin(), syncs->array()->end(), [&](const Json& each) { return each.text_at("name") == sync; });
  return found == syncs->array()->end() ? nullptr : &*found;
}

/// Why the run as a whole failed; empty: it did not.
std::string failure_in(const Json& outcome) {
  const Json* error = outcome.find("error");
  return error == nullptr ? std::string() : error->text_at("message");
}

/// Such pages show "error" and "message" of a failure.
web::Response failed(const operations::JobSnapshot& job, const std::string& why) {
  const Json* error = job.result->outcome.find("error");
  const std::string code = error->text_at("code");
  const int status = code == "credentials" ? 503 : code == "busy" || code == "conflict" ? 409 : 502;
  web::Response response = to_response({status, why, code, error->text_at("hint")});
  Json body =
      Json::Object{{"type", "about:blank"},  {"title", std::string(web::reason_of(status))},
                   {"status", status},       {"detail", why},
                   {"code", code},           {"success", false},
                   {"error", "Sync failed"}, {"message", why.find("key not configured") != std::string::npos ? std::string(kNoKey) : why},
                   {"run", job.id}};
  response.body = json_response(body).body;
  return response;
}

web::Response still_running(const operations::JobSnapshot& job) {
  return json_response(Json::Object{{"success", true}, {"message", "The sync goes on"}, {"state", "running"}, {"run", job.id}}, 202)
      .with("Location", "/api/v1/runs/" + job.id);
}

operations::JobSnapshot carry_out(Service& service, const Asked& asked, Mode mode, const std::vector<std::string>& syncs) {
  demand_sight(asked, syncs);
  RunOptions options;
  options.mode = mode;
  options.by = shown(asked.person);
  options.command = typed(to_string(mode), syncs, options);
  options.run = make_ulid(service.clock().now());
  operations::JobRequest job = operations::job_of({options, operations::tasks_of(syncs), std::string(to_string(mode))});
  job.id = options.run;
  const operations::JobSnapshot begun = service.submit(asked.person, std::move(job));
  return service.wait_for(begun.id, patience_of(asked.request, kUsualWait));
}

/// One direction of one kind.
web::Response one_way(Service& service, const Asked& asked, Which which, Mode mode, std::string_view done) {
  const std::string sync = sync_of(service.workspace().get()->configuration(), which);
  const operations::JobSnapshot job = carry_out(service, asked, mode, {sync});
  if (!job.ended()) return still_running(job);
  const Json& outcome = job.result->outcome;
  const Json* report = report_of(outcome, sync);
  if (const std::string why = failure_in(outcome); report == nullptr || job.result->verdict == operations::Verdict::Failed)
    return failed(job, why);
  const std::string_view what = which == Which::PhoneNumbers ? "number" : mode == Mode::Export ? "agent" : "assistant";
  Json results = mode == Mode::Export ? exported(*report, what) : imported(*report, what);
  const bool whole = results.find("errors")->array()->empty();
  return json_response(Json::Object{{"success", whole}, {"message", std::string(done)}, {"results", std::move(results)}, {"run", job.id}});
}

web::Response full(Service& service, const Asked& asked) {
  const auto workspace = service.workspace().get();
  const std::string numbers = sync_of(workspace->configuration(), Which::PhoneNumbers),
                    assistants = sync_of(workspace->configuration(), Which::Assistants);
  const operations::JobSnapshot job = carry_out(service, asked, Mode::Full, {assistants, numbers});
  if (!job.ended()) return still_running(job);
  const Json& outcome = job.result->outcome;
  const Json *of_numbers = report_of(outcome, numbers), *of_assistants = report_of(outcome, assistants);
  if (of_numbers == nullptr || of_assistants == nullptr || job.result->verdict == operations::Verdict::Failed)
    return failed(job, failure_in(outcome));
  Json::Array errors;
  const auto add_errors = [&](const Json& report, std::string_view step) {
    for (Json& error : errors_of(report, "record"))
      errors.push_back(Json::Object{{"step", std::string(step)}, {"record", *error.find("record")}, {"error", error.text_at("error")}});
  };
  add_errors(*of_numbers, "phoneNumbers");
  add_errors(*of_assistants, "assistants");
  const bool whole = errors.empty();
  Json results = Json::Object{
      {"phoneNumbers", Json::Object{{"fromVapi", imported(*of_numbers, "number")}, {"toVapi", exported(*of_numbers, "number")}}},
      {"assistants", Json::Object{{"fromVapi", imported(*of_assistants, "assistant")}, {"toVapi", exported(*of_assistants, "agent")}}},
      {"startTime", time_json(job.started_at)},
      {"endTime", time_json(job.finished_at)},
      {"duration", number((job.finished_at - job.started_at) / 1000)},
      {"success", whole},
      {"errors", std::move(errors)}};
  return json_response(Json::Object{{"success", whole},
                                    {"message", whole ? "Full sync completed" : "Full sync completed with errors"},
                                    {"results", std::move(results)},
                                    {"run", job.id}});
}

Json part(const StatusBoard::Seen& seen) {
  const operations::SyncStatus& status = seen.status;
  return Json::Object{{"sync", status.name},
                      {"database", count_json(status.local)},
                      {"vapi", count_json(status.remote)},
                      {"inSync", status.known ? Json(status.in_sync()) : Json()},
                      {"onlyDatabase", count_json(status.only_local)},
                      {"onlyVapi", count_json(status.only_remote)},
                      {"pendingImport", count_json(status.pending_import)},
                      {"pendingExport", count_json(status.pending_export)},
                      {"conflicts", count_json(status.conflicts)},
                      {"rejected", count_json(status.rejected)},
                      {"lastRun", time_json(status.last_run)},
                      {"checkedAt", time_json(seen.checked_at)},
                      {"stale", seen.stale},
                      {"problem", seen.failure.empty() ? Json() : Json(seen.failure)}};
}

web::Response show_status(Service& service, const Asked& asked) {
  const auto workspace = service.workspace().get();
  const bool refresh = asked.parameters.flag("refresh");
  const Deadline until = Deadline::after(kUsualWait, service.clock());
  const auto look = [&](Which which) {
    const std::string sync = sync_of(workspace->configuration(), which);
    demand_sight(asked, {sync});
    const auto seen = service.board().look(sync, refresh, until);
    if (!seen) throw Problem{504, "the first comparison is not done yet", "unreachable", "ask again", {}, {{"Retry-After", "10"}}};
    return *seen;
  };
  const StatusBoard::Seen numbers = look(Which::PhoneNumbers), agents = look(Which::Assistants);
  const auto fine = [](const StatusBoard::Seen& seen) { return seen.status.known && seen.status.in_sync(); };
  const bool known = numbers.status.known && agents.status.known;
  return json_response(Json::Object{{"phoneNumbers", part(numbers)},
                                    {"agents", part(agents)},
                                    {"overallSync", known ? Json(fine(numbers) && fine(agents)) : Json()},
                                    {"timestamp", time_json(std::min(numbers.checked_at, agents.checked_at))}});
}

web::Response show_health(Service& service, const Asked&) {
  const auto workspace = service.workspace().get();
  const std::string sync = sync_of(workspace->configuration(), Which::Assistants);
  const bool configured = !workspace->unavailable(workspace->configuration().sync(sync)->provider);
  return json_response(Json::Object{{"status", service.stopping() ? "stopping" : "healthy"},
                                    {"vapiConfigured", configured},
                                    {"timestamp", time_json(service.clock().now())}},
                       service.stopping() ? 503 : 200);
}

Route post(std::string_view path, std::string_view summary, Which which, Mode mode, const char* done) {
  return {"POST",
          path,
          Scope::Write,
          summary,
          {},
          {},
          "success, message, results and the run",
          {200, 202},
          [which, mode, done](Service& service, const Asked& asked) { return one_way(service, asked, which, mode, done); }};
}

}  // namespace

std::vector<Route> origin_routes() {
  return {
      {"GET",
       "/api/vapi-sync/status",
       Scope::Read,
       "Counts of both sides",
       {{"refresh", Field::Kind::Flag, "compare anew"}},
       {},
       "both counts, and whether they agree",
       {200},
       show_status},
      post("/api/vapi-sync/phone-numbers/from-vapi", "Imports phone numbers", Which::PhoneNumbers, Mode::Import,
           "Phone numbers imported from Vapi"),
      post("/api/vapi-sync/phone-numbers/to-vapi", "Exports phone numbers", Which::PhoneNumbers, Mode::Export,
           "Phone numbers exported to Vapi"),
      post("/api/vapi-sync/assistants/from-vapi", "Imports assistants", Which::Assistants, Mode::Import, "Assistants imported from Vapi"),
      post("/api/vapi-sync/agents/to-vapi", "Exports agents", Which::Assistants, Mode::Export, "Agents exported to Vapi"),
      {"POST",
       "/api/vapi-sync/full",
       Scope::Write,
       "Brings both kinds in step, both ways",
       {},
       {},
       "success, message, results and the run",
       {200, 202},
       full},
      {"GET",
       "/api/vapi-sync/health",
       Scope::Read,
       "Whether the server is well and has a key",
       {},
       {},
       "status and vapiConfigured",
       {200, 503},
       show_health},
  };
}

}  // namespace lockstep::serve
