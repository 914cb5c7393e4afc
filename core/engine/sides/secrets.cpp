#include "engine/sides/secrets.h"

#include <algorithm>
#include <cstring>

#include "common/text.h"
#include "engine/sides/keyed_hash.h"
#include "format/json.h"
#include "format/secret_names.h"

namespace lockstep {
namespace {

constexpr std::string_view kMaskBegins = "[secret";
constexpr std::size_t kDigits = 16;
constexpr std::size_t kShortestKey = 12;

/// What stands for a secret in a document that was masked before stands for it still.
bool is_mask(std::string_view text) {
  return text.size() == kMaskBegins.size() + 1 + kDigits + 1 && text.starts_with(kMaskBegins) && text.ends_with(']');
}

bool is_set_at(const Json& document, std::span<const std::string> steps) {
  const Json* here = &document;
  for (std::size_t i = 0; i < steps.size() && here != nullptr; ++i) {
    if (steps[i] == "*" && here->array() != nullptr) {
      return std::any_of(here->array()->begin(), here->array()->end(),
                         [&](const Json& element) { return is_set_at(element, steps.subspan(i + 1)); });
    }
    here = here->find(steps[i]);
  }
  return here != nullptr && !here->is_null();
}

std::vector<std::string> patterns_of(const Resource& resource, const Mapping& mapping) {
  std::vector<std::string> patterns = secret_patterns_of(resource);
  patterns.insert(patterns.end(), mapping.secrets().begin(), mapping.secrets().end());
  return patterns;
}

}  // namespace

bool SecretPaths::holds_mask(std::string_view text) { return text.find(kMaskBegins) != std::string_view::npos; }

bool SecretPaths::holds_old_mask(std::string_view text) { return text.find("[secret]") != std::string_view::npos; }

bool SecretPaths::is_masked(std::size_t ordinal, std::string_view text) const {
  return may_be_secret(ordinal) ? holds_mask(text) : is_mask(text);
}

std::string SecretPaths::mask_of(const Json& secret) const {
  if (secret.text() != nullptr && is_mask(*secret.text())) return *secret.text();
  return std::string(kMaskBegins) + " " + keyed_hash(key_, json::canonical(secret)).substr(0, kDigits) + "]";
}

bool SecretPaths::mask_in(Json& node, const PathPatterns::Place& place) const {
  bool masked = false;
  patterns_.visit(node, place, [&](Json& secret, const Steps&) {
    std::string mask = mask_of(secret);
    masked = masked || secret.text() == nullptr || *secret.text() != mask;
    secret = Json(std::move(mask));
    return false;
  });
  return mask_keys_of_ours(node) || masked;
}

void SecretPaths::set_keys_of_ours(std::vector<std::string> keys) {
  std::erase_if(keys, [](const std::string& key) { return key.size() < kShortestKey; });
  ours_ = std::move(keys);
}

bool SecretPaths::holds_key_of_ours(std::string_view text) const {
  return std::any_of(ours_.begin(), ours_.end(), [&](const std::string& key) {
    return text.size() >= key.size() && memmem(text.data(), text.size(), key.data(), key.size()) != nullptr;
  });
}

bool SecretPaths::mask_keys_of_ours(Json& node) const {
  bool masked = false;
  if (ours_.empty()) return masked;
  if (node.text() != nullptr && holds_key_of_ours(*node.text())) {
    node = Json(mask_of(node));
    return true;
  }
  if (Json::Array* elements = node.array()) {
    for (Json& element : *elements) masked = mask_keys_of_ours(element) || masked;
  } else if (Json::Object* members = node.object()) {
    for (Json::Member& member : *members) masked = mask_keys_of_ours(member.second) || masked;
  }
  return masked;
}

SecretPaths::SecretPaths(const Resource& resource, const Mapping& mapping) : patterns_(patterns_of(resource, mapping)) {
  for (const Field& field : mapping.fields()) {
    FieldSecrets secrets;
    secrets.place = field.whole ? patterns_.root() : patterns_.at(field.from);
    secrets.whole = field.secret || field.write_only || secrets.place.is_named();
    secrets.inside = field.type == FieldType::Json && patterns_.may_name_inside(secrets.place);
    fields_.push_back(std::move(secrets));
  }
}

std::vector<std::string> SecretPaths::missing(const Json& before, const Json& after) const {
  std::vector<std::string> missing;
  Json document = before;
  patterns_.visit(document, patterns_.root(), [&](Json&, const Steps& place) {
    const std::string dotted = join(place, ".");
    const bool told = std::find(missing.begin(), missing.end(), dotted) != missing.end();
    if (!told && !is_set_at(after, place)) missing.push_back(dotted);
    return false;
  });
  return missing;
}

void SecretPaths::remove_from(Json& document) const {
  patterns_.visit(document, patterns_.root(), [](Json&, const Steps&) { return true; });
}

std::string SecretPaths::mask_document(std::string_view raw) const {
  if (!may_hold(raw)) return std::string(raw);
  Json document = json::parse(raw);
  return mask_in(document, patterns_.root()) ? json::to_text(document) : std::string(raw);
}

Value SecretPaths::mask(std::size_t ordinal, const Value& value, Arena& arena) const {
  const FieldSecrets& secrets = fields_[ordinal];
  if (value.is_nothing()) return value;
  if (value.is_unreadable() && is_mask(value.as_view())) return value;
  const auto masked = [&] { return arena.copy(mask_of(json::from_value(value))); };
  if (secrets.whole) return value.is_unreadable() ? Value::unreadable(value.storage(), masked()) : Value::text(masked());
  // Nobody knows where in it a secret stands, only that it has none of their names.
  if (value.is_unreadable()) {
    const bool may_be = (secrets.inside && patterns_.may_name_in_bytes(value.as_view())) || holds_key_of_ours(value.as_view());
    return may_be ? Value::unreadable(value.storage(), masked()) : value;
  }
  if (value.tag() == Value::Tag::Text && holds_key_of_ours(value.as_view())) return Value::text(masked());
  if (!secrets.inside || value.tag() != Value::Tag::Json || !may_hold(value.as_view())) return value;
  Json tree = json::from_value(value);
  if (json::is_unreadable(tree)) return Value::unreadable(Value::Storage::Text, masked());
  return mask_in(tree, secrets.place) ? Value::json(arena.copy(json::canonical(tree))) : value;
}

std::optional<Value> SecretPaths::unmask(std::size_t ordinal, const Value& masked, std::span<const Value> known) const {
  if (!is_masked(ordinal, masked)) return masked;
  Arena scratch;
  for (const Value& value : known) {
    if (identical(mask(ordinal, value, scratch), masked)) return value;
  }
  return std::nullopt;
}

}  // namespace lockstep
