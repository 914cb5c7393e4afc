// Served: a server on a free port of this machine, and clients that send it byte for byte what the test says.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "web/listen.h"
#include "web/server.h"

namespace lockstep::web {

/// A client's socket. Reads give up after ten seconds.
class Client {
 public:
  explicit Client(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("no connection");
  }
  ~Client() { ::close(descriptor_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Client& send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return *this;
  }
  /// No more will be sent.
  Client& finish() {
    ::shutdown(descriptor_, SHUT_WR);
    return *this;
  }

  /// Everything until the server closes.
  std::string rest() {
    while (fill()) {
    }
    return std::exchange(waiting_, {});
  }
  /// Up to and with `end`; what there is when the server closes before.
  std::string until(std::string_view end) {
    std::size_t at = 0;
    while ((at = waiting_.find(end)) == std::string::npos) {
      if (!fill()) return std::exchange(waiting_, {});
    }
    std::string out = waiting_.substr(0, at + end.size());
    waiting_.erase(0, at + end.size());
    return out;
  }
  /// One answer with its body.
  std::string answer() {
    std::string head = until("\r\n\r\n");
    const std::size_t at = head.find("Content-Length: ");
    if (at == std::string::npos) return head;
    const std::size_t size = std::stoul(head.substr(at + 16));
    while (waiting_.size() < size && fill()) {
    }
    head += waiting_.substr(0, size);
    waiting_.erase(0, size);
    return head;
  }

 private:
  bool fill() {
    pollfd watched{descriptor_, POLLIN, 0};
    if (::poll(&watched, 1, 10'000) <= 0) throw std::runtime_error("the server says nothing");
    char piece[4096];
    const ssize_t got = ::recv(descriptor_, piece, sizeof piece, 0);
    if (got <= 0) return false;
    waiting_.append(piece, static_cast<std::size_t>(got));
    return true;
  }

  int descriptor_;
  std::string waiting_;
};

/// Answers with what the test says, and counts what reached it.
class Echo : public Application {
 public:
  std::function<Response(const Request&)> reply = [](const Request& request) {
    return text_response(200, request.method + " " + request.target.path + " " + request.body);
  };
  std::atomic<int> asked = 0;

  Response answer(const Request& request) override {
    ++asked;
    return reply(request);
  }
  Response refuse(const Refusal& refusal) override { return text_response(refusal.status, refusal.detail); }
};

class Served {
 public:
  explicit Served(ServerBounds bounds = {}, HubBounds hub_bounds = {}, Poco::Net::Context::Ptr tls = nullptr)
      : hub(hub_bounds, system_clock()), server(open_listener(http::parse_listen("127.0.0.1:0")), tls, echo, hub, bounds, system_clock()) {}
  Client client() const { return Client(server.port()); }
  /// The answer to one connection that sends this and nothing more.
  std::string ask(std::string_view bytes) const { return Client(server.port()).send(bytes).finish().rest(); }

  Echo echo;
  EventHub hub;
  Server server;
};

}  // namespace lockstep::web
