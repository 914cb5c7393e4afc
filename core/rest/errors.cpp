#include "rest/errors.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "common/log.h"
#include "common/text.h"
#include "format/json.h"
#include "http/client.h"
#include "rest/fragments.h"
#include "rest/place.h"

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
  std::string out;
  for (const std::string& path : spec.message_paths) {
    const auto says = [&](const Json& found) {
      out = words(found);
      return !out.empty();
    };
    if (any_at_place(*root, steps_of(path), says)) return out;
  }
  return json::to_text(*root);
}

std::string scalar_text(const Json& json) { return json.text() != nullptr ? *json.text() : json::to_text(json); }

/// The parts between the stars of `pattern` follow one another somewhere in `text`; case is ignored.
bool holds(std::string_view text, std::string_view pattern) {
  const std::string lower = to_lower(text);
  std::size_t from = 0;
  for (const std::string& part : split(to_lower(pattern), '*')) {
    const std::size_t at = lower.find(part, from);
    if (at == std::string::npos) return false;
    from = at + part.size();
  }
  return true;
}

/// A refusal, looked at rule by rule. The body is parsed once, when a rule asks for a member.
class Refusal {
 public:
  explicit Refusal(const http::Response& response) : response_(response) {}

  bool fits(const ErrorRule& rule) {
    if (rule.status != 0 && rule.status != response_.status) return false;
    if (rule.member.empty()) return rule.contains.empty() || holds(response_.body().substr(0, kLongestBody), rule.contains);
    return any_member(rule.member, [&](const Json& found) {
      const std::string text = scalar_text(found);
      return (rule.equals.empty() || text == rule.equals) && (rule.contains.empty() || holds(text, rule.contains));
    });
  }

  bool any_member(const std::string& path, const std::function<bool(const Json&)>& fits) {
    if (!parsed_) {
      root_ = parsed(trim(response_.body()));
      parsed_ = true;
    }
    return root_ && any_at_place(*root_, steps_of(path), fits);
  }

  const ErrorRule* rule(const ErrorSpec& spec) {
    const auto found = std::find_if(spec.rules.begin(), spec.rules.end(), [&](const ErrorRule& each) { return fits(each); });
    return found == spec.rules.end() ? nullptr : &*found;
  }

 private:
  const http::Response& response_;
  std::optional<Json> root_;
  bool parsed_ = false;
};

ErrorKind kind_by_status(int status) {
  switch (status) {
    case 401:
    case 403: return ErrorKind::Credentials;
    case 404: return ErrorKind::NotFound;
    case 429: return ErrorKind::RateLimited;
    default: return status == 408 || status >= 500 ? ErrorKind::Unreachable : ErrorKind::Rejected;
  }
}

std::string hint_with(const std::string& hint, const std::string& said) { return hint.empty() ? said : hint + " (" + said + ")"; }

/// What a refusal of that kind is usually told as.
Error usual_error(ErrorKind kind, const http::Response& response, const RestSpec& spec, const std::string& text) {
  const std::string status = " (" + std::to_string(response.status) + "): ";
  switch (kind) {
    case ErrorKind::Credentials:
      if (response.status == 403) return Error(kind, spec.label + " denies access" + status + text, spec.errors.credentials_hint);
      return Error(kind, "Invalid API key", hint_with(spec.errors.credentials_hint, spec.label + " says: " + text));
    case ErrorKind::NotFound: return Error(kind, spec.label + " does not know it" + status + text);
    case ErrorKind::RateLimited: return http::rate_limited(response.retry_after);
    case ErrorKind::Unreachable: return Error(kind, spec.label + " is in trouble" + status + text, "try again later");
    default: return Error(kind, spec.label + " refused the request" + status + text);
  }
}

Error by_rule(const ErrorRule& rule, const http::Response& response, const RestSpec& spec, const std::string& text) {
  if (!rule.message.empty()) return Error(rule.kind, rule.message, rule.hint);
  Error error = usual_error(rule.kind, response, spec, text);
  if (!rule.hint.empty()) error.with_hint(rule.hint);
  return error;
}

/// A number of seconds since 1970, which no wait is as long as.
std::optional<Micros> instant(std::string_view digits) {
  std::int64_t seconds = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  const bool whole = read.ec == std::errc() && read.ptr == digits.data() + digits.size();
  return whole && seconds > 1'000'000'000 && seconds < 100'000'000'000 ? std::optional(seconds * 1'000'000) : std::nullopt;
}

/// Milliseconds where the name says so, else as Retry-After, or an instant.
std::optional<Millis> header_wait(const std::string& name, std::string_view value) {
  if (value.empty()) return std::nullopt;
  if (to_lower(name).ends_with("-ms")) return parse_wait(std::string(trim(value)) + "ms");
  const Micros now = system_clock().now();
  if (const auto at = instant(trim(value))) return std::min(Millis(std::max<Micros>(0, *at - now) / 1000), kLongestDuration);
  return http::parse_retry_after(value, now);
}

}  // namespace

std::string server_text(std::string_view body, const ErrorSpec& spec, std::string_view key) {
  // Redacted as a whole, for half a secret is none that redact() would know; of what is left no more is looked at than can be shown.
  const std::string whole = redact(words_of(body, spec));
  const std::string text = without_fragments(std::string_view(whole).substr(0, kLongest * 8), key);
  return ellipsize(printable(ellipsize(text, kLongest)), kLongest);
}

Error error_of(const http::Response& response, const RestSpec& spec, std::string_view key) {
  const std::string text = server_text(response.body(), spec.errors, key);
  const ErrorRule* rule = Refusal(response).rule(spec.errors);
  Error error = rule != nullptr ? by_rule(*rule, response, spec, text) : usual_error(kind_by_status(response.status), response, spec, text);
  error.with_status(response.status).with_effect(response.effect);
  if (response.retry_after) error.with_retry_after(*response.retry_after);
  return error;
}

http::Advice advice_of(const http::Response& response, const ErrorSpec& spec) {
  http::Advice advice;
  Refusal refusal(response);
  const ErrorRule* rule = refusal.rule(spec);
  advice.final = rule != nullptr && rule->final;
  if (!spec.repeat_header.empty()) {
    advice.final = advice.final || equal_ignore_case(trim(response.headers.get(spec.repeat_header)), "false");
  }
  const auto lengthen = [&](const std::optional<Millis>& wait) {
    if (wait) advice.wait = std::max(advice.wait.value_or(Millis::zero()), *wait);
  };
  for (const std::string& name : spec.wait_headers) lengthen(header_wait(name, response.headers.get(name)));
  for (const std::string& path : spec.wait_members) {
    refusal.any_member(path, [&](const Json& found) {
      lengthen(parse_wait(scalar_text(found)));
      return false;
    });
  }
  return advice;
}

bool speaks_for_itself(std::string_view body) {
  const auto root = parsed(body);
  return root && root->object() != nullptr;
}

std::optional<Millis> parse_wait(std::string_view text) {
  text = trim(text);
  double unit = 1000;
  if (text.ends_with("ms")) {
    unit = 1;
    text.remove_suffix(2);
  } else if (text.ends_with('s')) {
    text.remove_suffix(1);
  }
  double count = 0;
  const auto number = std::from_chars(text.data(), text.data() + text.size(), count);
  if (text.empty() || number.ec != std::errc() || number.ptr != text.data() + text.size()) return std::nullopt;
  if (!(count >= 0 && count <= 1e9)) return std::nullopt;
  return Millis(static_cast<Millis::rep>(std::ceil(count * unit)));
}

}  // namespace lockstep::rest
