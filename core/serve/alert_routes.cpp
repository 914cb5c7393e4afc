// Whom the configuration names for alerts: what each was told, and a trial of one.
#include <algorithm>

#include "common/text.h"
#include "serve/answers.h"

namespace lockstep::serve {
namespace {

/// Who sees only some syncs sees only what those targets are told that are limited to them.
bool is_visible(const Asked& asked, const AlertUse& use) {
  if (asked.person.syncs.empty()) return true;
  return !use.syncs.empty() &&
         std::all_of(use.syncs.begin(), use.syncs.end(), [&](const std::string& sync) { return asked.person.may_see(sync); });
}

web::Response list_alerts(Service& service, const Asked& asked) {
  Json::Array items;
  const auto workspace = service.workspace().get();
  for (const AlertUse& use : workspace->configuration().alerts) {
    if (!is_visible(asked, use)) continue;
    Json::Array causes;
    for (const AlertCause cause : use.on) causes.emplace_back(std::string(alert_cause_words().word(cause)));
    Json item = Json::Object{{"name", use.name},
                             {"form", std::string(alert_form_words().word(use.form))},
                             {"on", std::move(causes)},
                             {"syncs", Json::Array(use.syncs.begin(), use.syncs.end())}};
    const Json look = service.alerts().look(use);
    for (const auto& [name, value] : *look.object()) item[name] = value;
    items.push_back(std::move(item));
  }
  return page_response(std::move(items), {});
}

web::Response test_alert(Service& service, const Asked& asked) {
  const auto workspace = service.workspace().get();
  for (const AlertUse& use : workspace->configuration().alerts) {
    if (use.name != asked.captured.at(0)) continue;
    try {
      service.alerts().test(use, {});
      service.alerts().hurry(use);
    } catch (const Error& failure) {
      throw Problem{502, redact(failure.what()), "unreachable"};
    }
    return json_response(Json::Object{{"name", use.name}, {"result", "delivered"}});
  }
  throw Problem{404, "no alert target " + in_quotes(asked.captured.at(0)), "not_found"};
}

}  // namespace

std::vector<Route> alert_routes() {
  return {{"GET",
           "/api/v1/alerts",
           Scope::Read,
           "Who is told what is wrong, and what each was told",
           {},
           {},
           "a page of alert targets",
           {200},
           list_alerts},
          {"POST",
           "/api/v1/alerts/{name}/test",
           Scope::Admin,
           "Sends a word that nothing is wrong",
           {},
           {},
           "what came of it",
           {200},
           test_alert}};
}

}  // namespace lockstep::serve
