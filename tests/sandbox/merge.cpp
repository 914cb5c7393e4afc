// What a write leaves behind: shallow merge, secrets apart, the few values that the API rewrites by itself.
#include <algorithm>
#include <utility>

#include "sandbox/rules.h"

namespace lockstep::sandbox {
namespace {

/// Takes `name` out of `object`; true when a text was there.
bool take_secret(Json& object, std::string_view name, std::string& secret) {
  Json* value = object.find(name);
  if (value == nullptr) return false;
  const bool present = value->text() != nullptr;
  if (present) secret = *value->text();
  object.erase(name);
  return present;
}

void drop_nulls(Json& object) {
  if (object.object() == nullptr) return;
  std::erase_if(*object.object(), [](const Json::Member& member) { return member.second.is_null(); });
}

/// The API answers the plan and no longer the switch that stood for it.
void normalize_endpointing(Json& plan) {
  Json* enabled = plan.find("smartEndpointingEnabled");
  if (enabled == nullptr || enabled->boolean() == nullptr) return;
  const bool on = *enabled->boolean();
  plan.erase("smartEndpointingEnabled");
  if (on && plan.find("smartEndpointingPlan") == nullptr) plan["smartEndpointingPlan"]["provider"] = Json("vapi");
}

void hide_credentials(Json& credentials) {
  if (credentials.array() == nullptr) return;
  for (auto& credential : *credentials.array())
    for (const char* name : {"apiKey", "authToken", "secretKey"}) credential.erase(name);
}

void store(Kind kind, Json& item, const std::string& key, Json value, std::string& secret) {
  if (key == "server" && kind != Kind::Tool) {
    secret.clear();  // the whole object is replaced, and its secret with it
    item["isServerUrlSecretSet"] = Json(take_secret(value, "secret", secret));
  }
  if (key == "credentials") hide_credentials(value);
  if (key != "metadata") drop_nulls(value);
  if (key == "startSpeakingPlan") normalize_endpointing(value);
  item[key] = std::move(value);
}

}  // namespace

void merge_shallow(Kind kind, Json& item, const Json& changed, std::string& secret) {
  for (const auto& [key, value] : *changed.object()) {
    if (key == "serverUrlSecret") {
      secret = value.text() == nullptr ? std::string{} : *value.text();
      item["isServerUrlSecretSet"] = Json(!secret.empty());
    } else if (!value.is_null()) {
      store(kind, item, key, value, secret);
    } else if (kind == Kind::PhoneNumber) {
      item[key] = Json();  // phone numbers answer an explicit null
    } else {
      if (key == "server" && kind != Kind::Tool) {
        secret.clear();
        item["isServerUrlSecretSet"] = Json(false);
      }
      item.erase(key);
    }
  }
}

}  // namespace lockstep::sandbox
