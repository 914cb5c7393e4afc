// Webhooks: what others tell about the remote.
#include "common/log.h"
#include "common/text.h"
#include "operations/report_json.h"
#include "serve/answers.h"
#include "serve/signature.h"

namespace lockstep::serve {
namespace {

const WebhookUse* find_webhook(const Configuration& configuration, const std::string& name) {
  const auto found =
      std::find_if(configuration.webhooks.begin(), configuration.webhooks.end(), [&](const WebhookUse& use) { return use.name == name; });
  return found == configuration.webhooks.end() ? nullptr : &*found;
}

/// Whoever sends the wrong thing learns nothing: not whether there is such a webhook, and not what is wrong.
web::Response take_delivery(Service& service, const Asked& asked) {
  const std::string& name = asked.captured.at(0);
  const auto workspace = service.workspace().get();
  const WebhookUse* use = find_webhook(workspace->configuration(), name);
  const WebhookUse nobody{.name = {},
                          .scheme = WebhookScheme::Github,
                          .secrets = {"nobody's"},
                          .syncs = {},
                          .id = {},
                          .signature_header = {},
                          .timestamp_header = {},
                          .token_header = {},
                          .place = {}};
  const Proof proof = check_signature(use != nullptr ? *use : nobody, asked.request, service.clock().now());
  if (use == nullptr || !proof.good) {
    log::warning("a webhook was refused", {{"webhook", use != nullptr ? name : "unknown"}, {"why", proof.why}});
    if (use != nullptr) service.deliveries().note_refusal(name, proof.why);
    throw Problem{401, "this delivery is not signed as agreed", "credentials"};
  }
  service.deliveries().take(*use, proof.id, asked.request.body);
  return web::Response{202};
}

bool is_visible(const Asked& asked, const WebhookUse& use) {
  return std::all_of(use.syncs.begin(), use.syncs.end(), [&](const std::string& sync) { return asked.person.may_see(sync); });
}

web::Response list_webhooks(Service& service, const Asked& asked) {
  const auto workspace = service.workspace().get();
  Json::Array items;
  for (const WebhookUse& use : workspace->configuration().webhooks) {
    if (!is_visible(asked, use)) continue;
    const auto deliveries = service.deliveries().list(use.name);
    items.push_back(Json::Object{{"name", use.name},
                                 {"scheme", std::string(webhook_scheme_words().word(use.scheme))},
                                 {"syncs", Json::Array(use.syncs.begin(), use.syncs.end())},
                                 {"last_at", deliveries.empty() ? Json() : time_json(deliveries.front().at)},
                                 {"last_result", deliveries.empty() ? Json() : Json(deliveries.front().result)}});
  }
  return page_response(std::move(items), {});
}

web::Response list_deliveries(Service& service, const Asked& asked) {
  const auto workspace = service.workspace().get();
  const WebhookUse* use = find_webhook(workspace->configuration(), asked.captured.at(0));
  if (use == nullptr || !is_visible(asked, *use)) throw Problem{404, "no webhook " + in_quotes(asked.captured.at(0)), "not_found"};
  Json::Array items;
  for (const Delivery& delivery : service.deliveries().list(use->name))
    items.push_back(Json::Object{{"at", time_json(delivery.at)}, {"result", delivery.result}});
  return page_response(std::move(items), {});
}

}  // namespace

std::vector<Route> webhook_routes() {
  std::vector<Route> out = {
      {"POST",
       "/api/v1/hooks/{name}",
       std::nullopt,
       "A signed word that something has changed at the remote: imports it",
       {},
       {},
       "nothing",
       {202},
       take_delivery},
      {"GET", "/api/v1/hooks", Scope::Read, "The webhooks, and what came last", {}, {}, "a page of webhooks", {200}, list_webhooks},
      {"GET",
       "/api/v1/hooks/{name}/deliveries",
       Scope::Admin,
       "The last hundred deliveries, without their bodies",
       {},
       {},
       "a page of deliveries",
       {200},
       list_deliveries},
  };
  out.front().raw_body = true;
  return out;
}

}  // namespace lockstep::serve
