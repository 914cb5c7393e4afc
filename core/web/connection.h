// Connection: one client of the server, from its first byte to its last.
#pragma once

#include <Poco/Net/StreamSocket.h>

#include <atomic>
#include <string>

#include "http/wire.h"
#include "web/request_reader.h"
#include "web/server.h"

namespace lockstep::web {

class Server::Connection {
 public:
  /// What it is at: only one that waits for the client can be given up.
  enum class State { Waiting, Working, Over };

  Connection(const Poco::Net::StreamSocket& socket, SteadyTime now);

  /// Its requests, one behind the other, on this thread. Throws nothing.
  void serve(Server& server, Poco::Net::Context::Ptr tls, std::stop_token stop);
  /// Ends it from another thread, unless its request is at work: false then.
  bool give_up();

  const std::string& peer() const { return peer_; }
  State state() const { return state_; }
  SteadyTime waits_since() const { return since_; }

 private:
  void serve_requests(Server& server, const std::stop_token& stop);
  /// False when the connection ends behind it.
  bool serve_one(Server& server, RequestReader& reader, const std::stop_token& stop);
  /// nullopt when nothing more is asked. Throws Refusal.
  std::optional<Request> read(Server& server, RequestReader& reader, const std::stop_token& stop);
  /// `last`: the connection ends behind it.
  void send(Server& server, const Response& response, bool head_only, bool last);
  void be(State state, const Clock& clock);
  /// What the client still sends is thrown away for a moment, so that it can read the answer before the connection is reset.
  void linger(const Clock& clock);

  Poco::Net::StreamSocket socket_;
  http::Wire wire_;
  std::string peer_;
  bool secure_ = false;
  bool handed_over_ = false;  ///< the hub has the socket
  std::size_t served_ = 0;
  std::mutex mutex_;
  std::atomic<State> state_{State::Waiting};
  std::atomic<SteadyTime> since_;
};

}  // namespace lockstep::web
