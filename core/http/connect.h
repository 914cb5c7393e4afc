// Connect: from a host name to a Wire. Every address of the name is tried, IPv6 and IPv4 alike, directly or through a proxy's tunnel.
#pragma once

#include <Poco/Net/Context.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/patience.h"
#include "http/proxy.h"
#include "http/url.h"
#include "http/wire.h"

namespace lockstep::http {

/// Addresses of a host name, as text, best first. Throws anything with a what() when there are none.
using Resolver = std::function<std::vector<std::string>(const std::string& host)>;
/// The system's own.
Resolver system_resolver();

struct Route {
  Url target;
  std::optional<Proxy> proxy;
  Poco::Net::Context::Ptr context;  ///< null for http://
  Resolver resolver;
  Millis connect_timeout{10'000};  ///< for all addresses together, tunnel and handshake included
  std::string user_agent;
};

/// Throws Failure{Unreachable, ConnectTimeout, Untrusted, Broken, TimeOver, Stopped}.
std::unique_ptr<Wire> connect(const Route& route, const Patience& patience);

}  // namespace lockstep::http
