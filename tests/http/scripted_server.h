// ScriptedServer: a raw-socket server for tests that says byte for byte what a connection is answered, also what no decent server would
// say.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace lockstep::test {

inline std::string answer(int status, std::string_view body, std::string_view headers = {}) {
  std::string out = "HTTP/1.1 " + std::to_string(status) + " Text\r\n";
  out += headers;
  out += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  out += body;
  return out;
}

/// The server's end of one connection; blocking.
class Peer {
 public:
  Peer(int descriptor, SSL_CTX* context) : descriptor_(descriptor) {
    if (context == nullptr) return;
    ssl_ = SSL_new(context);
    SSL_set_fd(ssl_, descriptor_);
    if (SSL_accept(ssl_) != 1) failed_ = true;
  }
  ~Peer() {
    if (ssl_ != nullptr) SSL_free(ssl_);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// One request with its body; empty when the client has closed.
  std::string read_request() {
    for (;;) {
      const std::size_t end = waiting_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::size_t whole = end + 4 + content_length(waiting_.substr(0, end));
        if (waiting_.size() >= whole) {
          std::string request = waiting_.substr(0, whole);
          waiting_.erase(0, whole);
          return request;
        }
      }
      std::string block(piece_, '\0');
      const auto got = read(block.data(), block.size());
      if (got <= 0) return {};
      waiting_.append(block, 0, static_cast<std::size_t>(got));
      if (rest_.count() > 0) std::this_thread::sleep_for(rest_);
    }
  }

  /// As read_request(), in small pieces with a rest after each, as through a narrow line.
  std::string read_request_slowly(std::size_t piece, std::chrono::milliseconds rest) {
    const int narrow = 64 * 1024;
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &narrow, sizeof narrow);
    piece_ = piece;
    rest_ = rest;
    return read_request();
  }

  /// False when the client is gone.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = write(bytes);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Waits until the client closes.
  void wait_closed() {
    char block[256];
    while (read(block, sizeof block) > 0) {
    }
  }

  /// An orderly end: over TLS with close_notify.
  void close() {
    if (ssl_ != nullptr) SSL_shutdown(ssl_);
    cut();
  }
  /// An end of the TCP connection alone.
  void cut() { ::shutdown(descriptor_, SHUT_RDWR); }
  /// A reset: the client sees ECONNRESET.
  void reset() {
    const linger now{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    reset_ = true;
  }

  /// An end and then a reset: the client's next write raises SIGPIPE.
  void end_and_reset() {
    ::shutdown(descriptor_, SHUT_WR);
    reset();
  }

  bool failed() const { return failed_; }
  bool was_reset() const { return reset_; }
  int descriptor() const { return descriptor_; }

 private:
  static std::size_t content_length(std::string head) {
    std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const std::size_t at = head.find("content-length:");
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + 15));
  }
  long read(char* into, std::size_t size) {
    if (failed_) return 0;
    return ssl_ != nullptr ? SSL_read(ssl_, into, static_cast<int>(size)) : ::recv(descriptor_, into, size, 0);
  }
  long write(std::string_view bytes) {
    if (failed_) return 0;
    return ssl_ != nullptr ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                           : ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

  int descriptor_;
  SSL* ssl_ = nullptr;
  bool failed_ = false;
  bool reset_ = false;
  std::string waiting_;
  std::size_t piece_ = 4096;
  std::chrono::milliseconds rest_{0};
};

class ScriptedServer {
 public:
  using Script = std::function<void(Peer&)>;

  /// The first connection gets the first script, and so on; later ones get the last again.
  explicit ScriptedServer(std::vector<Script> scripts, SSL_CTX* context = nullptr, const char* address = "127.0.0.1")
      : scripts_(std::move(scripts)), context_(context), address_(address) {
    listen(address);
    acceptor_ = std::thread([this] { accept(); });
  }
  explicit ScriptedServer(Script script, SSL_CTX* context = nullptr) : ScriptedServer(std::vector<Script>{std::move(script)}, context) {}

  ~ScriptedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    ::close(listener_);
    {
      const std::lock_guard lock(mutex_);
      for (const int descriptor : open_) ::shutdown(descriptor, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  /// Each request on any connection is answered by `respond`, keep-alive.
  static Script serve(std::function<std::string(const std::string& request)> respond) {
    return [respond = std::move(respond)](Peer& peer) {
      for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request()) {
        if (!peer.send(respond(request))) return;
      }
    };
  }
  /// One request, then these bytes, then an orderly end.
  static Script once(std::string bytes) {
    return [bytes = std::move(bytes)](Peer& peer) {
      peer.read_request();
      peer.send(bytes);
      peer.close();
    };
  }

  int port() const { return port_; }
  std::string url() const { return (context_ != nullptr ? "https://" : "http://") + address_ + ":" + std::to_string(port_); }
  std::size_t connections() const {
    const std::lock_guard lock(mutex_);
    return accepted_;
  }

 private:
  void listen(const char* address) {
    sockaddr_in6 six{};
    sockaddr_in four{};
    const bool ipv6 = std::string_view(address).find(':') != std::string_view::npos;
    four.sin_family = AF_INET;
    six.sin6_family = AF_INET6;
    ::inet_pton(ipv6 ? AF_INET6 : AF_INET, address, ipv6 ? static_cast<void*>(&six.sin6_addr) : static_cast<void*>(&four.sin_addr));
    auto* bound = ipv6 ? reinterpret_cast<sockaddr*>(&six) : reinterpret_cast<sockaddr*>(&four);
    socklen_t size = ipv6 ? sizeof six : sizeof four;
    listener_ = ::socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
    if (listener_ < 0 || ::bind(listener_, bound, size) != 0 || ::listen(listener_, 64) != 0) throw std::runtime_error("cannot listen");
    ::getsockname(listener_, bound, &size);
    port_ = ntohs(ipv6 ? six.sin6_port : four.sin_port);
  }

  void accept() {
    for (;;) {
      const int descriptor = ::accept(listener_, nullptr, nullptr);
      if (descriptor < 0) return;
      const std::lock_guard lock(mutex_);
      const Script& script = scripts_[std::min(accepted_++, scripts_.size() - 1)];
      open_.push_back(descriptor);
      threads_.emplace_back([this, descriptor, script] { run(descriptor, script); });
    }
  }

  void run(int descriptor, const Script& script) {
    // A TLS write to a client that is gone would end the whole test; other threads keep the signal, since they are what is tested.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    bool reset = false;
    {
      Peer peer(descriptor, context_);
      script(peer);
      reset = peer.was_reset();
    }
    const std::lock_guard lock(mutex_);
    open_.erase(std::find(open_.begin(), open_.end(), descriptor));
    if (!reset) ::shutdown(descriptor, SHUT_RDWR);
    ::close(descriptor);
  }

  std::vector<Script> scripts_;
  SSL_CTX* context_;
  std::string address_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::size_t accepted_ = 0;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace lockstep::test
