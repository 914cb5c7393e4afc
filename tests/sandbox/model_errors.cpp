// Reading the table of errors and filling it in.
#include "sandbox/model_errors.h"

#include <array>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "sandbox/embedded.h"

namespace lockstep::sandbox {
namespace {

constexpr std::array<std::string_view, 4> kApis{"openai", "gemini", "xai", "anthropic"};

const Json& errors() {
  static const Json parsed = json::parse(kModelErrors);
  return parsed;
}

const Json& errors_of(ModelApi api) { return *errors().find(to_string(api)); }

int status_of(const Json& entry) { return static_cast<int>(*entry.find("status")->integer()); }

std::string fill(std::string text, const Placeholders& values) {
  for (const auto& [name, value] : values) text = replace_all(std::move(text), "{" + name + "}", value);
  return text;
}

void fill(Json& node, const Placeholders& values) {
  if (const std::string* text = node.text()) node = Json(fill(*text, values));
  if (Json::Array* elements = node.array())
    for (Json& element : *elements) fill(element, values);
  if (Json::Object* members = node.object())
    for (auto& [name, value] : *members) fill(value, values);
}

/// Where a client finds how long to wait: Gemini says it in the body, the others in the header.
void set_retry(ModelApi api, Json& body, std::string_view seconds, Reply& reply) {
  if (seconds.empty()) return;
  if (api != ModelApi::Gemini) {
    reply.headers.emplace_back("Retry-After", seconds);
    return;
  }
  Json& details = body["error"]["details"];
  if (details.array() == nullptr) details = Json(Json::Array{});
  details.array()->emplace_back(
      Json::Object{{"@type", Json("type.googleapis.com/google.rpc.RetryInfo")}, {"retryDelay", Json(std::string(seconds) + "s")}});
}

void set_message(ModelApi api, Json& body, std::string_view message) {
  if (message.empty()) return;
  if (api == ModelApi::Xai) {
    body["error"] = Json(message);
  } else {
    body["error"]["message"] = Json(message);
  }
}

struct Wording {
  int status = 0;  ///< 0: that of the entry
  std::string message;
  std::string retry_after;
};

Reply reply_of(ModelApi api, const Json& entry, const Placeholders& values, const Wording& wording) {
  const int status = wording.status == 0 ? status_of(entry) : wording.status;
  if (const Json* text = entry.find("text")) return text_reply(status, entry.text_at("content_type"), fill(*text->text(), values));
  Json body = *entry.find("body");
  fill(body, values);
  set_message(api, body, wording.message);
  if (api == ModelApi::Gemini) body["error"]["code"] = Json(status);
  Reply reply;
  set_retry(api, body, wording.retry_after.empty() ? entry.text_at("retry_after") : wording.retry_after, reply);
  reply.status = status;
  reply.body = std::make_shared<const Body>(json::to_text(body));
  if (const Json* headers = entry.find("headers"))
    for (const auto& [name, value] : *headers->object()) reply.headers.emplace_back(name, *value.text());
  return reply;
}

const Json& entry_for(ModelApi api, const std::string& reason, int status) {
  const Json& entries = errors_of(api);
  if (!reason.empty()) {
    const Json* entry = entries.find(reason);
    if (entry == nullptr) throw Error(ErrorKind::Invalid, std::string(to_string(api)) + " has no error \"" + reason + "\"");
    return *entry;
  }
  for (const auto& [name, entry] : *entries.object())
    if (status_of(entry) == status) return entry;
  return *entries.find("any");
}

}  // namespace

std::string_view to_string(ModelApi api) { return kApis[static_cast<std::size_t>(api)]; }

Reply refusal(ModelApi api, std::string_view name, const Placeholders& values) {
  return reply_of(api, entry_for(api, std::string(name), 0), values, {});
}

Reply refusal(ModelApi api, int status, std::string_view message) {
  return reply_of(api, *errors_of(api).find("any"), {}, {.status = status, .message = std::string(message), .retry_after = {}});
}

Reply refusal(ModelApi api, const Fault& fault, const Request& request) {
  const int status = fault.status == 0 && fault.reason.empty() ? 500 : fault.status;
  const Placeholders values{{"key", masked(key_of(api, request))}, {"method", request.method}, {"path", request.path}, {"id", "model"}};
  return reply_of(api, entry_for(api, fault.reason, status), values,
                  {.status = status, .message = fault.message, .retry_after = fault.retry_after});
}

bool is_refusal(std::string_view name) {
  for (const auto& [api, entries] : *errors().object())
    if (entries.find(name) != nullptr) return true;
  return false;
}

std::string key_of(ModelApi api, const Request& request) {
  if (api == ModelApi::Anthropic) return std::string(request.header("x-api-key"));
  if (api == ModelApi::Gemini) {
    if (const auto key = request.header("x-goog-api-key"); !key.empty()) return std::string(key);
    for (const auto& [name, value] : request.parameters)
      if (name == "key") return value;
    return {};
  }
  constexpr std::string_view kScheme = "Bearer ";
  const auto header = request.header("authorization");
  return std::string(starts_with_ignore_case(header, kScheme) ? header.substr(kScheme.size()) : header);
}

std::string masked(std::string_view key) {
  constexpr std::size_t kShown = 4;
  if (key.size() <= 3 * kShown) return std::string(key);
  return std::string(key.substr(0, kShown)) + std::string(key.size() - 2 * kShown, '*') + std::string(key.substr(key.size() - kShown));
}

}  // namespace lockstep::sandbox
