// Failure: what went wrong below the level of HTTP statuses. Internal to this floor; the client turns it into an Error once it knows
// whether the request may have taken effect.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace lockstep::http {

struct Failure : std::exception {
  enum class Cause {
    Unreachable,     ///< no connection: name unknown, refused, proxy said no
    ConnectTimeout,  ///< no connection within connect_timeout
    Untrusted,       ///< TLS handshake or certificate
    Broken,          ///< the connection ended before the whole answer's head had come
    Cut,             ///< the connection ended inside the body
    Malformed,       ///< not HTTP, or contradicting itself
    TooLarge,        ///< more bytes than the request allows
    TimeOver,        ///< the request's own deadline
    Stopped,         ///< a stop was requested
  };

  Failure(Cause what_kind, std::string what_text, std::string what_helps = {})
      : cause(what_kind), text(std::move(what_text)), hint(std::move(what_helps)) {}
  const char* what() const noexcept override { return text.c_str(); }

  Cause cause;
  std::string text;
  std::string hint;
};

}  // namespace lockstep::http
