// Gateway: an HTTP server on 127.0.0.1 that hands every GET to the real service and every answer back, altered where a check wants it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace lockstep::conformance {

/// What the gateway is about to answer.
struct GatewayAnswer {
  enum class Delivery {
    Whole,
    CutLength,   ///< Content-Length of the whole body, half of it, then the end of the connection
    CutChunked,  ///< chunked, half of the body, no last chunk
    Reset,       ///< the connection ends without an answer
    Hang,        ///< nothing, until the alteration is taken away
  };
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  ///< besides those of the transfer
  std::string body;
  Delivery delivery = Delivery::Whole;
};

/// What the provider asked for.
struct GatewayRequest {
  std::size_t number = 0;  ///< from 1, since the alteration was set
  std::string target;
  std::string head;  ///< request line and headers as they came, the key among them
};

/// Thread-safe.
class Gateway {
 public:
  using Alter = std::function<void(const GatewayRequest&, GatewayAnswer&)>;

  /// `base_url` and `ca_file` as the provider would be given them. Throws Error when they cannot be used.
  Gateway(const std::string& base_url, const std::string& ca_file);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  /// What the provider is given as `base_url`.
  std::string url() const;
  /// From now on; an empty one lets everything through. Ends the answers that hang, and counts requests anew.
  void alter(Alter alter);
  /// The same, but the service is not asked: `answer` begins as 200 without a body.
  void replace(Alter alter);
  std::size_t requests() const;
  /// Waits until so many requests have come; false after 20 seconds.
  bool wait_for_requests(std::size_t count) const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace lockstep::conformance
