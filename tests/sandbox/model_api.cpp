// What the four APIs share: the gate, the paths, the form of a list.
#include "sandbox/model_api.h"

#include <array>

#include "format/json.h"

namespace lockstep::sandbox {
namespace {

struct Route {
  ModelApi api;
  ModelList list;
  std::string_view path;
};

constexpr std::array kRoutes{
    Route{ModelApi::OpenAi, ModelList::OpenAi, "/openai/v1/models"},
    Route{ModelApi::Gemini, ModelList::Gemini, "/gemini/v1beta/models"},
    Route{ModelApi::Xai, ModelList::Xai, "/xai/v1/models"},
    Route{ModelApi::Xai, ModelList::XaiLanguage, "/xai/v1/language-models"},
    Route{ModelApi::Xai, ModelList::XaiImage, "/xai/v1/image-generation-models"},
    Route{ModelApi::Xai, ModelList::XaiVideo, "/xai/v1/video-generation-models"},
    Route{ModelApi::Anthropic, ModelList::Anthropic, "/anthropic/v1/models"},
};

const Route* route_of(ModelApi api, std::string_view path) {
  for (const Route& route : kRoutes) {
    if (route.api != api || !path.starts_with(route.path)) continue;
    const auto rest = path.substr(route.path.size());
    if (rest.empty() || (rest.size() > 1 && rest.front() == '/')) return &route;
  }
  return nullptr;
}

/// What the API's gate refuses; nullopt when the key is good.
std::optional<Reply> refuse(ModelApi api, const Request& request, std::string_view key) {
  const std::string given = key_of(api, request);
  if (given.empty()) return refusal(api, "no_key");
  if (given != key) return refusal(api, "bad_key", {{"key", masked(given)}});
  if (api == ModelApi::Anthropic && request.header("anthropic-version").empty()) return refusal(api, "no_version");
  return std::nullopt;
}

Reply dispatch(Models& models, const Request& request, const Route& route) {
  const auto rest = std::string_view(request.path).substr(route.path.size());
  const std::string id(rest.empty() ? rest : rest.substr(1));
  switch (route.api) {
    case ModelApi::OpenAi: return answer_openai(models, id);
    case ModelApi::Gemini: return answer_gemini(models, request, id);
    case ModelApi::Xai: return answer_xai(models, route.list, id);
    case ModelApi::Anthropic: return answer_anthropic(models, request, id);
  }
  return refusal(route.api, "server");
}

}  // namespace

std::optional<ModelApi> model_api_of(std::string_view path) {
  for (const ModelApi api : {ModelApi::OpenAi, ModelApi::Gemini, ModelApi::Xai, ModelApi::Anthropic})
    if (path.starts_with("/" + std::string(to_string(api)) + "/")) return api;
  return std::nullopt;
}

std::optional<ModelList> model_list_at(ModelApi api, std::string_view path) {
  const Route* route = route_of(api, path);
  return route == nullptr ? std::nullopt : std::optional(route->list);
}

Reply answer(Models& models, ModelApi api, const Request& request, std::string_view key) {
  if (auto refused = refuse(api, request, key)) return *refused;
  const Placeholders values{{"method", request.method}, {"path", request.path}};
  const Route* route = route_of(api, request.path);
  if (route == nullptr) return refusal(api, "unknown_path", values);
  if (request.method != "GET") return refusal(api, api == ModelApi::Gemini ? "unknown_path" : "wrong_method", values);
  return dispatch(models, request, *route);
}

Reply empty_list(ModelApi api, std::string_view path) {
  if (api == ModelApi::OpenAi) return json_reply(200, R"({"object":"list","data":[]})");
  if (api == ModelApi::Anthropic) return json_reply(200, R"({"data":[],"has_more":false,"first_id":null,"last_id":null})");
  if (model_list_at(api, path) == ModelList::Xai) return json_reply(200, R"({"data":[],"object":"list"})");
  return json_reply(200, R"({"models":[]})");
}

std::string array_text(const std::vector<Json>& documents) {
  std::string out = "[";
  for (const Json& document : documents) {
    if (out.size() > 1) out += ',';
    out += json::to_text(document);
  }
  return out += ']';
}

}  // namespace lockstep::sandbox
