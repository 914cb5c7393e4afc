#include "proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace lockstep::conformance {
namespace {

constexpr int kLookMs = 20;

sockaddr_un address_in(const std::string& folder) {
  sockaddr_un out{};
  out.sun_family = AF_UNIX;
  const std::string path = folder + "/.s.PGSQL.5432";
  if (path.size() >= sizeof out.sun_path) throw std::runtime_error("the path of a socket is too long: " + path);
  std::memcpy(out.sun_path, path.c_str(), path.size() + 1);
  return out;
}

int socket_at(const std::string& folder, int (*use)(int, const sockaddr*, socklen_t)) {
  const int out = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_in(folder);
  if (out < 0 || use(out, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("no socket in " + folder);
  return out;
}

bool send_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (done <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

}  // namespace

Proxy::Proxy(std::string server) : server_(std::move(server)), listener_(socket_at(host(), ::bind)) {
  if (listen(listener_, 8) != 0) throw std::runtime_error("nobody can listen in " + host());
  thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

Proxy::~Proxy() {
  thread_ = {};
  relays_.clear();
  close(listener_);
}

void Proxy::cut(Cut side, std::string word) {
  const std::lock_guard guard(mutex_);
  side_ = side;
  word_ = std::move(word);
}

void Proxy::serve(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd ready{listener_, POLLIN, 0};
    if (poll(&ready, 1, kLookMs) <= 0) continue;
    const int program = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (program < 0) continue;
    const std::lock_guard guard(relays_mutex_);
    relays_.emplace_back([this, program](const std::stop_token& end) { relay(end, program); });
  }
}

void Proxy::relay(const std::stop_token& stop, int program) {
  const int server = socket_at(server_, ::connect);
  std::array<char, 65536> bytes{};
  bool asking = false;
  pollfd ends[] = {{program, POLLIN, 0}, {server, POLLIN, 0}};
  const auto message = [&](int from) { return recv(from, bytes.data(), bytes.size(), 0); };
  while (!stop.stop_requested()) {
    if (poll(ends, 2, kLookMs) <= 0) continue;
    if (ends[0].revents != 0) {
      const ssize_t size = message(program);
      if (size <= 0) break;
      const std::string_view said(bytes.data(), static_cast<std::size_t>(size));
      if (!asking) ++round_trips_;
      asking = true;
      std::unique_lock guard(mutex_);
      const bool cuts = !word_.empty() && said.find(word_) != std::string_view::npos;
      if (cuts) word_.clear();
      const Cut side = side_;
      guard.unlock();
      if (cuts && side == Cut::Before) break;
      if (!send_all(server, said)) break;
      if (cuts) {
        // The answer is there, and nobody gets it.
        poll(&ends[1], 1, 5000);
        break;
      }
    }
    if (ends[1].revents != 0) {
      const ssize_t size = message(server);
      if (size <= 0) break;
      asking = false;
      if (!send_all(program, {bytes.data(), static_cast<std::size_t>(size)})) break;
    }
  }
  close(server);
  close(program);
}

}  // namespace lockstep::conformance
