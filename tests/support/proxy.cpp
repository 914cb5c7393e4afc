#include "support/proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace lockstep {
namespace {

constexpr int kLookMs = 20;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un out{};
  out.sun_family = AF_UNIX;
  if (path.size() >= sizeof out.sun_path) throw std::runtime_error("the path of a socket is too long: " + path);
  std::memcpy(out.sun_path, path.c_str(), path.size() + 1);
  return out;
}

int socket_at(const std::string& path, int (*use)(int, const sockaddr*, socklen_t)) {
  const int out = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(path);
  if (out < 0 || use(out, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("no socket at " + path);
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

Proxy::Proxy(std::string server)
    : server_(std::move(server)), socket_(folder() + server_.substr(server_.rfind('/'))), listener_(socket_at(socket_, ::bind)) {
  if (listen(listener_, 8) != 0) throw std::runtime_error("nobody can listen at " + socket_);
  thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

Proxy::~Proxy() {
  thread_ = {};
  relays_.clear();
  close(listener_);
}

void Proxy::cut(Cut side, std::string word, int nth, std::function<void()> deed) {
  const std::lock_guard guard(mutex_);
  side_ = side;
  word_ = std::move(word);
  nth_ = nth;
  deed_ = std::move(deed);
  met_ = 0;
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
  try {
    const int server = socket_at(server_, ::connect);
    pass_on(stop, program, server);
    close(server);
  } catch (const std::runtime_error&) {
    // The server is not there, and so nobody answers.
  }
  close(program);
}

std::optional<Proxy::Cut> Proxy::cuts(std::string_view message) {
  const std::lock_guard guard(mutex_);
  if (word_.empty() || message.find(word_) == std::string_view::npos) return std::nullopt;
  ++met_;
  return --nth_ == 0 ? std::optional(side_) : std::nullopt;
}

void Proxy::end(Cut side, int server, std::string_view message) {
  if (side != Cut::Before) send_all(server, message);
  pollfd answer{server, POLLIN, 0};
  if (side == Cut::After) poll(&answer, 1, 5000);
  std::unique_lock guard(mutex_);
  const std::function<void()> deed = deed_;
  guard.unlock();
  if (deed) deed();
}

void Proxy::pass_on(const std::stop_token& stop, int program, int server) {
  std::array<char, 65536> bytes{};
  bool asking = false;
  pollfd ends[] = {{program, POLLIN, 0}, {server, POLLIN, 0}};
  const auto message = [&](int from) { return recv(from, bytes.data(), bytes.size(), 0); };
  const auto travel = [&] {
    if (const std::chrono::microseconds time = one_way_; time.count() > 0) std::this_thread::sleep_for(time);
  };
  while (!stop.stop_requested()) {
    if (poll(ends, 2, kLookMs) <= 0) continue;
    if (ends[0].revents != 0) {
      const ssize_t size = message(program);
      if (size <= 0) return;
      const std::string_view said(bytes.data(), static_cast<std::size_t>(size));
      if (!asking) {
        ++round_trips_;
        travel();
      }
      asking = true;
      if (const std::optional<Cut> side = cuts(said)) return end(*side, server, said);
      if (!send_all(server, said)) return;
    }
    if (ends[1].revents != 0) {
      const ssize_t size = message(server);
      if (size <= 0) return;
      if (asking) travel();
      asking = false;
      if (!send_all(program, {bytes.data(), static_cast<std::size_t>(size)})) return;
    }
  }
}

}  // namespace lockstep
