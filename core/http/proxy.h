// Proxy: which one the environment asks for. The variables and their rules are curl's: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY, upper
// or lower case (lower wins). This machine itself is never reached through a proxy.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/url.h"

namespace lockstep::http {

struct Proxy {
  std::string host;
  std::uint16_t port = 0;
  std::string authorization;  ///< value of a Proxy-Authorization header; empty: none
};

/// Value of an environment variable; empty when it is not set.
using Environment = std::function<std::string(const std::string& name)>;
/// The process's own.
Environment process_environment();

/// The proxy on the way to `url`, or nullopt. Throws Error{Invalid} naming the variable when it holds no usable http:// address.
/// The password in it is registered as a secret.
std::optional<Proxy> proxy_for(const Url& url, const Environment& environment);
/// True when `list` (NO_PROXY: names, domains with or without a leading dot, addresses, networks as 10.0.0.0/8, each perhaps with a port,
/// or *) names the host.
bool listed_in_no_proxy(std::string_view list, std::string_view host, std::uint16_t port);

}  // namespace lockstep::http
