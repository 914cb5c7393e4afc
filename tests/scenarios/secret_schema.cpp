#include "scenarios/secret_schema.h"

#include <Poco/RegularExpression.h>

#include <algorithm>
#include <set>

#include "common/text.h"

namespace lockstep::test {
namespace {

constexpr std::size_t kDeepest = 9;

/// Told otherwise than the program tells it, so that neither can be wrong alone.
bool is_named_secret(const std::string& name) {
  static const Poco::RegularExpression secret("^(?:.*secret|.*token|.*password|.*key|.*headers|credentials|authorization)$",
                                              Poco::RegularExpression::RE_CASELESS);
  static const std::set<std::string> harmless{"key", "publicKey", "promptCacheKey"};
  return !harmless.contains(name) && secret.match(name);
}

class Walk {
 public:
  explicit Walk(const Json& openapi) : schemas_(*openapi.find("components")->find("schemas")) {}

  std::vector<SecretPlace> from(const std::string& name) {
    schema(*schemas_.find(name));
    return {found_.begin(), found_.end()};
  }

 private:
  void schema(const Json& node) {
    if (const std::string ref = node.text_at("$ref"); !ref.empty()) {
      const std::string name = ref.substr(ref.rfind('/') + 1);
      if (const Json* target = schemas_.find(name); target != nullptr && seen_.emplace(place_, name).second) schema(*target);
      return;
    }
    for (const char* way : {"allOf", "oneOf", "anyOf"}) {
      const Json* ways = node.find(way);
      if (ways == nullptr || ways->array() == nullptr) continue;
      for (const Json& one : *ways->array()) schema(one);
    }
    if (place_.size() >= kDeepest) return;
    if (const Json* items = node.find("items")) below("*", *items);
    const Json* properties = node.find("properties");
    if (properties == nullptr || properties->object() == nullptr) return;
    for (const auto& [name, inner] : *properties->object()) below(name, inner);
  }

  void below(const std::string& step, const Json& node) {
    place_.push_back(step);
    if (is_named_secret(step)) found_.insert(place_);
    schema(node);
    place_.pop_back();
  }

  const Json& schemas_;
  SecretPlace place_;
  std::set<std::pair<SecretPlace, std::string>> seen_;
  std::set<SecretPlace> found_;
};

/// Makes the way to the place; nullptr where a canary stands already.
Json* reach(Json& document, const SecretPlace& place) {
  Json* here = &document;
  for (const std::string& step : place) {
    if (here->text() != nullptr) return nullptr;
    if (step == "*") {
      if (here->is_null()) *here = Json(Json::Array{Json()});
      here = &here->array()->front();
    } else {
      here = &(*here)[step];
    }
  }
  return here->is_null() ? here : nullptr;
}

bool put(Json& document, const SecretPlace& place, const std::string& canary) {
  Json copy = document;
  Json* here = reach(copy, place);
  if (here == nullptr) return false;
  *here = to_lower(place.back()).ends_with("headers") ? Json(Json::Object{{"X-Own", canary}}) : Json(canary);
  document = std::move(copy);
  return true;
}

}  // namespace

std::vector<SecretPlace> secret_places(const Json& openapi, const std::string& name) { return Walk(openapi).from(name); }

CanaryDocuments canaries_at(const std::vector<SecretPlace>& places, const std::string& salt) {
  CanaryDocuments out;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::string canary = "canary-" + salt + "-" + std::to_string(10000 + i) + ".";
    const auto holds = [&](Json& document) { return put(document, places[i], canary); };
    if (std::none_of(out.documents.begin(), out.documents.end(), holds)) {
      put(out.documents.emplace_back(Json::Object{}), places[i], canary);
    }
    out.canaries.push_back(canary);
  }
  return out;
}

}  // namespace lockstep::test
