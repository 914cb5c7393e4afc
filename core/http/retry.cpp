#include "http/retry.h"

#include <Poco/DateTime.h>
#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/DateTimeParser.h>
#include <Poco/Exception.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "common/text.h"

namespace lockstep::http {
namespace {

using Cause = Failure::Cause;

bool server_did_not_act(const Outcome& outcome) {
  if (outcome.status == 0) return !outcome.request_begun;
  return outcome.status == 429 || (outcome.status == 503 && outcome.retry_after.has_value());
}

bool passing_trouble(const Outcome& outcome) {
  if (!outcome.cause) return outcome.status == 408 || outcome.status == 429 || outcome.status >= 500;
  switch (*outcome.cause) {
    case Cause::Unreachable:
    case Cause::ConnectTimeout:
    case Cause::Broken:
    case Cause::Cut: return true;
    case Cause::Untrusted:
    case Cause::Malformed:
    case Cause::TooLarge:
    case Cause::TimeOver:
    case Cause::Stopped: return false;
  }
  return false;
}

}  // namespace

std::string_view to_string(Method method) {
  switch (method) {
    case Method::Get: return "GET";
    case Method::Post: return "POST";
    case Method::Patch: return "PATCH";
  }
  return "GET";
}

bool may_repeat(Method method, bool repeatable, const Outcome& outcome) {
  return passing_trouble(outcome) && (method != Method::Post || repeatable || server_did_not_act(outcome));
}

Effect effect_of(Method method, const Outcome& outcome) {
  if (method == Method::Get || server_did_not_act(outcome)) return Effect::None;
  const bool refused = outcome.status >= 400 && outcome.status < 500 && outcome.status != 408;
  if (refused) return Effect::None;
  return outcome.status >= 200 && outcome.status < 300 ? Effect::Done : Effect::Maybe;
}

Millis backoff(const RetryPolicy& policy, int retry, double fraction) {
  const double doubled = static_cast<double>(policy.first_wait.count()) * std::pow(2.0, retry - 1);
  const double limit = std::min(doubled, static_cast<double>(policy.longest_wait.count()));
  return Millis(static_cast<Millis::rep>(limit * fraction));
}

std::optional<Millis> parse_retry_after(std::string_view value, Micros now) {
  const std::string text(trim(value));
  double seconds = 0;
  const auto number = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (number.ec == std::errc() && number.ptr == text.data() + text.size()) {
    if (!(seconds >= 0 && seconds <= 1e9)) return std::nullopt;
    return Millis(static_cast<Millis::rep>(std::ceil(seconds * 1000)));
  }
  Poco::DateTime date;
  int zone = 0;
  const std::string format = Poco::DateTimeFormat::HTTP_FORMAT;
  if (text.empty() || !Poco::DateTimeParser::tryParse(format, text, date, zone)) return std::nullopt;
  // The parser takes nearly anything for a date; only what it would write itself is one.
  if (Poco::DateTimeFormatter::format(date, format) != text) return std::nullopt;
  const Millis wait(std::max<std::int64_t>(0, (date.timestamp().epochMicroseconds() - now + 999) / 1000));
  return std::min(wait, kLongestDuration);
}

std::string describe(Millis duration) {
  const auto count = duration.count();
  const auto text = [](std::int64_t number, const char* unit) { return std::to_string(number) + " " + unit + (number == 1 ? "" : "s"); };
  if (count < 1000 && count > 0) return text(count, "millisecond");
  return text((count + 999) / 1000, "second");
}

}  // namespace lockstep::http
