#include "serve/fields.h"

#include <algorithm>
#include <charconv>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"

namespace lockstep::serve {
namespace {

std::vector<std::string> names_of(std::span<const Field> fields) {
  std::vector<std::string> names;
  for (const Field& field : fields) names.emplace_back(field.name);
  return names;
}

const Field* find_field(std::span<const Field> fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

std::optional<std::string> choice_problem(const Field& field, const std::string& text) {
  if (field.choices.empty() || std::find(field.choices.begin(), field.choices.end(), text) != field.choices.end()) return std::nullopt;
  return in_quotes(text) + " is none of " + join(field.choices, ", ") + did_you_mean(text, field.choices);
}

/// Why a value is none of this field; nullopt when it is one.
std::optional<std::string> problem_with(const Field& field, const Json& value) {
  switch (field.kind) {
    case Field::Kind::Text: return value.text() == nullptr ? "expected a text" : choice_problem(field, *value.text());
    case Field::Kind::Flag: return value.boolean() == nullptr ? std::optional<std::string>("expected true or false") : std::nullopt;
    case Field::Kind::Number: return value.integer() == nullptr ? std::optional<std::string>("expected an integer") : std::nullopt;
    case Field::Kind::Any: return std::nullopt;
    case Field::Kind::Texts: break;
  }
  if (value.array() == nullptr) return "expected a list of texts";
  for (const Json& item : *value.array()) {
    if (item.text() == nullptr) return "expected a list of texts";
    if (auto problem = choice_problem(field, *item.text())) return problem;
  }
  return std::nullopt;
}

std::string pointer_to(std::string_view name) { return "/" + replace_all(replace_all(std::string(name), "~", "~0"), "/", "~1"); }

std::vector<Mistake> mistakes_in(const Json& json, std::span<const Field> fields) {
  std::vector<Mistake> mistakes;
  for (const auto& [name, value] : *json.object()) {
    const Field* field = find_field(fields, name);
    if (field == nullptr) {
      mistakes.push_back({pointer_to(name), "unknown" + did_you_mean(name, names_of(fields))});
    } else if (!value.is_null()) {
      if (auto problem = problem_with(*field, value)) mistakes.push_back({pointer_to(name), std::move(*problem)});
    }
  }
  for (const Field& field : fields) {
    const Json* given = json.find(field.name);
    if (field.required && (given == nullptr || given->is_null())) mistakes.push_back({pointer_to(field.name), "is missing"});
  }
  return mistakes;
}

/// A parameter as the JSON value that its field takes.
Json value_of(const Field& field, const std::string& text) {
  if (field.kind == Field::Kind::Flag) {
    if (text == "1" || text == "true" || text.empty()) return Json(true);
    return text == "0" || text == "false" ? Json(false) : Json(text);
  }
  if (field.kind != Field::Kind::Number) return Json(text);
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() ? Json(number) : Json(text);
}

}  // namespace

Given Given::body(const web::Request& request, std::span<const Field> fields) {
  Json json{Json::Object{}};
  if (!request.body.empty()) {
    const std::string type = to_lower(request.headers.get("Content-Type"));
    if (trim(std::string_view(type).substr(0, type.find(';'))) != "application/json")
      throw Problem{415, "the body has to be application/json", "invalid", "send Content-Type: application/json"};
    try {
      json = json::parse(request.body);
    } catch (const Error& error) {
      throw Problem{400, "the body is no JSON: " + error.message()};
    }
    if (json.object() == nullptr) throw Problem{400, "the body has to be a JSON object"};
  }
  if (auto mistakes = mistakes_in(json, fields); !mistakes.empty()) {
    const std::string first = mistakes.front().pointer.substr(1) + ": " + mistakes.front().detail;
    throw Problem{422, first, "invalid", {}, std::move(mistakes)};
  }
  return Given(std::move(json));
}

Given Given::parameters(const web::Request& request, std::span<const Field> fields) {
  Json json{Json::Object{}};
  for (const auto& [name, text] : request.target.query) {
    const Field* field = find_field(fields, name);
    if (field == nullptr) throw Problem{400, "unknown parameter " + in_quotes(name) + did_you_mean(name, names_of(fields))};
    Json value = value_of(*field, text);
    if (field->kind == Field::Kind::Texts) {
      Json& list = json[name];
      if (list.is_null()) list = Json(Json::Array());
      list.array()->push_back(std::move(value));
    } else if (json.find(name) != nullptr) {
      throw Problem{400, "the parameter " + in_quotes(name) + " is given twice"};
    } else {
      json[name] = std::move(value);
    }
  }
  for (const Mistake& mistake : mistakes_in(json, fields)) throw Problem{400, mistake.pointer.substr(1) + ": " + mistake.detail};
  return Given(std::move(json));
}

const Json* Given::find(std::string_view name) const {
  const Json* found = json_.find(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::optional<std::string> Given::text(std::string_view name) const {
  const Json* found = find(name);
  return found != nullptr && found->text() != nullptr ? std::optional(*found->text()) : std::nullopt;
}

bool Given::flag(std::string_view name) const {
  const Json* found = find(name);
  return found != nullptr && found->boolean() != nullptr && *found->boolean();
}

std::optional<std::int64_t> Given::number(std::string_view name) const {
  const Json* found = find(name);
  return found != nullptr && found->integer() != nullptr ? std::optional(*found->integer()) : std::nullopt;
}

std::vector<std::string> Given::texts(std::string_view name) const {
  std::vector<std::string> out;
  const Json* found = find(name);
  if (found == nullptr || found->array() == nullptr) return out;
  for (const Json& item : *found->array()) out.push_back(*item.text());
  return out;
}

Json schema_of(const Field& field) {
  const auto text = [&] {
    Json out = Json::Object{{"type", "string"}};
    if (!field.choices.empty()) out["enum"] = Json(Json::Array(field.choices.begin(), field.choices.end()));
    return out;
  };
  Json out{Json::Object{}};
  switch (field.kind) {
    case Field::Kind::Text: out = text(); break;
    case Field::Kind::Flag: out["type"] = Json("boolean"); break;
    case Field::Kind::Number: out["type"] = Json("integer"); break;
    case Field::Kind::Texts:
      out["type"] = Json("array");
      out["items"] = text();
      break;
    case Field::Kind::Any: break;
  }
  out["description"] = Json(std::string(field.help));
  return out;
}

Json schema_of(std::span<const Field> fields) {
  Json::Object properties;
  Json::Array required;
  for (const Field& field : fields) {
    properties.emplace_back(std::string(field.name), schema_of(field));
    if (field.required) required.emplace_back(std::string(field.name));
  }
  Json out = Json::Object{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) out["required"] = Json(std::move(required));
  return out;
}

}  // namespace lockstep::serve
