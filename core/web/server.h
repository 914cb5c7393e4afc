// Server: HTTP/1.1 for few, well-known clients and whoever else comes. Threads, connections, heads, bodies and times are bounded: who is
// slow or says nothing costs one of the connections, and gives it up when another client comes and none is free.
//
// Poco's own HTTPServer (1.11) reads requests that proxies read otherwise, and waits for slow clients without end; only its sockets are used.
#pragma once

#include <Poco/Net/Context.h>
#include <Poco/Net/ServerSocket.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/time.h"
#include "web/event_hub.h"
#include "web/request.h"
#include "web/response.h"

namespace lockstep::web {

struct ServerBounds {
  std::size_t connections = 64;  ///< at once, each on a thread of its own
  Millis head{10'000};           ///< from a request's first byte to the end of its head, TLS handshake included
  Millis body{30'000};
  Millis answer{30'000};
  Millis idle{60'000};          ///< between two requests of a connection
  Millis grace{250};            ///< in which a connection that says nothing is not ended for another
  Millis room{2'000};           ///< for which one more waits for a place: then the answer is 503
  std::size_t requests = 1000;  ///< of one connection
  std::size_t body_bytes = std::size_t{1} << 20;
};

/// What the server serves. Any thread.
class Application {
 public:
  virtual ~Application() = default;
  /// What it throws is told as 500, without its text.
  virtual Response answer(const Request& request) = 0;
  /// Of a request that is none: the answer to this refusal.
  virtual Response refuse(const Refusal& refusal) = 0;
  /// Bytes that the body of this request may have. May throw Refusal.
  virtual std::size_t body_limit(const Request& /*head*/, const ServerBounds& bounds) { return bounds.body_bytes; }
};

class Server {
 public:
  /// Everything is borrowed. `listener` listens; `tls` null: plain.
  Server(const Poco::Net::ServerSocket& listener, Poco::Net::Context::Ptr tls, Application& application, EventHub& hub, ServerBounds bounds,
         const Clock& clock);
  /// As stop().
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// The port that clients connect to; 0 for a Unix socket.
  std::uint16_t port() const { return port_; }
  /// New handshakes use this one; the others go on with theirs.
  void replace_tls(Poco::Net::Context::Ptr tls);
  /// Takes no more connections, ends those that wait for a request, and comes back once those at work have their answers.
  void stop();

  struct Counts {
    std::uint64_t connections = 0, given_up = 0, refused = 0;
  };
  Counts counts() const;

 private:
  class Connection;

  void accept(const std::stop_token& stop);
  void serve(const std::stop_token& stop);
  /// Room for one more: where there is none, the connection that has kept us waiting longest, of the address that has most, is ended.
  bool make_room();
  /// Waits for it; false when there was none in time. Those that come meanwhile stand in the system's queue.
  bool wait_for_room(const std::stop_token& stop);
  /// All are at work.
  void turn_away(Poco::Net::StreamSocket& socket);

  Poco::Net::ServerSocket listener_;
  Application& application_;
  EventHub& hub_;
  const ServerBounds bounds_;
  const Clock& clock_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable_any arrived_;
  Poco::Net::Context::Ptr tls_;
  std::deque<std::shared_ptr<Connection>> waiting_;  ///< accepted, without a thread yet
  std::vector<std::shared_ptr<Connection>> open_;    ///< with those that wait
  std::atomic<std::uint64_t> connections_{0}, given_up_{0}, refused_{0};
  std::stop_source stop_;
  std::vector<std::jthread> threads_;
};

}  // namespace lockstep::web
