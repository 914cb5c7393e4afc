// Retry: whether a request may be sent again, and when. Pure functions over what came of an attempt.
#pragma once

#include <optional>
#include <string_view>

#include "common/error.h"
#include "common/time.h"
#include "http/failure.h"

namespace lockstep::http {

/// The methods this client knows. There is no way to ask a server to delete.
enum class Method { Get, Post, Patch };
std::string_view to_string(Method method);

struct RetryPolicy {
  int retries = 4;
  Millis first_wait{500};
  Millis longest_wait{30'000};
};

/// What came of one attempt.
struct Outcome {
  int status = 0;                       ///< 0: not even the head of an answer came
  std::optional<Failure::Cause> cause;  ///< set: no whole answer came
  bool request_begun = false;           ///< at least one byte of the request may have reached the server
  std::optional<Millis> retry_after;
};

/// True when repeating can help and cannot do harm: for GET and PATCH connect failures, broken connections and answers, 408, 429 and 5xx;
/// for a POST that is not `repeatable` only where the server certainly did not act (no connection, 429, 503 with Retry-After).
bool may_repeat(Method method, bool repeatable, const Outcome& outcome);
/// Whether a write took place. GET: always None.
Effect effect_of(Method method, const Outcome& outcome);
/// The wait before attempt number `retry` (from 1): a random part (`fraction` of [0,1)) of a limit that doubles with each retry.
Millis backoff(const RetryPolicy& policy, int retry, double fraction);
/// Retry-After of RFC 9110, 10.2.3: seconds or an HTTP date. nullopt for anything else; zero for a date that has passed.
std::optional<Millis> parse_retry_after(std::string_view value, Micros now);
/// "30 seconds", "1 second", "250 milliseconds".
std::string describe(Millis duration);

}  // namespace lockstep::http
