// Request and Response: what goes out and what comes back, as values.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/error.h"
#include "common/time.h"
#include "http/answer.h"
#include "http/retry.h"

namespace lockstep::http {

struct Response;

/// What an answer says about repeating its request, beyond its status and Retry-After.
struct Advice {
  bool final = false;               ///< repeating cannot mend it although its status says so (a spent quota)
  std::optional<Millis> wait = {};  ///< told elsewhere than in Retry-After; the longer of both is waited
};

struct Request {
  Method method = Method::Get;
  std::string target;      ///< path and query, put behind the path of base_url
  bool from_root = false;  ///< `target` holds the path of base_url already, as the address of a next page does
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;    ///< JSON; sent with POST and PATCH
  std::string buffer;  ///< memory to reuse for the answer
  /// Of the answer's body, packed and unpacked; 0: the client's body_cap. Answers that are bounded so may be many at once: the large ones
  /// among them are unpacked and held one after the other.
  std::size_t most_bytes = 0;
  /// The same request a second time does no harm: it carries whole values. GET and PATCH always are; a POST that updates may be.
  bool repeatable = false;
  std::vector<std::string> secrets;  ///< patterns of places in bodies whose values nobody may see; for whoever makes the mask
  /// Makes a body fit for a log (level Trace). Empty: bodies are not logged.
  std::function<std::string(std::string_view)> mask;
  /// Asked about each answer that is no success. May be empty.
  std::function<Advice(const Response&)> advice;
};

struct Response {
  int status = 0;
  std::string reason;
  Headers headers;
  std::string buffer;  ///< the body and kPagePadding zero bytes
  std::size_t body_size = 0;
  int attempts = 1;
  std::optional<Millis> retry_after;
  Effect effect = Effect::None;  ///< of the request that it answers
  std::shared_ptr<void> turn;    ///< of a large answer: until it is given back, the next one waits. Not to be held over another request

  std::string_view body() const { return std::string_view(buffer).substr(0, body_size); }
};

}  // namespace lockstep::http
