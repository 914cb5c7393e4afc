#include "engine/secrets.h"

#include <algorithm>
#include <cstring>

#include "common/text.h"
#include "engine/keyed_hash.h"
#include "format/json.h"
#include "format/path.h"

namespace lockstep {
namespace {

constexpr std::string_view kMaskBegins = "[secret";
constexpr std::size_t kDigits = 16;

/// What stands for a secret in a document that was masked before stands for it still.
bool is_mask(std::string_view text) {
  return text.size() == kMaskBegins.size() + 1 + kDigits + 1 && text.starts_with(kMaskBegins) && text.ends_with(']');
}

void remove_at(Json& node, std::span<const std::string> steps) {
  if (steps[0] == "*") {
    if (Json::Array* items = node.array(); items != nullptr && steps.size() > 1) {
      for (Json& item : *items) remove_at(item, steps.subspan(1));
    }
  } else if (Json* member = node.find(steps[0])) {
    if (steps.size() > 1) {
      remove_at(*member, steps.subspan(1));
    } else {
      node.erase(steps[0]);
    }
  }
}

/// How a secret path lies to a field's path: 0 = apart, 1 = the field is the secret or inside it, 2 = the secret is inside the field.
int relation(std::span<const std::string> secret, std::span<const Path::Step> field) {
  const std::size_t common = std::min(secret.size(), field.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (secret[i] == "*") continue;
    if (field[i].kind != Path::Step::Kind::Key || field[i].key != secret[i]) return 0;
  }
  return secret.size() <= field.size() ? 1 : 2;
}

bool is_set_at(const Json& node, std::span<const std::string> steps) {
  if (steps.empty()) return !node.is_null();
  if (steps[0] != "*") {
    const Json* member = node.find(steps[0]);
    return member != nullptr && is_set_at(*member, steps.subspan(1));
  }
  const auto holds = [&](const Json& inner) { return is_set_at(inner, steps.subspan(1)); };
  if (const Json::Array* items = node.array()) return std::any_of(items->begin(), items->end(), holds);
  const Json::Object* members = node.object();
  return members != nullptr &&
         std::any_of(members->begin(), members->end(), [&](const Json::Member& member) { return holds(member.second); });
}

}  // namespace

bool SecretPaths::holds_mask(std::string_view text) { return text.find(kMaskBegins) != std::string_view::npos; }

bool SecretPaths::holds_old_mask(std::string_view text) { return text.find("[secret]") != std::string_view::npos; }

std::string SecretPaths::mask_of(const Json& secret) const {
  if (secret.text() != nullptr && is_mask(*secret.text())) return *secret.text();
  return std::string(kMaskBegins) + " " + keyed_hash(key_, json::canonical(secret)).substr(0, kDigits) + "]";
}

void SecretPaths::mask_at(Json& node, std::span<const std::string> steps) const {
  if (steps.empty()) {
    if (!node.is_null()) node = Json(mask_of(node));
    return;
  }
  if (steps[0] == "*") {
    if (Json::Array* items = node.array()) {
      for (Json& item : *items) mask_at(item, steps.subspan(1));
    } else if (Json::Object* members = node.object()) {
      for (Json::Member& member : *members) mask_at(member.second, steps.subspan(1));
    }
  } else if (Json* member = node.find(steps[0])) {
    mask_at(*member, steps.subspan(1));
  }
}

SecretPaths::SecretPaths(const Resource& resource, const Mapping& mapping) {
  for (const auto* list : {&resource.secret, &resource.write_only}) {
    for (const std::string& path : *list) {
      dotted_.push_back(path);
      paths_.push_back(path_keys(path));
    }
  }
  for (const Steps& path : paths_) {
    const auto last = std::find_if(path.rbegin(), path.rend(), [](const std::string& step) { return step != "*"; });
    needles_.push_back(last == path.rend() ? "\"" : "\"" + *last + "\"");
  }
  for (const Field& field : mapping.fields()) {
    FieldSecrets& secrets = fields_.emplace_back();
    secrets.whole = field.secret || field.write_only;
    for (const Steps& path : paths_) {
      const int where = relation(path, field.from.steps());
      if (where == 1) secrets.whole = true;
      if (where == 2) secrets.inside.emplace_back(path.begin() + static_cast<std::ptrdiff_t>(field.from.steps().size()), path.end());
    }
  }
}

bool SecretPaths::may_hold(std::string_view raw) const {
  return std::any_of(needles_.begin(), needles_.end(),
                     [&](const std::string& needle) { return memmem(raw.data(), raw.size(), needle.data(), needle.size()) != nullptr; });
}

bool SecretPaths::names_secret(std::string_view bytes) const {
  return std::any_of(needles_.begin(), needles_.end(), [&](const std::string& needle) {
    const std::string_view name = std::string_view(needle).substr(1, needle.size() - 2);
    return needle.size() < 3 || bytes.find(name) != std::string_view::npos;
  });
}

std::vector<std::string> SecretPaths::missing(const Json& before, const Json& after) const {
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    if (is_set_at(before, paths_[i]) && !is_set_at(after, paths_[i])) missing.push_back(dotted_[i]);
  }
  return missing;
}

void SecretPaths::remove_from(Json& document) const {
  for (const Steps& path : paths_) remove_at(document, path);
}

std::string SecretPaths::mask_document(std::string_view raw) const {
  if (!may_hold(raw)) return std::string(raw);
  const Json before = json::parse(raw);
  Json after = before;
  for (const Steps& path : paths_) mask_at(after, path);
  return before == after ? std::string(raw) : json::to_text(after);
}

Value SecretPaths::mask(std::size_t ordinal, const Value& value, Arena& arena) const {
  const FieldSecrets& secrets = fields_[ordinal];
  if (value.is_nothing()) return value;
  const auto masked = [&] { return arena.copy(mask_of(json::from_value(value))); };
  if (secrets.whole) return value.is_unreadable() ? Value::unreadable(value.storage(), masked()) : Value::text(masked());
  // Nobody knows where in it a secret stands, only that it has none of their names.
  if (value.is_unreadable() && !secrets.inside.empty())
    return names_secret(value.as_view()) ? Value::unreadable(value.storage(), masked()) : value;
  if (secrets.inside.empty() || value.tag() != Value::Tag::Json || !may_hold(value.as_view())) return value;
  Json tree = json::from_value(value);
  if (json::is_unreadable(tree)) return Value::unreadable(Value::Storage::Text, masked());
  for (const Steps& path : secrets.inside) mask_at(tree, path);
  return Value::json(arena.copy(json::canonical(tree)));
}

std::optional<Value> SecretPaths::unmask(std::size_t ordinal, const Value& masked, std::span<const Value> known) const {
  if (!is_masked(ordinal) || !masked.is_view() || !holds_mask(masked.as_view())) return masked;
  Arena scratch;
  for (const Value& value : known) {
    if (identical(mask(ordinal, value, scratch), masked)) return value;
  }
  return std::nullopt;
}

}  // namespace lockstep
