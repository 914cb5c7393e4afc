#include "rules/schema.h"

#include <algorithm>
#include <cmath>
#include <regex>

#include "config/config_form.h"
#include "format/json.h"
#include "mapping/mapping_form.h"
#include "rest/table.h"
#include "rules/rule_tests.h"

namespace lockstep {
namespace {

using yaml::Form;
using yaml::Key;
using Kind = yaml::Form::Kind;

Json form_schema(const Form& form);

Json texts(const std::vector<std::string>& values) {
  Json::Array out;
  for (const std::string& value : values) out.emplace_back(value);
  return out;
}

Json number(double value) {
  if (std::trunc(value) == value && std::abs(value) < 1e15) return static_cast<std::int64_t>(value);
  return value;
}

Json type(const char* name) { return Json::Object{{"type", name}}; }

/// A text of which the whole matches. JSON Schema's own match looks for it anywhere.
Json matching(const std::string& pattern) { return Json::Object{{"type", "string"}, {"pattern", "^(" + pattern + ")$"}}; }

/// `${NAME}` may stand for any scalar: what it gives is known only where the program runs.
Json variable() { return Json::Object{{"$ref", "#/definitions/variable"}}; }

/// A value that YAML would read as a number or a truth value is a text where a text is wanted.
Json any_text(std::size_t fewest = 0) {
  Json out = Json::Object{{"type", Json::Array{"string", "number", "boolean"}}};
  if (fewest > 0) out["minLength"] = static_cast<std::int64_t>(fewest);
  return out;
}

Json any_of(Json::Array parts) {
  if (parts.size() == 1) return parts.front();
  return Json::Object{{"anyOf", std::move(parts)}};
}

Json numeric(const Form& form) {
  Json out = type(form.kind == Kind::Integer ? "integer" : "number");
  if (form.least) out["minimum"] = number(*form.least);
  if (form.most) out["maximum"] = number(*form.most);
  return out;
}

/// How a number or boolean looks in quotes.
std::string quoted_pattern(Kind kind) {
  if (kind == Kind::Integer) return "-?[0-9]+";
  return kind == Kind::Real ? "-?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?" : "true|false";
}

/// YAML reads `7` as a number and `true` as a truth value where such a text is wanted too.
Json::Array pattern_parts(const std::string& pattern) {
  const std::regex regex(pattern);
  Json::Array parts{matching(pattern)};
  if (std::regex_match("7", regex)) parts.push_back(type("number"));
  if (std::regex_match("true", regex)) parts.push_back(type("boolean"));
  parts.push_back(variable());
  return parts;
}

/// The shape of a path (format/path.h): keys with a blank are quoted, or stand in brackets.
constexpr char kPathPattern[] = R"(([^ "'\\\[\]]|\\.|"([^"\\]|\\.)*"|'([^'\\]|\\.)*'|\[[^\]]*\])+)";

Json::Array text_parts(const Form& form) {
  if (form.path) return pattern_parts(kPathPattern);
  if (!form.pattern.empty()) return pattern_parts(form.pattern);
  if (form.choices.empty()) return {any_text(form.fewest)};
  Json known = Json::Object{{"enum", texts(form.choices)}};
  return {std::move(known), form.open_choices ? any_text() : variable()};
}

Json::Array scalar_parts(const Form& form) {
  switch (form.kind) {
    case Kind::Text: return text_parts(form);
    case Kind::Duration:
      return {matching("[0-9]+(\\.[0-9]+)? ?(ms|s|m|h|d)?"), Json::Object{{"type", "number"}, {"minimum", 0}}, variable()};
    case Kind::Boolean:
      if (form.loose) return {type("boolean"), matching(quoted_pattern(form.kind)), variable()};
      return {type("boolean"), variable()};
    default:
      if (form.loose) return {numeric(form), matching(quoted_pattern(form.kind)), variable()};
      return {numeric(form), variable()};
  }
}

Json scalar_schema(const Form& form) {
  Json::Array parts = scalar_parts(form);
  if (form.loose && form.fewest == 0) parts.push_back(Json::Object{{"enum", Json::Array{nullptr, ""}}});
  return any_of(std::move(parts));
}

/// The default as the value that YAML would read.
Json typed(const Key& key) {
  const bool text = key.form.kind == Kind::Text || key.form.kind == Kind::Duration || key.form.kind == Kind::Either;
  return text ? Json(key.fallback) : json::parse(key.fallback);
}

Json key_schema(const Key& key) {
  Json out = Json::Object{{"description", key.help}};
  const Json form = form_schema(key.form);
  for (const auto& [name, value] : *form.object()) out[name] = value;
  if (!key.fallback.empty()) out["default"] = typed(key);
  return out;
}

Json present(const std::string& name) { return Json::Object{{"required", Json::Array{name}}}; }
Json absent(const std::string& name) { return Json::Object{{"not", present(name)}}; }

Json property_in(const std::string& name, const std::vector<std::string>& values) {
  return Json::Object{{"properties", Json::Object{{name, Json::Object{{"enum", texts(values)}}}}}, {"required", Json::Array{name}}};
}

/// The types beside which the key may not stand.
std::vector<std::string> foreign_types(const Form& map, const Key& key) {
  std::vector<std::string> out = yaml::key(map, "type").form.choices;
  std::erase_if(out, [&](const std::string& word) { return std::find(key.types.begin(), key.types.end(), word) != key.types.end(); });
  return out;
}

/// What a key's neighbours demand of it.
void add_rules(const Form& map, const Key& key, Json::Array& rules) {
  if (!key.needs.empty()) rules.push_back(Json::Object{{"if", present(key.name)}, {"then", present(key.needs)}});
  if (key.types.empty()) return;
  Json unfit = property_in("type", foreign_types(map, key));
  if (!key.without_type) unfit = any_of({std::move(unfit), absent("type")});
  rules.push_back(Json::Object{{"if", std::move(unfit)}, {"then", Json::Object{{"properties", Json::Object{{key.name, false}}}}}});
  if (key.demanded) rules.push_back(Json::Object{{"if", property_in("type", key.types)}, {"then", present(key.name)}});
}

Json properties_of(const std::vector<Key>& keys) {
  Json::Object out;
  for (const Key& key : keys) out.emplace_back(key.name, key_schema(key));
  return out;
}

Json required_of(const std::vector<Key>& keys) {
  Json::Array out;
  for (const Key& key : keys) {
    if (key.required) out.emplace_back(key.name);
  }
  return out;
}

/// With this value of `by`, the map has these keys beside the common ones.
Json variant_rule(const Form& map, const yaml::Variant& variant) {
  Json then = Json::Object{{"properties", properties_of(variant.keys)}};
  // The common keys are described already; here they only have to be allowed.
  for (const Key& common : map.keys) then["properties"][common.name] = true;
  if (Json required = required_of(variant.keys); !required.array()->empty()) then["required"] = std::move(required);
  then["additionalProperties"] = false;
  return Json::Object{{"if", property_in(map.by, {variant.value})}, {"then", std::move(then)}};
}

Json map_schema(const Form& form) {
  Json out = type("object");
  out["properties"] = properties_of(form.keys);
  if (Json required = required_of(form.keys); !required.array()->empty()) out["required"] = std::move(required);
  // Where another key decides what else there is, each variant closes the map for itself.
  if (form.by.empty()) out["additionalProperties"] = false;
  Json::Array rules;
  for (const Key& key : form.keys) add_rules(form, key, rules);
  for (const yaml::Variant& variant : form.variants) rules.push_back(variant_rule(form, variant));
  if (!rules.empty()) out["allOf"] = std::move(rules);
  return out;
}

Json names_schema(const Form& form) {
  Json out = Json::Object{{"type", form.loose ? Json(Json::Array{"object", "null"}) : Json("object")}};
  Json name = Json::Object();
  if (!form.pattern.empty()) name["pattern"] = "^(" + form.pattern + ")$";
  if (!form.taken.empty()) name["not"] = Json::Object{{"enum", texts(form.taken)}};
  if (!name.object()->empty()) out["propertyNames"] = std::move(name);
  if (form.fewest > 0) out["minProperties"] = static_cast<std::int64_t>(form.fewest);
  out["additionalProperties"] = form_schema(form.parts.front());
  return out;
}

Json list_schema(const Form& form) {
  Json out = Json::Object{{"type", "array"}, {"items", form_schema(form.parts.front())}};
  if (form.fewest > 0) out["minItems"] = static_cast<std::int64_t>(form.fewest);
  return out;
}

Json either_schema(const Form& form) {
  Json::Array parts;
  for (const Form& part : form.parts) parts.push_back(form_schema(part));
  return any_of(std::move(parts));
}

Json form_schema(const Form& form) {
  switch (form.kind) {
    case Kind::Any: return form.loose ? Json(Json::Object{}) : Json::Object{{"not", type("null")}};
    case Kind::Map: return map_schema(form);
    case Kind::Names: return names_schema(form);
    case Kind::List: return list_schema(form);
    case Kind::Either: return either_schema(form);
    default: return scalar_schema(form);
  }
}

}  // namespace

Json schema_of(const Form& form, const std::string& title) {
  Json out = Json::Object{{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", title}};
  const Json body = form_schema(form);
  for (const auto& [name, value] : *body.object()) out[name] = value;
  Json place = Json::Object{{"type", "string"}, {"pattern", "\\$\\{.+\\}"}, {"description", "${NAME}, ${NAME:-default} or ${file:/path}"}};
  out["definitions"] = Json::Object{{"variable", std::move(place)}};
  return out;
}

Json schema_named(const std::string& name, Registry& registry, const OwnNames& own) {
  if (name == "resources") return schema_of(rest::resources_form(), "More resources of a provider of Lockstep");
  if (name == "tests") return schema_of(rule_tests_form(), "Tests of Lockstep's mappings and hooks");
  if (name == "mapping") return schema_of(mapping_form(), "A mapping of Lockstep");
  if (name == "provider") return schema_of(rest::table_form(), "A table of the plugin rest of Lockstep");
  std::vector<PluginForm> providers, stores;
  for (const PluginFile& file : registry.survey()) {
    if (!file.loaded) continue;
    const bool provider = file.kind == "provider";
    const PluginHead& head = provider ? registry.provider(file.name).head : registry.store(file.name).head;
    (provider ? providers : stores).push_back({file.name, file.summary, {head.options, head.option_count}});
  }
  return schema_of(configuration_form(providers, stores, own), "The configuration of Lockstep");
}

}  // namespace lockstep
