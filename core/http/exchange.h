// Exchange: one request and its answer on one connection; the only place that touches the network for a client.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/connect.h"
#include "http/failure.h"
#include "http/limiter.h"
#include "http/message.h"
#include "http/pool.h"
#include "sdk/call.h"

namespace lockstep::http {

/// What an attempt came to: a response, or a failure; and what is known about the request's fate.
struct Attempt {
  Outcome outcome;
  Response response;
  std::optional<Failure> failure;
  bool on_used_connection = false;
  std::size_t received = 0;  ///< bytes of the body on the wire
};

/// Any thread.
class Exchange {
 public:
  Exchange(Route route, std::size_t body_cap, const Clock& clock)
      : route_(std::move(route)), body_cap_(body_cap), clock_(clock), pool_(clock), large_(std::make_shared<Gate>(1)) {}

  /// `fresh`: on a new connection. The answer lands in `buffer`, which moves into the response. Throws Error{Invalid} for a request that
  /// cannot be sent; what the network does is in the result.
  Attempt run(const Request& request, const std::string& target, std::string& buffer, Meter& meter, const Patience& patience, bool fresh);

  const Route& route() const { return route_; }

 private:
  void transfer(const Request& request, const std::string& text, Attempt& out, std::string& buffer, const Patience& patience, bool fresh);
  /// The body, with a turn of its own when it is large and one of many.
  BodySize receive(Wire& wire, const Head& head, const Request& request, std::string& buffer, Response& response,
                   const Patience& patience) const;
  void report(const Request& request, const std::string& target, const Attempt& attempt, SteadyTime begin) const;

  Route route_;
  std::size_t body_cap_;
  const Clock& clock_;
  Pool pool_;
  std::shared_ptr<Gate> large_;  ///< of answers that are many at once, one large one at a time
};

/// Throws Error{Invalid} when `text`, called `what`, holds control characters: they would forge header lines.
void refuse_control_characters(std::string_view text, const std::string& what);

}  // namespace lockstep::http
