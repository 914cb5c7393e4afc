// HttpClient: the one way out to a remote API. Keep-alive, TLS with host names, proxies, gzip, retries, rate limit, one deadline for it
// all.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "http/connect.h"
#include "http/message.h"
#include "http/proxy.h"
#include "http/retry.h"
#include "sdk/call.h"

namespace lockstep::http {

class Turns;

struct ClientOptions {
  std::string base_url;
  std::string user_agent;          ///< never empty: Cloudflare refuses requests without one
  Millis timeout{30'000};          ///< of one request with its retries and waits
  Millis connect_timeout{10'000};  ///< of one connection
  RetryPolicy retry;
  double rate = 0;                                ///< requests a second; 0: no limit
  double burst = 1;                               ///< so many may go at once after a rest
  std::shared_ptr<Turns> turns;                   ///< of the account; null: the client's own
  std::size_t concurrency = 8;                    ///< requests under way at once
  std::string ca_file;                            ///< PEM; empty: the system's authorities
  std::size_t body_cap = std::size_t{64} << 20U;  ///< of an answer, packed and unpacked
  const Clock* clock = nullptr;                   ///< null: the real one
  std::function<double()> random;                 ///< of [0,1), any thread; empty: the system's
  Environment environment;                        ///< for the proxy variables; empty: the process's
  Resolver resolver;                              ///< empty: the system's
};

/// Any thread.
class HttpClient {
 public:
  /// Throws Error{Invalid} for an address, a ca_file or a proxy variable that cannot be used. No network.
  explicit HttpClient(ClientOptions options);
  ~HttpClient();

  /// The answer, whatever its status, after retries and redirects (within the same origin, GET only).
  /// Throws Error: Unreachable (no answer, "Request timeout after 30 seconds"), Corrupt (cut or no HTTP), RateLimited (the wait is longer
  /// than the deadline), Interrupted, Invalid (a header that cannot be sent); each with its Effect.
  Response send(Request request, Call& call);

  const Url& url() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// `Rate limit exceeded, retry after 60 seconds`.
Error rate_limited(std::optional<Millis> retry_after);

}  // namespace lockstep::http
