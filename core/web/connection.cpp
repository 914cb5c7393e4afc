#include "web/connection.h"

#include <Poco/Net/NetException.h>
#include <sys/socket.h>

#include "common/error.h"
#include "common/log.h"
#include "http/failure.h"

namespace lockstep::web {
namespace {

constexpr Millis kLinger{500};
constexpr std::size_t kLingerBytes = std::size_t{256} * 1024;

std::string address_of(const Poco::Net::StreamSocket& socket) {
  try {
    const Poco::Net::SocketAddress address = socket.peerAddress();
    return address.family() == Poco::Net::SocketAddress::UNIX_LOCAL ? std::string() : address.host().toString();
  } catch (const Poco::Exception&) {
    return {};
  }
}

}  // namespace

Server::Connection::Connection(const Poco::Net::StreamSocket& socket, SteadyTime now)
    : socket_(socket), wire_(socket), peer_(address_of(socket)), since_(now) {}

void Server::Connection::be(State state, const Clock& clock) {
  const std::lock_guard lock(mutex_);
  if (state_ == State::Over) throw http::Failure(http::Failure::Cause::Stopped, "the connection was given up");
  state_ = state;
  since_ = clock.steady();
}

bool Server::Connection::give_up() {
  const std::lock_guard lock(mutex_);
  if (state_ != State::Waiting) return false;
  state_ = State::Over;
  // Its thread waits for this socket, and wakes.
  ::shutdown(socket_.impl()->sockfd(), SHUT_RDWR);
  return true;
}

void Server::Connection::serve(Server& server, Poco::Net::Context::Ptr tls, std::stop_token stop) {
  try {
    if (tls) {
      const http::Patience patience(Deadline::after(server.bounds_.head, server.clock_), stop, server.clock_);
      wire_.accept(tls, patience);
      secure_ = true;
    }
    serve_requests(server, stop);
  } catch (const http::Failure&) {
    // The client is gone, too slow or was given up: nobody is there to be told.
  } catch (const std::exception& failure) {
    log::warning("a connection ended: " + std::string(failure.what()));
  }
  const std::lock_guard lock(mutex_);
  state_ = State::Over;
  if (!handed_over_) wire_.close();
}

void Server::Connection::serve_requests(Server& server, const std::stop_token& stop) {
  RequestReader reader(wire_, [&](const Request& head) { return server.application_.body_limit(head, server.bounds_); });
  try {
    while (serve_one(server, reader, stop)) {
    }
  } catch (const Refusal& refusal) {
    ++server.refused_;
    send(server, server.application_.refuse(refusal), false, true);
    linger(server.clock_);
  }
}

std::optional<Request> Server::Connection::read(Server& server, RequestReader& reader, const std::stop_token& stop) {
  const auto within = [&](Millis bound) { return Deadline::after(bound, server.clock_); };
  be(State::Waiting, server.clock_);
  try {
    const http::Patience until_first_byte(within(served_ == 0 ? server.bounds_.head : server.bounds_.idle), stop, server.clock_);
    if (!reader.await(until_first_byte)) return std::nullopt;
  } catch (const http::Failure&) {
    return std::nullopt;  // nothing was asked
  }
  try {
    const http::Patience for_head(within(server.bounds_.head), stop, server.clock_);
    std::optional<Request> request = reader.head(for_head);
    if (!request) return std::nullopt;
    request->peer = peer_;
    request->secure = secure_;
    const http::Patience for_body(within(server.bounds_.body), stop, server.clock_);
    reader.body(*request, for_body, [&] { wire_.send("HTTP/1.1 100 Continue\r\n\r\n", for_body); });
    return request;
  } catch (const http::Failure& failure) {
    if (failure.cause != http::Failure::Cause::TimeOver) throw;
    throw Refusal{408, "the request did not arrive in time"};
  }
}

bool Server::Connection::serve_one(Server& server, RequestReader& reader, const std::stop_token& stop) {
  const std::optional<Request> request = read(server, reader, stop);
  if (!request) return false;
  be(State::Working, server.clock_);
  Response response;
  try {
    response = server.application_.answer(*request);
  } catch (const std::exception& failure) {
    log::error("a request failed: " + request->method + " " + request->target.path + ": " + failure.what());
    response = server.application_.refuse({500, "the request could not be answered; the log says why"});
  }
  const bool last = reader.wants_close() || ++served_ >= server.bounds_.requests || stop.stop_requested();
  send(server, response, request->method == "HEAD", last);
  if (!response.events) return !last;
  server.hub_.adopt(wire_.socket(), response.events);
  handed_over_ = true;
  return false;
}

void Server::Connection::send(Server& server, const Response& response, bool head_only, bool last) {
  // A client that does not read its answer can be given up, but not one that is about to listen to events; the wish to stop cuts neither.
  if (!response.events) be(State::Waiting, server.clock_);
  const http::Patience patience(Deadline::after(server.bounds_.answer, server.clock_), {}, server.clock_);
  std::string bytes = head_text(response, last);
  if (!head_only && !response.events) bytes += response.body;
  wire_.send(bytes, patience);
}

void Server::Connection::linger(const Clock& clock) {
  ::shutdown(socket_.impl()->sockfd(), SHUT_WR);
  const http::Patience patience(Deadline::after(kLinger, clock), {}, clock);
  std::string sink(16 * 1024, '\0');
  for (std::size_t got = 0, total = 0; total < kLingerBytes; total += got) {
    got = wire_.receive(sink.data(), sink.size(), patience);
    if (got == 0) return;
  }
}

}  // namespace lockstep::web
