// Request and Response: what goes out and what comes back, as values.
#pragma once

#include <cstddef>
#include <functional>
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

struct Request {
  Method method = Method::Get;
  std::string target;  ///< path and query, put behind the path of base_url
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;    ///< JSON; sent with POST and PATCH
  std::string buffer;  ///< memory to reuse for the answer
  /// Makes a body fit for a log (level Trace). Empty: bodies are not logged.
  std::function<std::string(std::string_view)> mask;
  /// True for an answer that repeating cannot mend although its status says so (a spent quota). May be empty.
  std::function<bool(int status, std::string_view body)> final_answer;
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

  std::string_view body() const { return std::string_view(buffer).substr(0, body_size); }
};

}  // namespace lockstep::http
