// Response: what the server answers, and its bytes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep::web {

class Subscription;

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  /// Events follow the head, for as long as the client listens; there is no body then (event_hub.h).
  std::shared_ptr<Subscription> events = nullptr;

  Response& with(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
};

Response text_response(int status, std::string body, std::string type = "text/plain; charset=utf-8");

/// "Not Found".
std::string_view reason_of(int status);

/// Status line and headers, with Content-Length unless events follow. `close`: the connection ends behind it. What could end a line is left
/// out of values.
std::string head_text(const Response& response, bool close);

}  // namespace lockstep::web
