#include "web/server.h"

#include <Poco/Exception.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "common/log.h"
#include "http/failure.h"
#include "http/patience.h"
#include "web/connection.h"

namespace lockstep::web {
namespace {

constexpr Millis kLook{5};
constexpr std::string_view kBusy = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n";

}  // namespace

Server::Server(const Poco::Net::ServerSocket& listener, Poco::Net::Context::Ptr tls, Application& application, EventHub& hub,
               ServerBounds bounds, const Clock& clock)
    : listener_(listener), application_(application), hub_(hub), bounds_(bounds), clock_(clock), tls_(std::move(tls)) {
  const Poco::Net::SocketAddress address = listener_.address();
  if (address.family() != Poco::Net::SocketAddress::UNIX_LOCAL) port_ = address.port();
  listener_.setBlocking(false);
  for (std::size_t i = 0; i < bounds_.connections; ++i) threads_.emplace_back([this] { serve(stop_.get_token()); });
  threads_.emplace_back([this] { accept(stop_.get_token()); });
}

Server::~Server() { stop(); }

void Server::replace_tls(Poco::Net::Context::Ptr tls) {
  const std::lock_guard lock(mutex_);
  tls_ = std::move(tls);
}

Server::Counts Server::counts() const { return {connections_, given_up_, refused_}; }

void Server::accept(const std::stop_token& stop) {
  const http::Patience patience({}, stop, clock_);
  while (!stop.stop_requested()) {
    try {
      patience.wait(listener_.impl()->sockfd(), POLLIN);
      Poco::Net::StreamSocket socket = listener_.acceptConnection();
      socket.setBlocking(false);
      if (socket.peerAddress().family() != Poco::Net::SocketAddress::UNIX_LOCAL) socket.setNoDelay(true);
      ++connections_;
      if (!wait_for_room(stop)) {
        turn_away(socket);
        continue;
      }
      const std::lock_guard lock(mutex_);
      auto connection = std::make_shared<Connection>(socket, clock_.steady());
      open_.push_back(connection);
      waiting_.push_back(std::move(connection));
      arrived_.notify_one();
    } catch (const http::Failure&) {
      return;
    } catch (const Poco::Exception& failure) {
      // The client is gone already, or there are too many files open: then it waits for some to be closed.
      log::debug("a connection could not be accepted: " + failure.displayText());
      clock_.sleep(Millis(20), stop);
    }
  }
}

bool Server::wait_for_room(const std::stop_token& stop) {
  const Deadline end = Deadline::after(bounds_.room, clock_);
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (make_room()) return true;
    }
    if (end.over(clock_) || stop.stop_requested()) return false;
    clock_.sleep(kLook, stop);
  }
}

void Server::turn_away(Poco::Net::StreamSocket& socket) {
  ++refused_;
  {
    const std::lock_guard lock(mutex_);
    // A handshake would take as long as an answer.
    if (tls_) return;
  }
  std::array<char, 4096> asked;
  ::recv(socket.impl()->sockfd(), asked.data(), asked.size(), MSG_DONTWAIT);
  ::send(socket.impl()->sockfd(), kBusy.data(), kBusy.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool Server::make_room() {
  std::erase_if(open_, [](const auto& connection) { return connection->state() == Connection::State::Over; });
  if (open_.size() < bounds_.connections) return true;
  std::map<std::string, std::size_t> of_peer;
  for (const auto& connection : open_) ++of_peer[connection->peer()];
  std::vector<std::shared_ptr<Connection>> slow;
  for (const auto& connection : open_) {
    const bool waits = connection->state() == Connection::State::Waiting;
    if (waits && clock_.steady() - connection->waits_since() >= bounds_.grace) slow.push_back(connection);
  }
  std::stable_sort(slow.begin(), slow.end(), [&](const auto& a, const auto& b) {
    const std::size_t of_a = of_peer[a->peer()], of_b = of_peer[b->peer()];
    return of_a != of_b ? of_a > of_b : a->waits_since() < b->waits_since();
  });
  for (const auto& connection : slow) {
    if (!connection->give_up()) continue;
    ++given_up_;
    std::erase(open_, connection);
    std::erase(waiting_, connection);
    return true;
  }
  return false;
}

void Server::serve(const std::stop_token& stop) {
  for (;;) {
    std::shared_ptr<Connection> connection;
    Poco::Net::Context::Ptr tls;
    {
      std::unique_lock lock(mutex_);
      if (!arrived_.wait(lock, stop, [this] { return !waiting_.empty(); })) return;
      connection = std::move(waiting_.front());
      waiting_.pop_front();
      tls = tls_;
    }
    connection->serve(*this, tls, stop);
  }
}

void Server::stop() {
  if (stop_.stop_requested()) return;
  stop_.request_stop();
  arrived_.notify_all();
  for (std::jthread& thread : threads_) thread.join();
  threads_.clear();
  listener_.close();
}

}  // namespace lockstep::web
