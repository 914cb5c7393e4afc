// History, conflicts and rejected records.
#include <algorithm>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "operations/conflicts.h"
#include "operations/history.h"
#include "operations/retry.h"
#include "operations/since.h"
#include "serve/answers.h"

namespace lockstep::serve {
namespace {

using Kind = Field::Kind;

web::Response show_history(Service& service, const Asked& asked) {
  operations::HistoryRequest request;
  request.record = asked.parameters.text_or("record");
  request.field = asked.parameters.text_or("field");
  request.since = since_of(asked.parameters.text_or("since"), service.clock().now());
  request.limit = limit_of(asked);
  request.syncs = asked.parameters.texts("sync");
  demand_sight(asked, request.syncs);
  if (request.syncs.empty() && !asked.person.syncs.empty()) request.syncs = service.visible_syncs(asked.person);
  return json_response(to_json(history_for(service, asked.person, request)));
}

/// What a person saw of it: a decision is about that, and not about what it has become.
std::string tag_of(const Json& conflict) { return "\"" + sha256(json::canonical(conflict)).substr(0, 32) + "\""; }

/// Those that the person may see.
Json::Array conflicts_of(Service& service, const Asked& asked) {
  const Json json = to_json(operations::conflicts(*service.workspace().get()));
  Json::Array out;
  const std::vector<std::string> named = asked.parameters.texts("sync");
  for (const Json& conflict : *json.find("conflicts")->array()) {
    const std::string sync = conflict.text_at("sync");
    const bool wanted = named.empty() || std::find(named.begin(), named.end(), sync) != named.end();
    if (wanted && asked.person.may_see(sync)) out.push_back(conflict);
  }
  return out;
}

Json conflict_of(Service& service, const Asked& asked) {
  for (Json& conflict : conflicts_of(service, asked)) {
    if (conflict.text_at("id") == asked.captured.at(0)) return std::move(conflict);
  }
  throw Problem{404, "no open conflict " + in_quotes(asked.captured.at(0)), "not_found", "it may have been decided meanwhile"};
}

web::Response list_conflicts(Service& service, const Asked& asked) { return page_response(conflicts_of(service, asked), {}); }

web::Response show_conflict(Service& service, const Asked& asked) {
  const Json conflict = conflict_of(service, asked);
  return json_response(conflict).with("ETag", tag_of(conflict));
}

web::Response resolve_conflict(Service& service, const Asked& asked) {
  const Json conflict = conflict_of(service, asked);
  const std::string_view seen = asked.request.headers.get("If-Match");
  if (seen.empty()) throw Problem{428, "say which state of the conflict you decide", "invalid", "send its ETag as If-Match"};
  if (seen != tag_of(conflict))
    throw Problem{412, "the conflict has changed since you looked; nothing was written", "conflict", "look at it again"};
  operations::ResolveRequest request;
  request.id = asked.captured.at(0);
  request.options.by = shown(asked.person);
  const auto take = asked.body.text("take");
  if (take) request.take = side_words().find(*take);
  if (const Json* value = asked.body.find("value")) request.value = value->text() != nullptr ? *value->text() : json::to_text(*value);
  request.options.command = typed("resolve", {request.id}, {});
  if (take) request.options.command += " --take=" + *take;
  request.options.run = make_ulid(service.clock().now());
  operations::JobRequest job;
  job.command = "resolve";
  job.syncs = {conflict.text_at("sync")};
  job.id = request.options.run;
  job.work = [request](const Workspace& workspace, Observer& observer, const Clock& clock, std::stop_token stop) {
    const operations::ResolveOutcome outcome = operations::resolve(workspace, request, observer, clock, std::move(stop));
    return operations::JobResult{outcome.verdict, to_json(outcome)};
  };
  return begin(service, asked, std::move(job), Millis(20'000));
}

Json::Array rejected_of(Service& service, const Asked& asked) {
  const Json json = to_json(operations::rejected(*service.workspace().get()));
  Json::Array out;
  for (const Json& record : *json.find("rejected")->array()) {
    if (asked.person.may_see(record.text_at("sync"))) out.push_back(record);
  }
  return out;
}

web::Response list_rejected(Service& service, const Asked& asked) { return page_response(rejected_of(service, asked), {}); }

web::Response retry_rejected(Service& service, const Asked& asked) {
  operations::RetryRequest request;
  request.options.by = shown(asked.person);
  request.options.dry_run = asked.body.flag("dry_run");
  request.ids = asked.body.texts("ids");
  const std::vector<std::string> named = request.ids;
  std::vector<std::string> syncs;
  for (const Json& record : rejected_of(service, asked)) {
    const Json* number = record.find("id");
    const std::string id = number->integer() != nullptr ? std::to_string(*number->integer()) : record.text_at("id");
    const auto is_named = [&](const std::string& text) {
      return text == id || text == record.text_at("remote_id") || text == record.text_at("record");
    };
    if (!named.empty() && std::none_of(named.begin(), named.end(), is_named)) continue;
    if (named.empty()) request.ids.push_back(id);
    if (const std::string sync = record.text_at("sync"); std::find(syncs.begin(), syncs.end(), sync) == syncs.end()) syncs.push_back(sync);
  }
  if (syncs.empty()) throw Problem{404, "there is no such rejected record", "not_found"};
  request.options.command = typed("retry", named, request.options);
  request.options.run = make_ulid(service.clock().now());
  operations::JobRequest job;
  job.command = "retry";
  job.syncs = syncs;
  job.id = request.options.run;
  job.work = [request](const Workspace& workspace, Observer& observer, const Clock& clock, std::stop_token stop) {
    const operations::RunOutcome outcome = operations::retry(workspace, request, observer, clock, std::move(stop));
    return operations::JobResult{outcome.verdict, to_json(outcome)};
  };
  return begin(service, asked, std::move(job));
}

}  // namespace

std::vector<Route> record_routes() {
  return {
      {"GET",
       "/api/v1/history",
       Scope::Read,
       "The journal: runs and, where record, field or since are given, their changes",
       {{"record", Kind::Text, "only changes of this local key or remote id"},
        {"field", Kind::Text, "only changes of this column"},
        {"since", Kind::Text, "only from this time on: 2026-11-21T08:00:00Z, or 12h"},
        {"sync", Kind::Texts, "only of this sync; may be repeated"},
        {"limit", Kind::Number, "at most so many, 50 without saying"}},
       {},
       "what `lockstep history --output json` prints",
       {200},
       show_history},
      {"GET",
       "/api/v1/conflicts",
       Scope::Read,
       "Fields that were edited on both sides and await a decision",
       {{"sync", Kind::Texts, "only of this sync; may be repeated"}},
       {},
       "a page of conflicts",
       {200},
       list_conflicts},
      {"GET", "/api/v1/conflicts/{id}", Scope::Read, "One of them: base, here and there", {}, {}, "the conflict", {200}, show_conflict},
      {"POST",
       "/api/v1/conflicts/{id}/resolve",
       Scope::Write,
       "Decides it and writes at once; If-Match names what was seen",
       {},
       {{"take", Kind::Text, "whose value both sides shall hold", false, side_words().texts()},
        {"value", Kind::Any, "another value for both sides"}},
       "the run that carries it out",
       {200, 202},
       resolve_conflict},
      {"GET",
       "/api/v1/rejected",
       Scope::Read,
       "Records that were refused, with the reason",
       {},
       {},
       "a page of records",
       {200},
       list_rejected},
      {"POST",
       "/api/v1/rejected/retry",
       Scope::Write,
       "Tries them again, as they went when they were refused",
       {},
       {{"ids", Kind::Texts, "ids of the list, remote ids or keys of rows; without any, all"}, {"dry_run", Kind::Flag, "write nothing"}},
       "the run",
       {202, 200},
       retry_rejected},
  };
}

}  // namespace lockstep::serve
