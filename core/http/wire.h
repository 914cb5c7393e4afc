// Wire: one connected socket, plain or TLS, with a small read buffer. Never blocks outside Patience.
#pragma once

#include <Poco/Net/Context.h>
#include <Poco/Net/StreamSocket.h>

#include <array>
#include <string>
#include <string_view>

#include "common/time.h"
#include "http/patience.h"

namespace lockstep::http {

class Wire {
 public:
  /// `socket`: connected and non-blocking.
  explicit Wire(const Poco::Net::StreamSocket& socket);
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// TLS from here on; the certificate must be valid for `host`. Throws Failure{Untrusted}.
  void secure(const std::string& host, const Poco::Net::Context::Ptr& context, const Patience& patience);
  /// TLS from here on, as the server of it. Throws Failure{Untrusted, Broken}.
  void accept(const Poco::Net::Context::Ptr& context, const Patience& patience);
  /// All of it. Throws Failure{Broken}.
  void send(std::string_view bytes, const Patience& patience);
  /// At least one byte, or 0 at an orderly end (over TLS: only after close_notify). Large reads go straight into the caller's memory.
  /// Throws Failure{Broken}.
  std::size_t receive(char* into, std::size_t size, const Patience& patience);
  /// One line without its line end, at most `budget` bytes, which is lowered by what was read. Throws Failure{Malformed} when it is longer,
  /// Failure{Broken} when the connection ends in it.
  std::string line(std::size_t& budget, const Patience& patience);
  /// True when neither bytes nor an end of the connection wait to be read: it can carry another request.
  bool quiet() const;
  /// For whoever goes on with the connection: nothing is read here any more.
  const Poco::Net::StreamSocket& socket() const { return socket_; }
  /// Ends it, over TLS with a word to the peer as far as that can be sent at once.
  void close();

  bool used = false;      ///< carried a request before
  SteadyTime idle_since;  ///< when it was put aside

 private:
  int send_now(std::string_view bytes);
  std::size_t receive_now(char* into, std::size_t size, const Patience& patience);

  Poco::Net::StreamSocket socket_;
  bool secure_ = false;
  std::array<char, 16 * 1024> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace lockstep::http
