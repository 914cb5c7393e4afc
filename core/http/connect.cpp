#include "http/connect.h"

#include <Poco/Exception.h>
#include <Poco/Net/DNS.h>
#include <Poco/Net/HostEntry.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SocketAddress.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <thread>

#include "common/text.h"
#include "http/answer.h"
#include "http/failure.h"

namespace lockstep::http {
namespace {

using Cause = Failure::Cause;
using Poco::Net::IPAddress;
using Poco::Net::SocketAddress;
using Poco::Net::StreamSocket;

/// What a lookup under way shares with the thread that waits for it; whichever ends last frees it.
struct Lookup {
  Lookup() : done(::eventfd(0, EFD_CLOEXEC)) {}
  ~Lookup() {
    if (done >= 0) ::close(done);
  }
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

  int done;
  std::vector<std::string> addresses;
  std::string problem;
};

/// The system's resolver knows neither deadline nor stop, so it works in a thread that may be left behind.
std::vector<std::string> look_up(const std::string& host, const Resolver& resolver, const Patience& patience, Deadline limit) {
  const auto lookup = std::make_shared<Lookup>();
  std::thread([lookup, resolver, host] {
    try {
      lookup->addresses = resolver(host);
    } catch (const std::exception& problem) {
      lookup->problem = problem.what();
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(lookup->done, &one, sizeof one);
  }).detach();
  if (!patience.wait(lookup->done, POLLIN, limit)) throw Failure(Cause::ConnectTimeout, "looking up " + host + " took too long");
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(lookup->done, &count, sizeof count);
  if (lookup->addresses.empty()) {
    throw Failure(Cause::Unreachable, "Could not resolve host " + host + (lookup->problem.empty() ? "" : ": " + lookup->problem),
                  "check base_url and the network");
  }
  return lookup->addresses;
}

std::vector<std::string> addresses_of(const std::string& host, const Resolver& resolver, const Patience& patience, Deadline limit) {
  IPAddress literal;
  if (IPAddress::tryParse(host, literal)) return {host};
  return look_up(host, resolver, patience, limit);
}

/// nullopt and a reason when this address does not answer.
std::optional<StreamSocket> dial(const SocketAddress& address, const Patience& patience, Deadline limit, std::string& reason) {
  try {
    StreamSocket socket;
    socket.connectNB(address);
    if (!patience.wait(socket.impl()->sockfd(), POLLOUT, limit)) {
      reason = "timed out";
      return std::nullopt;
    }
    if (const int problem = socket.impl()->socketError(); problem != 0) {
      reason = std::strerror(problem);
      return std::nullopt;
    }
    socket.setNoDelay(true);
    return socket;
  } catch (const Poco::Exception& problem) {
    reason = problem.displayText();
    return std::nullopt;
  }
}

StreamSocket dial_any(const std::string& host, std::uint16_t port, const Route& route, const Patience& patience, Deadline limit) {
  const std::vector<std::string> addresses = addresses_of(host, route.resolver, patience, limit);
  std::vector<std::string> reasons;
  bool timed_out = false;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    // A silent address may not use up what the next ones need.
    const Millis share = limit.left(patience.clock()) / static_cast<int>(addresses.size() - i);
    std::string reason;
    if (auto socket = dial(SocketAddress(IPAddress(addresses[i]), port), patience, Deadline::after(share, patience.clock()), reason))
      return *socket;
    timed_out = timed_out || reason == "timed out";
    reasons.push_back(addresses[i] + ": " + reason);
  }
  throw Failure(timed_out ? Cause::ConnectTimeout : Cause::Unreachable,
                "Could not connect to " + host + ":" + std::to_string(port) + " (" + join(reasons, ", ") + ")",
                "check base_url and the network");
}

void open_tunnel(Wire& wire, const Route& route, const Patience& patience) {
  const std::string target = (route.target.host.find(':') == std::string::npos ? route.target.host : "[" + route.target.host + "]") + ":" +
                             std::to_string(route.target.port);
  std::string request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\nUser-Agent: " + route.user_agent + "\r\n";
  if (!route.proxy->authorization.empty()) request += "Proxy-Authorization: " + route.proxy->authorization + "\r\n";
  wire.send(request + "\r\n", patience);
  const Head head = read_head(wire, patience);
  if (head.status / 100 == 2) return;
  const std::string proxy = "proxy " + route.proxy->host + ":" + std::to_string(route.proxy->port);
  throw Failure(Cause::Unreachable, proxy + " refused to connect to " + target + " (" + std::to_string(head.status) + ")",
                head.status == 407 ? "give the proxy's user and password in HTTPS_PROXY" : "check HTTPS_PROXY and NO_PROXY");
}

std::unique_ptr<Wire> establish(const Route& route, const Patience& patience, Deadline limit) {
  const bool direct = !route.proxy.has_value();
  const std::string& host = direct ? route.target.host : route.proxy->host;
  auto wire = std::make_unique<Wire>(dial_any(host, direct ? route.target.port : route.proxy->port, route, patience, limit));
  if (!direct) open_tunnel(*wire, route, patience);
  if (!route.context.isNull()) wire->secure(route.target.host, route.context, patience);
  return wire;
}

}  // namespace

Resolver system_resolver() {
  return [](const std::string& host) {
    std::vector<std::string> out;
    try {
      const Poco::Net::HostEntry entry = Poco::Net::DNS::hostByName(host);
      for (const IPAddress& address : entry.addresses()) out.push_back(address.toString());
    } catch (const Poco::Exception& problem) {
      throw std::runtime_error(problem.displayText());
    }
    return out;
  };
}

std::unique_ptr<Wire> connect(const Route& route, const Patience& patience) {
  const Deadline limit = Deadline::after(route.connect_timeout, patience.clock());
  const Patience connecting(limit.sooner(patience.deadline()), patience.stop(), patience.clock());
  try {
    return establish(route, connecting, limit);
  } catch (const Failure& failure) {
    // Which of the two limits it was decides what the person may raise.
    if (failure.cause != Cause::TimeOver || patience.deadline().over(patience.clock())) throw;
    throw Failure(Cause::ConnectTimeout, "connecting to " + route.target.host + " took too long");
  }
}

}  // namespace lockstep::http
