// The OpenAPI document (https://spec.openapis.org/oas/v3.1.0), made from the routes.
#include <algorithm>

#include "common/text.h"
#include "serve/route.h"

namespace lockstep::serve {
namespace {

Json reference(std::string_view name) { return Json::Object{{"$ref", "#/components/schemas/" + std::string(name)}}; }

Json problem_schema() {
  return Json::Object{
      {"type", "object"},
      {"description", "RFC 9457"},
      {"required", Json::Array{"type", "title", "status", "detail", "code"}},
      {"properties",
       Json::Object{
           {"type", Json::Object{{"type", "string"}}},
           {"title", Json::Object{{"type", "string"}}},
           {"status", Json::Object{{"type", "integer"}}},
           {"detail", Json::Object{{"type", "string"}, {"description", "what went wrong, for people"}}},
           {"code", Json::Object{{"type", "string"}, {"description", "the kind of error, for programs"}}},
           {"hint", Json::Object{{"type", "string"}, {"description", "what helps"}}},
           {"errors", Json::Object{{"type", "array"},
                                   {"items", Json::Object{{"type", "object"},
                                                          {"properties", Json::Object{{"pointer", Json::Object{{"type", "string"}}},
                                                                                      {"detail", Json::Object{{"type", "string"}}}}}}}}}}}};
}

Json content_of(std::string_view type, Json schema) {
  return Json::Object{{std::string(type), Json::Object{{"schema", std::move(schema)}}}};
}

std::string type_of_answer(const Route& route) {
  if (route.answer == "text/event-stream") return "text/event-stream";
  return route.path.starts_with("/api/") ? "application/json" : "text/plain";
}

/// "{id}" of a path.
Json::Array parameters_of(const Route& route) {
  Json::Array out;
  for (const std::string& part : split(route.path, '/')) {
    if (!part.starts_with('{')) continue;
    out.push_back(Json::Object{
        {"name", part.substr(1, part.size() - 2)}, {"in", "path"}, {"required", true}, {"schema", Json::Object{{"type", "string"}}}});
  }
  for (const Field& field : route.parameters) {
    Json schema = schema_of(field);
    schema.erase("description");
    out.push_back(Json::Object{{"name", std::string(field.name)},
                               {"in", "query"},
                               {"required", field.required},
                               {"description", std::string(field.help)},
                               {"schema", std::move(schema)}});
  }
  return out;
}

Json responses_of(const Route& route) {
  Json::Object out;
  for (const int code : route.codes) {
    Json::Object answer{{"description", std::string(route.answer)}};
    const std::string type = type_of_answer(route);
    if (code != 204)
      answer.emplace_back("content", content_of(type, type == "application/json" ? Json(Json::Object{{"type", "object"}})
                                                                                 : Json(Json::Object{{"type", "string"}})));
    out.emplace_back(std::to_string(code), std::move(answer));
  }
  out.emplace_back("default",
                   Json::Object{{"description", "a problem"}, {"content", content_of("application/problem+json", reference("Problem"))}});
  return Json(std::move(out));
}

/// "post_api_v1_runs_id_cancel".
std::string id_of(const Route& route) {
  std::string out = to_lower(route.method);
  for (const char c : route.path) {
    if (c == '{' || c == '}') continue;
    out += c == '/' || c == '-' || c == '.' ? '_' : c;
  }
  return out;
}

Json operation(const Route& route) {
  Json out = Json::Object{{"operationId", id_of(route)}, {"summary", std::string(route.summary)}};
  if (Json::Array parameters = parameters_of(route); !parameters.empty()) out["parameters"] = Json(std::move(parameters));
  if (!route.body.empty()) {
    const bool required = std::any_of(route.body.begin(), route.body.end(), [](const Field& field) { return field.required; });
    out["requestBody"] = Json::Object{{"required", required}, {"content", content_of("application/json", schema_of(route.body))}};
  }
  out["responses"] = responses_of(route);
  if (route.scope) {
    const std::string scope(scope_words().word(*route.scope));
    out["security"] = Json::Array{Json::Object{{"token", Json::Array{scope}}}, Json::Object{{"session", Json::Array{scope}}}};
    out["x-scope"] = Json(scope);
  } else {
    out["security"] = Json(Json::Array());
  }
  return out;
}

}  // namespace

Json openapi(std::string_view version) {
  Json paths{Json::Object{}};
  for (const Route& route : routes()) {
    if (!route.of_page) paths[route.path][to_lower(route.method)] = operation(route);
  }
  return Json::Object{
      {"openapi", "3.1.0"},
      {"info", Json::Object{{"title", "Lockstep"},
                            {"version", std::string(version)},
                            {"description",
                             "Keeps a remote API and a database in step. Long work answers 202 with a run to look at; "
                             "Prefer: wait=20 waits for its end. A POST with an Idempotency-Key may be sent again."}}},
      {"servers", Json::Array{Json::Object{{"url", "/"}}}},
      {"paths", std::move(paths)},
      {"components", Json::Object{{"schemas", Json::Object{{"Problem", problem_schema()}}},
                                  {"securitySchemes",
                                   Json::Object{{"token", Json::Object{{"type", "http"}, {"scheme", "bearer"}}},
                                                {"session", Json::Object{{"type", "apiKey"}, {"in", "cookie"}, {"name", "lockstep"}}}}}}}};
}

}  // namespace lockstep::serve
