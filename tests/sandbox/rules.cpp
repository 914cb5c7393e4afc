// Validation of write bodies against rules.json.
#include "sandbox/rules.h"

#include <algorithm>
#include <optional>

#include "common/text.h"
#include "format/json.h"
#include "sandbox/embedded.h"

namespace lockstep::sandbox {
namespace {

const Json& rules() {
  static const Json parsed = json::parse(kRules);
  return parsed;
}

bool contains(const Json* list, std::string_view name) {
  if (list == nullptr || list->array() == nullptr) return false;
  return std::ranges::any_of(*list->array(), [&](const Json& entry) { return entry.text() != nullptr && *entry.text() == name; });
}

bool holds(const Json* held, std::string_view key) { return held != nullptr && held->find(key) != nullptr; }

std::string joined(const Json& values) {
  std::vector<std::string> texts;
  for (const auto& value : *values.array()) texts.push_back(*value.text());
  return join(texts, ", ");
}

std::vector<std::string> names_of(const Json& object) {
  std::vector<std::string> names;
  for (const auto& [name, unused] : *object.object()) names.push_back(name);
  return names;
}

std::optional<double> number_of(const Json& value) {
  if (const auto* integer = value.integer()) return static_cast<double>(*integer);
  if (const auto* real = value.real()) return *real;
  return std::nullopt;
}

std::string digits(const Json& bound) { return json::to_text(bound); }

void check_number(const std::string& name, const Json& value, const Json& limits, std::vector<std::string>& mistakes) {
  const auto number = number_of(value);
  const Json* minimum = limits.find("minimum");
  const Json* maximum = limits.find("maximum");
  if (maximum != nullptr && (!number || *number > *number_of(*maximum)))
    mistakes.push_back(name + " must not be greater than " + digits(*maximum));
  if (minimum != nullptr && (!number || *number < *number_of(*minimum)))
    mistakes.push_back(name + " must not be less than " + digits(*minimum));
  if (!number) mistakes.push_back(name + " must be a number conforming to the specified constraints");
}

void check_string(const std::string& name, const Json& value, const Json& limits, std::vector<std::string>& mistakes) {
  if (const Json* values = limits.find("values"); values != nullptr) {
    if (value.text() == nullptr || !contains(values, *value.text()))
      mistakes.push_back(name + " must be one of the following values: " + joined(*values));
    return;
  }
  const Json* longest = limits.find("max_length");
  if (longest != nullptr && (value.text() == nullptr || utf8_length(*value.text()) > static_cast<std::size_t>(*longest->integer())))
    mistakes.push_back(name + " must be shorter than or equal to " + digits(*longest) + " characters");
  if (value.text() == nullptr) mistakes.push_back(name + " must be a string");
}

void check_limits(const std::string& name, const Json& value, const Json* limits, std::vector<std::string>& mistakes) {
  if (limits == nullptr || value.is_null()) return;
  const std::string type = limits->text_at("type");
  if (type == "number") check_number(name, value, *limits, mistakes);
  if (type == "string") check_string(name, value, *limits, mistakes);
  if (type == "boolean" && value.boolean() == nullptr) mistakes.push_back(name + " must be a boolean value");
  if (type == "array" && value.array() == nullptr) mistakes.push_back(name + " must be an array");
  if (type == "object" && value.object() == nullptr) mistakes.push_back(name + " must be an object");
}

/// The properties that the object may have: one list, or one by its provider. nullptr adds a mistake when the provider is unknown.
const Json* properties_of(const std::string& name, const Json& value, const Json& rule, std::vector<std::string>& mistakes) {
  if (const Json* fixed = rule.find("properties"); fixed != nullptr) return fixed;
  const Json& by_provider = *rule.find("by_provider");
  const Json* known = by_provider.find(value.text_at("provider"));
  if (known != nullptr) return known;
  mistakes.push_back(name + ".provider must be one of the following values: " + join(names_of(by_provider), ", "));
  return nullptr;
}

void check_nested(const std::string& name, const Json& value, const Json* rule, const Json* held, std::vector<std::string>& mistakes) {
  if (rule == nullptr || value.is_null()) return;
  if (name == "voicemailDetection" && value.text() != nullptr && *value.text() == "off") return;
  if (value.object() == nullptr) {
    mistakes.push_back("nested property " + name + " must be either object or array");
    return;
  }
  const Json* known = properties_of(name, value, *rule, mistakes);
  if (known == nullptr) return;
  for (const auto& [key, unused] : *value.object())
    if (!contains(known, key) && !holds(held, key)) mistakes.push_back(name + ".property " + key + " should not exist");
}

/// The one list for assistants, that of its provider for a phone number and that of its type for a tool; nullptr adds a mistake when those
/// are not known.
const Json* writable(Kind kind, const Json& rule, const Json& body, const Json* held, std::vector<std::string>& mistakes) {
  if (kind == Kind::Assistant) return rule.find("writable");
  const std::string member = kind == Kind::Tool ? "type" : "provider";
  const Json& variants = *rule.find("by_" + member);
  const Json* variant = variants.find(body.text_at(member, held == nullptr ? "" : held->text_at(member)));
  if (variant == nullptr) {
    mistakes.push_back(member + " must be one of the following values: " + join(names_of(variants), ", "));
    return nullptr;
  }
  if (held == nullptr)
    for (const auto& required : *variant->find("required")->array())
      if (body.find(*required.text()) == nullptr) mistakes.push_back(*required.text() + " should not be empty");
  return variant->find(held == nullptr ? "create" : "update");
}

std::string_view rules_name(Kind kind) {
  if (kind == Kind::Tool) return "tool";
  return kind == Kind::Assistant ? "assistant" : "phone_number";
}

bool allowed(const Json& rule, const Json* known, const std::string& key, const Json* held) {
  return contains(known, key) || contains(rule.find("legacy_accepted"), key) ||
         (contains(rule.find("legacy_if_held"), key) && holds(held, key));
}

}  // namespace

std::vector<std::string> mistakes_in(Kind kind, const Json& body, const Json* held) {
  const Json& rule = *rules().find(rules_name(kind));
  std::vector<std::string> mistakes;
  const Json* known = writable(kind, rule, body, held, mistakes);
  if (known == nullptr) return mistakes;
  for (const auto& [key, value] : *body.object())
    if (!allowed(rule, known, key, held)) mistakes.push_back("property " + key + " should not exist");
  for (const auto& [key, value] : *body.object()) {
    check_limits(key, value, rule.find("limits")->find(key), mistakes);
    check_nested(key, value, rule.find("nested")->find(key), held == nullptr ? nullptr : held->find(key), mistakes);
  }
  return mistakes;
}

}  // namespace lockstep::sandbox
