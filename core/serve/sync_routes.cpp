// Syncs, and how their sides compare.
#include "common/text.h"
#include "engine/decide/policy.h"
#include "operations/report_json.h"
#include "serve/answers.h"

namespace lockstep::serve {
namespace {

constexpr Millis kFirstComparison{50'000};

Json sync_of(Service& service, const SyncUse& use) {
  Json out = Json::Object{{"name", use.name},
                          {"provider", use.provider},
                          {"resource", use.resource},
                          {"store", use.store},
                          {"default", use.is_default},
                          {"group", use.group.empty() ? Json() : Json(use.group)},
                          {"on_conflict", std::string(on_conflict_words().word(use.on_conflict))},
                          {"local_edits", std::string(local_edits_words().word(use.local_edits))}};
  const auto pause = service.pauses().find(use.name);
  out["paused"] = pause ? to_json(*pause) : Json();
  out["schedule"] = use.schedule ? Json(use.schedule->text()) : Json();
  const auto watch = service.watcher().look(use.name);
  out["watch"] = watch ? to_json(*watch) : Json();
  const auto seen = service.board().known(use.name);
  out["status"] = seen ? to_json(*seen) : Json();
  return out;
}

/// Throws Problem{404} for one that there is not, or that is not theirs to see.
const SyncUse& asked_sync(const Configuration& configuration, const Asked& asked) {
  const std::string& name = asked.captured.at(0);
  const SyncUse* use = configuration.sync(name);
  if (use == nullptr || !asked.person.may_see(name)) throw Problem{404, "no sync " + in_quotes(name), "not_found"};
  return *use;
}

web::Response list_syncs(Service& service, const Asked& asked) {
  const auto workspace = service.workspace().get();
  Json::Array items;
  for (const SyncUse& use : workspace->configuration().syncs) {
    if (asked.person.may_see(use.name)) items.push_back(sync_of(service, use));
  }
  return page_response(std::move(items), {});
}

web::Response show_sync(Service& service, const Asked& asked) {
  const auto workspace = service.workspace().get();
  return json_response(sync_of(service, asked_sync(workspace->configuration(), asked)));
}

web::Response show_status(Service& service, const Asked& asked) {
  const auto workspace = service.workspace().get();
  const std::string name = asked_sync(workspace->configuration(), asked).name;
  const auto seen = service.board().look(name, asked.parameters.flag("refresh"), Deadline::after(kFirstComparison, service.clock()));
  if (!seen) throw Problem{504, "the first comparison is not done yet", "unreachable", "ask again", {}, {{"Retry-After", "10"}}};
  return json_response(to_json(*seen));
}

}  // namespace

std::vector<Route> sync_routes() {
  return {
      {"GET", "/api/v1/syncs", Scope::Read, "The syncs, with what is known of their sides", {}, {}, "a page of syncs", {200}, list_syncs},
      {"GET", "/api/v1/syncs/{name}", Scope::Read, "One of them", {}, {}, "the sync", {200}, show_sync},
      {"GET",
       "/api/v1/syncs/{name}/status",
       Scope::Read,
       "Both sides compared, at most every half minute",
       {{"refresh", Field::Kind::Flag, "compare anew, where the last comparison is older than five seconds"}},
       {},
       "counts, and when they were taken",
       {200},
       show_status},
  };
}

}  // namespace lockstep::serve
