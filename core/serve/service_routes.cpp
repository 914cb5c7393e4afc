// The server itself: who asks, tokens, configuration, plugins, events, health.
#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "operations/check.h"
#include "operations/plugins.h"
#include "operations/report_json.h"
#include "operations/since.h"
#include "operations/stores.h"
#include "serve/answers.h"
#include "serve/metrics.h"

namespace lockstep::serve {
namespace {

using Kind = Field::Kind;

Json person_json(const Person& person) {
  Json::Array syncs(person.syncs.begin(), person.syncs.end());
  return Json::Object{{"name", person.name},
                      {"scope", std::string(scope_words().word(person.scope))},
                      {"syncs", person.syncs.empty() ? Json() : Json(std::move(syncs))},
                      {"via", person.via == Person::Via::Session ? "session" : "token"}};
}

web::Response show_me(Service&, const Asked& asked) { return json_response(person_json(asked.person)); }

web::Response open_session(Service& service, const Asked& asked) {
  Person person;
  const std::string cookie = service.gate().open_session(asked.request, asked.body.text_or("token"), person);
  service.activity().note({0, person.name, "Signs in at the page", {}, service.gate().peer(asked.request), 201});
  return json_response(person_json(person), 201).with("Set-Cookie", cookie);
}

web::Response close_session(Service& service, const Asked& asked) {
  return web::Response{204, {{"Set-Cookie", service.gate().close_session(asked.request)}}};
}

web::Response list_tokens(Service& service, const Asked& asked) {
  demand_all_syncs(asked, "the list of tokens");
  Json::Array items;
  for (const Token& token : service.tokens().list()) items.push_back(to_json(token));
  return page_response(std::move(items), {});
}

web::Response create_token(Service& service, const Asked& asked) {
  demand_all_syncs(asked, "making a token");
  NewToken token{asked.body.text_or("name"), scope_words().find(asked.body.text_or("scope")).value(), asked.body.texts("syncs")};
  for (const std::string& sync : token.syncs) {
    if (service.workspace().get()->configuration().sync(sync) == nullptr) throw Problem{422, "no sync " + in_quotes(sync)};
  }
  if (const auto within = asked.body.text("expires_in")) {
    const auto duration = parse_duration(*within);
    if (!duration || *duration <= Millis::zero()) throw Problem{422, "expires_in: expected a duration such as 90d"};
    token.expires_at = service.clock().now() + Micros{duration->count()} * 1000;
  }
  const std::string secret = service.tokens().create(token);
  // The one answer that is not masked: nobody can be shown the token again.
  return {201, {{"Content-Type", "application/json"}}, json::to_text(Json::Object{{"token", secret}, {"name", token.name}}) + "\n"};
}

web::Response revoke_token(Service& service, const Asked& asked) {
  demand_all_syncs(asked, "revoking a token");
  return json_response(to_json(service.tokens().revoke(asked.captured.at(0))));
}

web::Response show_configuration(Service& service, const Asked&) {
  const CurrentWorkspace::Look look = service.workspace().look();
  const auto workspace = service.workspace().get();
  Json::Array warnings;
  for (const std::string& line : workspace->problems().warnings()) warnings.emplace_back(line);
  if (!look.awaits_start.empty()) warnings.emplace_back(look.awaits_start);
  return json_response(Json::Object{{"file", workspace->configuration().file},
                                    {"generation", static_cast<std::int64_t>(look.generation)},
                                    {"loaded_at", time_json(look.loaded_at)},
                                    {"warnings", std::move(warnings)},
                                    {"refused", look.refusal.empty() ? Json() : Json(look.refusal)},
                                    {"refused_at", time_json(look.refused_at)}});
}

web::Response reload(Service& service, const Asked& asked) {
  if (service.reload()) return show_configuration(service, asked);
  throw Problem{422, service.workspace().look().refusal, "invalid", "the old configuration stays in force"};
}

web::Response check(Service& service, const Asked& asked) {
  demand_all_syncs(asked, "the check");
  operations::JobRequest job;
  job.command = "check";
  job.work = [offline = asked.body.flag("offline")](const Workspace& workspace, Observer&, const Clock& clock, std::stop_token stop) {
    const operations::CheckOutcome outcome = operations::check(workspace, {offline}, clock, std::move(stop));
    return operations::JobResult{outcome.verdict, to_json(outcome)};
  };
  return begin(service, asked, std::move(job), Millis(30'000));
}

web::Response list_plugins(Service& service, const Asked&) {
  return json_response(to_json(operations::plugins(service.parts().plugin_directories)));
}

web::Response events(Service& service, const Asked& asked) {
  const std::vector<std::string> syncs = asked.parameters.texts("sync");
  const std::string run = asked.parameters.text_or("run");
  demand_sight(asked, syncs);
  const auto wanted = [syncs, run, person = asked.person](const web::Event& event) {
    const auto about = [&](const std::string& topic) {
      return std::find(event.topics.begin(), event.topics.end(), topic) != event.topics.end();
    };
    const bool visible = person.syncs.empty() || std::any_of(person.syncs.begin(), person.syncs.end(), about);
    return visible && (run.empty() || about(run)) && (syncs.empty() || std::any_of(syncs.begin(), syncs.end(), about));
  };
  const auto alive = [&tokens = service.tokens(), id = asked.person.token, scope = asked.person.scope] {
    return tokens.is_valid(id, scope);
  };
  web::Response response{200, {{"Content-Type", "text/event-stream"}, {"X-Accel-Buffering", "no"}}};
  response.events = std::make_shared<web::Subscription>(wanted, std::string(asked.request.headers.get("Last-Event-ID")), alive);
  return response;
}

web::Response live(Service&, const Asked&) { return web::text_response(200, "ok\n"); }

/// The remote APIs do not count: while one is away, people need the page all the more.
web::Response ready(Service& service, const Asked&) {
  std::string problems;
  if (service.stopping()) problems += "stopping\n";
  const auto workspace = service.workspace().get();
  for (const PluginUse& store : workspace->configuration().stores) {
    try {
      workspace->open_store(store.name, {})->check();
    } catch (const std::exception& failure) {
      log::warning("not ready: store " + store.name + ": " + failure.what());
      problems += "store " + store.name + "\n";
    }
  }
  if (problems.empty()) return web::text_response(200, "ok\n");
  return web::text_response(503, "not ready:\n" + problems);
}

web::Response show_metrics(Service& service, const Asked& asked) {
  const bool open = asked.request.headers.get("Accept").find("application/openmetrics-text") != std::string_view::npos;
  return web::text_response(
      200, metrics_text(service, asked.person, open),
      open ? "application/openmetrics-text; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8");
}

web::Response show_openapi(Service& service, const Asked&) { return json_response(openapi(service.parts().version)); }

web::Response list_activity(Service& service, const Asked& asked) {
  demand_all_syncs(asked, "what others have asked for");
  return page_response(service.activity().list(), {});
}

web::Response show_version(Service& service, const Asked&) { return json_response(Json::Object{{"version", service.parts().version}}); }

}  // namespace

std::vector<Route> service_routes() {
  return {
      {"GET", "/api/v1/me", Scope::Read, "Who asks, and what they may do", {}, {}, "name, scope and syncs", {200}, show_me},
      {"POST",
       "/api/v1/session",
       std::nullopt,
       "Exchanges a token for a cookie, for browsers",
       {},
       {{"token", Kind::Text, "as `lockstep token create` showed it", true}},
       "name, scope and syncs",
       {201},
       open_session},
      {"DELETE", "/api/v1/session", std::nullopt, "Ends it", {}, {}, "nothing", {204}, close_session},
      {"GET", "/api/v1/tokens", Scope::Admin, "The tokens, without their secrets", {}, {}, "a page of tokens", {200}, list_tokens},
      {"POST",
       "/api/v1/tokens",
       Scope::Admin,
       "Makes a token, which is shown this once",
       {},
       {{"name", Kind::Text, "whose it is, for the journal", true},
        {"scope", Kind::Text, "what it may do", true, scope_words().texts()},
        {"syncs", Kind::Texts, "the only syncs that it may see; without any, all"},
        {"expires_in", Kind::Text, "how long it is good for: 90d; without it, until it is revoked"}},
       "the token",
       {201},
       create_token},
      {"POST",
       "/api/v1/tokens/{id}/revoke",
       Scope::Admin,
       "It is good for nothing from now on; its sessions and streams end",
       {},
       {},
       "the token",
       {200},
       revoke_token},
      {"GET",
       "/api/v1/configuration",
       Scope::Admin,
       "The configuration in force, and why a newer one is not",
       {},
       {},
       "file, generation, times",
       {200},
       show_configuration},
      {"POST",
       "/api/v1/configuration/reload",
       Scope::Admin,
       "Reads it anew; with mistakes the old one stays",
       {},
       {},
       "file, generation, times",
       {200},
       reload},
      {"POST",
       "/api/v1/configuration/check",
       Scope::Plan,
       "Checks it as `lockstep check` does",
       {},
       {{"offline", Kind::Flag, "connect to nothing"}},
       "the run that checks",
       {200, 202},
       check},
      {"GET",
       "/api/v1/plugins",
       Scope::Admin,
       "Plugins found: loaded, or refused and why",
       {},
       {},
       "what `lockstep plugins --output json` prints",
       {200},
       list_plugins},
      {"GET",
       "/api/v1/activity",
       Scope::Admin,
       "Who asked for what, from where: the last two hundred, the newest first",
       {},
       {},
       "a page of entries",
       {200},
       list_activity},
      {"GET",
       "/api/v1/events",
       Scope::Read,
       "What happens, as server-sent events; Last-Event-ID asks for what was missed",
       {{"sync", Kind::Texts, "only of this sync; may be repeated"}, {"run", Kind::Text, "only of this run"}},
       {},
       "text/event-stream",
       {200},
       events},
      {"GET", "/api/v1/version", std::nullopt, "The program's version", {}, {}, "the version", {200}, show_version},
      {"GET", "/api/v1/openapi.json", std::nullopt, "This document", {}, {}, "OpenAPI 3.1", {200}, show_openapi},
      {"GET", "/health/live", std::nullopt, "The process turns", {}, {}, "ok", {200}, live},
      {"GET", "/health/ready", std::nullopt, "It can work: the databases answer", {}, {}, "ok, or what is not ready", {200, 503}, ready},
      {"GET", "/metrics", Scope::Read, "For Prometheus", {}, {}, "text or OpenMetrics", {200}, show_metrics},
  };
}

}  // namespace lockstep::serve
