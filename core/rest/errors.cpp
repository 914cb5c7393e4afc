#include "rest/errors.h"

#include <algorithm>
#include <vector>

#include "common/log.h"
#include "common/text.h"
#include "format/json.h"
#include "http/client.h"

namespace lockstep::rest {
namespace {

constexpr std::size_t kLongest = 500;
/// Nobody explains a refusal at greater length; parsing more would only cost time.
constexpr std::size_t kLongestBody = 256 * 1024;

std::optional<Json> parsed(std::string_view body) {
  if (body.size() > kLongestBody) return std::nullopt;
  try {
    return json::parse(body);
  } catch (const Error&) {
    return std::nullopt;
  }
}

const Json* at_path(const Json& root, std::string_view path) {
  const Json* here = &root;
  for (const std::string& key : split(path, '.')) {
    here = here->find(key);
    if (here == nullptr) return nullptr;
  }
  return here;
}

/// A string, or strings of an array; "" for anything else.
std::string words(const Json& json) {
  if (const std::string* text = json.text()) return *text;
  std::vector<std::string> parts;
  if (const Json::Array* elements = json.array()) {
    for (const Json& element : *elements) parts.push_back(element.text() != nullptr ? *element.text() : json::to_text(element));
  }
  return join(parts, "; ");
}

std::string words_of(std::string_view body, const ErrorSpec& spec) {
  const std::string_view text = trim(body);
  if (text.empty()) return "no explanation";
  if (text.front() == '<') return "an HTML page instead of JSON";
  const auto root = parsed(text);
  if (!root) return std::string(text);
  for (const std::string& path : spec.message_paths) {
    const Json* found = at_path(*root, path);
    if (found == nullptr) continue;
    if (std::string out = words(*found); !out.empty()) return out;
  }
  return json::to_text(*root);
}

const ErrorRule* rule_for(int status, std::string_view body, const ErrorSpec& spec) {
  const auto fits = [&](const ErrorRule& rule) {
    return rule.status == status && (rule.contains.empty() || body.find(rule.contains) != std::string_view::npos);
  };
  const auto found = std::find_if(spec.rules.begin(), spec.rules.end(), fits);
  return found == spec.rules.end() ? nullptr : &*found;
}

Error by_status(const http::Response& response, const RestSpec& spec) {
  const std::string text = server_text(response.body(), spec.errors);
  const std::string status = " (" + std::to_string(response.status) + ")";
  switch (response.status) {
    case 401:
      return Error(ErrorKind::Credentials, "Invalid API key", spec.errors.credentials_hint + " (" + spec.label + " says: " + text + ")");
    case 403: return Error(ErrorKind::Credentials, spec.label + " denies access" + status + ": " + text, spec.errors.credentials_hint);
    case 404: return Error(ErrorKind::NotFound, spec.label + " does not know it" + status + ": " + text);
    case 429: return http::rate_limited(response.retry_after);
    default: break;
  }
  if (response.status == 408 || response.status >= 500) {
    return Error(ErrorKind::Unreachable, spec.label + " is in trouble" + status + ": " + text, "try again later");
  }
  return Error(ErrorKind::Rejected, spec.label + " refused the request" + status + ": " + text);
}

}  // namespace

std::string server_text(std::string_view body, const ErrorSpec& spec) {
  return ellipsize(printable(ellipsize(redact(words_of(body, spec)), kLongest)), kLongest);
}

Error error_of(const http::Response& response, const RestSpec& spec) {
  const ErrorRule* rule = rule_for(response.status, response.body(), spec.errors);
  Error error = rule != nullptr ? Error(rule->kind, rule->message, rule->hint) : by_status(response, spec);
  error.with_status(response.status).with_effect(response.effect);
  if (response.retry_after) error.with_retry_after(*response.retry_after);
  return error;
}

bool is_final(int status, std::string_view body, const ErrorSpec& spec) {
  const ErrorRule* rule = rule_for(status, body, spec);
  return rule != nullptr && rule->final;
}

bool speaks_for_itself(std::string_view body) {
  const auto root = parsed(body);
  return root && root->object() != nullptr;
}

}  // namespace lockstep::rest
