// RequestReader: the requests of one connection, one behind the other. Boost.Beast's parser reads them; what it lets pass and proxies read
// in another way than we would (no Host or two, a body with two lengths, folded lines) is refused here.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "http/patience.h"
#include "http/wire.h"
#include "web/request.h"

namespace lockstep::web {

class RequestReader {
 public:
  /// Bytes that the body of a request may have, by its head. May throw Refusal.
  using BodyLimit = std::function<std::size_t(const Request& head)>;

  /// `wire` is borrowed. `limit` may throw Refusal.
  RequestReader(http::Wire& wire, BodyLimit limit) : wire_(wire), limit_(std::move(limit)) {}

  /// Waits for the first byte of a next request; false when the client has closed the connection.
  bool await(const http::Patience& patience) { return !buffer_.empty() || receive(patience); }
  /// The head of the next request; nullopt when the client has closed the connection. Throws Refusal, after which nothing more can be read
  /// here, and http::Failure.
  std::optional<Request> head(const http::Patience& patience);
  /// The body of the request that head() gave, whole. `before_waiting` is called when the client waits to be told to send it.
  void body(Request& request, const http::Patience& patience, const std::function<void()>& before_waiting);
  /// The client wants the connection to end behind this request.
  bool wants_close() const { return close_; }

 private:
  struct Parser;

  bool receive(const http::Patience& patience);

  http::Wire& wire_;
  BodyLimit limit_;
  std::string buffer_;  ///< received, and not read yet
  std::shared_ptr<Parser> parser_;
  bool close_ = false;
};

}  // namespace lockstep::web
