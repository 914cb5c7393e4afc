#include "http/wire.h"

#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <limits>

#include "http/failure.h"

namespace lockstep::http {
namespace {

using Cause = Failure::Cause;
using Poco::Net::SecureStreamSocket;

/// Writing to a connection that the peer has closed raises SIGPIPE, and OpenSSL has no way to ask for an error instead. Holds the signal
/// back in this thread only and swallows the one that a write of ours raised.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    foreign_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoSigpipe() {
    const int saved = errno;
    const timespec at_once{0, 0};
    while (!foreign_ && sigtimedwait(&pipe_, nullptr, &at_once) < 0 && errno == EINTR) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = saved;
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool foreign_ = false;
};

/// What is handed to the socket at once.
constexpr std::size_t kPiece = std::size_t{256} * 1024;

int limited(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, 1U << 30U)); }

/// What a transfer on a non-blocking socket waits for: Poco answers -1 for "not readable or writable yet" and for TLS -1 or -2.
short awaited(int result, bool secure, short usual) {
  if (!secure) return usual;
  return result == SecureStreamSocket::ERR_SSL_WANT_WRITE ? POLLOUT : POLLIN;
}

}  // namespace

Wire::Wire(const Poco::Net::StreamSocket& socket) : socket_(socket) {}

void Wire::secure(const std::string& host, const Poco::Net::Context::Ptr& context, const Patience& patience) {
  const NoSigpipe held;
  try {
    SecureStreamSocket tls = SecureStreamSocket::attach(socket_, host, context);
    for (int state = tls.completeHandshake(); state != 1; state = tls.completeHandshake()) {
      patience.wait(tls.impl()->sockfd(), awaited(state, true, POLLIN));
    }
    tls.verifyPeerCertificate(host);
    socket_ = tls;
    secure_ = true;
  } catch (const Poco::Net::CertificateValidationException&) {
    throw Failure(Cause::Untrusted, "the TLS certificate is not one for " + host, "check base_url");
  } catch (const Poco::Net::SSLException& problem) {
    const bool untrusted = problem.message().find("certificate verify failed") != std::string::npos;
    if (untrusted)
      throw Failure(Cause::Untrusted, "the TLS certificate of " + host + " is not trusted", "name the authority's file with ca_file");
    throw Failure(Cause::Untrusted, "TLS with " + host + " failed: " + problem.message());
  } catch (const Poco::Exception& problem) {
    throw Failure(Cause::Broken, host + " closed the connection during the TLS handshake: " + problem.displayText());
  }
}

void Wire::accept(const Poco::Net::Context::Ptr& context, const Patience& patience) {
  const NoSigpipe held;
  try {
    SecureStreamSocket tls = SecureStreamSocket::attach(socket_, context);
    for (int state = tls.completeHandshake(); state != 1; state = tls.completeHandshake()) {
      patience.wait(tls.impl()->sockfd(), awaited(state, true, POLLIN));
    }
    socket_ = tls;
    secure_ = true;
  } catch (const Poco::Net::SSLException& problem) {
    throw Failure(Cause::Untrusted, "the TLS handshake failed: " + problem.message());
  } catch (const Poco::Exception& problem) {
    throw Failure(Cause::Broken, "the client closed the connection during the TLS handshake: " + problem.displayText());
  }
}

void Wire::close() {
  const NoSigpipe held;
  try {
    socket_.shutdown();
    socket_.close();
  } catch (const Poco::Exception&) {
    // It is gone already.
  }
}

/// As much as the socket takes now; what it answers when it takes nothing is for awaited().
int Wire::send_now(std::string_view bytes) {
  if (secure_) return socket_.sendBytes(bytes.data(), limited(bytes.size()));
  // Poco throws for a full buffer, as if the connection were broken.
  const ssize_t sent = ::send(socket_.impl()->sockfd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent >= 0) return static_cast<int>(sent);
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return -1;
  throw Failure(Cause::Broken, std::string("the connection broke while sending: ") + std::strerror(errno));
}

void Wire::send(std::string_view bytes, const Patience& patience) {
  const NoSigpipe held;
  try {
    // A request of usual size has the usual time.
    if (bytes.size() > kPiece) patience.grant(bytes.size());
    while (!bytes.empty()) {
      const int sent = send_now(bytes.substr(0, kPiece));
      if (sent > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else {
        patience.wait(socket_.impl()->sockfd(), awaited(sent, secure_, POLLOUT));
      }
    }
  } catch (const Poco::Exception& problem) {
    throw Failure(Cause::Broken, "the connection broke while sending: " + problem.displayText());
  }
}

std::size_t Wire::receive_now(char* into, std::size_t size, const Patience& patience) {
  try {
    for (;;) {
      const int got = socket_.receiveBytes(into, limited(size));
      if (got >= 0) return static_cast<std::size_t>(got);
      patience.wait(socket_.impl()->sockfd(), awaited(got, secure_, POLLIN));
    }
  } catch (const Poco::Exception& problem) {
    throw Failure(Cause::Broken, problem.displayText());
  }
}

std::size_t Wire::receive(char* into, std::size_t size, const Patience& patience) {
  if (begin_ == end_) return receive_now(into, size, patience);
  const std::size_t taken = std::min(size, end_ - begin_);
  std::memcpy(into, buffer_.data() + begin_, taken);
  begin_ += taken;
  return taken;
}

std::string Wire::line(std::size_t& budget, const Patience& patience) {
  std::string out;
  for (;;) {
    const std::string_view waiting(buffer_.data() + begin_, end_ - begin_);
    const std::size_t newline = waiting.find('\n');
    const std::size_t taken = newline == std::string_view::npos ? waiting.size() : newline + 1;
    if (taken > budget) throw Failure(Cause::Malformed, "the answer's head is too long");
    budget -= taken;
    out.append(waiting.substr(0, taken));
    begin_ += taken;
    if (newline != std::string_view::npos) break;
    begin_ = 0;
    end_ = 0;
    end_ = receive_now(buffer_.data(), buffer_.size(), patience);
    if (end_ == 0) throw Failure(Cause::Broken, "the connection was closed");
  }
  out.pop_back();
  if (!out.empty() && out.back() == '\r') out.pop_back();
  return out;
}

bool Wire::quiet() const {
  if (begin_ != end_) return false;
  pollfd watched{socket_.impl()->sockfd(), POLLIN, 0};
  return ::poll(&watched, 1, 0) == 0;
}

}  // namespace lockstep::http
