#include "rest/mask.h"

#include <algorithm>
#include <array>
#include <vector>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "format/json.h"
#include "format/path.h"

namespace lockstep::rest {
namespace {

constexpr std::string_view kMask = "[set]";

void hide(Json& value) {
  if (!value.is_null()) value = Json(kMask);
}

void hide_path(Json& here, std::span<const std::string> path) {
  if (path.empty()) return hide(here);
  if (Json::Array* elements = here.array()) {
    const bool every = path.front() == "*";
    for (Json& element : *elements) hide_path(element, every ? path.subspan(1) : path);
    return;
  }
  if (path.front() == "*" && here.object() != nullptr) {
    for (Json::Member& member : *here.object()) hide_path(member.second, path.subspan(1));
    return;
  }
  if (Json* inner = here.find(path.front())) hide_path(*inner, path.subspan(1));
}

/// Names that hold secrets in whatever API: "apiKey", "serverUrlSecret", "twilioAuthToken"; not "maxTokens".
bool named_like_a_secret(std::string_view key) {
  static constexpr std::array<std::string_view, 10> kWords{"secret",     "password",    "passphrase",    "apikey",    "api_key",
                                                           "privatekey", "private_key", "authorization", "accesskey", "credentials"};
  const std::string name = to_lower(key);
  const bool worded =
      std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) { return name.find(word) != std::string::npos; });
  return worded || name.ends_with("token");
}

void hide_named(Json& here) {
  if (Json::Array* elements = here.array()) {
    for (Json& element : *elements) hide_named(element);
  } else if (Json::Object* members = here.object()) {
    for (auto& [key, value] : *members) {
      // A flag such as isServerUrlSecretSet tells nothing that must not be told.
      if (named_like_a_secret(key) && value.boolean() == nullptr) {
        hide(value);
      } else {
        hide_named(value);
      }
    }
  }
}

}  // namespace

std::string masked_body(std::string_view body, std::span<const std::string> secret_paths) {
  try {
    Json root = json::parse(body);
    for (const std::string& path : secret_paths) {
      const std::vector<std::string> keys = path_keys(path);
      hide_path(root, keys);
    }
    hide_named(root);
    return redact(json::to_text(root));
  } catch (const Error&) {
    return "(no JSON) " + printable(ellipsize(redact(body), 500));
  }
}

}  // namespace lockstep::rest
