#include "http/proxy.h"

#include <Poco/Base64Encoder.h>
#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/URI.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"

namespace lockstep::http {
namespace {

using Poco::Net::IPAddress;

struct Setting {
  std::string variable;
  std::string value;
};

/// The first of `names` that is set, in lower case before upper case.
Setting first_set(const Environment& environment, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    for (const std::string& spelling : {to_lower(name), std::string(name)}) {
      std::string value(trim(environment(spelling)));
      if (!value.empty()) return {spelling, std::move(value)};
    }
  }
  return {};
}

std::string basic_authorization(const std::string& user_info) {
  std::string decoded;
  Poco::URI::decode(user_info, decoded);
  const std::size_t colon = decoded.find(':');
  if (colon != std::string::npos) register_secret(decoded.substr(colon + 1));
  std::ostringstream encoded;
  Poco::Base64Encoder encoder(encoded);
  encoder.rdbuf()->setLineLength(0);
  encoder << (colon == std::string::npos ? decoded + ":" : decoded);
  encoder.close();
  register_secret(encoded.str());
  return "Basic " + encoded.str();
}

Proxy parse_proxy(const Setting& setting) {
  const auto refuse = [&](const char* why) -> Error {
    return Error(ErrorKind::Invalid, "environment variable " + setting.variable + " " + why, "write it as http://host:port");
  };
  const bool has_scheme = setting.value.find("://") != std::string::npos;
  Poco::URI uri;
  try {
    uri = Poco::URI(has_scheme ? setting.value : "http://" + setting.value);
  } catch (const Poco::Exception&) {
    throw refuse("holds no proxy address");
  }
  if (uri.getScheme() != "http") throw refuse("names a kind of proxy that is not supported");
  if (uri.getHost().empty() || uri.getPort() == 0) throw refuse("names no host");
  Proxy proxy{to_lower(uri.getHost()), uri.getPort(), {}};
  if (!uri.getUserInfo().empty()) proxy.authorization = basic_authorization(uri.getUserInfo());
  return proxy;
}

bool in_network(std::string_view network, const IPAddress& address) {
  const std::size_t slash = network.find('/');
  IPAddress base;
  if (slash == std::string_view::npos || !IPAddress::tryParse(std::string(network.substr(0, slash)), base)) return false;
  const std::string length(network.substr(slash + 1));
  const bool digits =
      !length.empty() && length.size() <= 3 && std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || base.family() != address.family()) return false;
  const unsigned long prefix = std::stoul(length);
  if (prefix > base.length() * 8UL) return false;
  const IPAddress mask(static_cast<unsigned>(prefix), base.family());
  return (address & mask) == (base & mask);
}

/// "host:8080" → host and port; an IPv6 address has more colons and no port unless it is in brackets.
std::pair<std::string_view, std::string_view> split_port(std::string_view entry) {
  if (entry.starts_with('[')) {
    const std::size_t end = entry.find(']');
    if (end == std::string_view::npos) return {entry, {}};
    const std::string_view rest = entry.substr(end + 1);
    return {entry.substr(1, end - 1), rest.starts_with(':') ? rest.substr(1) : std::string_view()};
  }
  const std::size_t colon = entry.find(':');
  if (colon == std::string_view::npos || entry.find(':', colon + 1) != std::string_view::npos) return {entry, {}};
  return {entry.substr(0, colon), entry.substr(colon + 1)};
}

bool names_host(std::string_view entry, const std::string& host, std::uint16_t port) {
  if (entry == "*") return true;
  const auto [name, wanted_port] = split_port(entry);
  if (!wanted_port.empty() && wanted_port != std::to_string(port)) return false;
  IPAddress address;
  if (IPAddress::tryParse(host, address)) {
    IPAddress listed;
    if (IPAddress::tryParse(std::string(name), listed)) return listed == address;
    return in_network(name, address);
  }
  std::string domain = to_lower(name);
  if (domain.starts_with("*.")) domain.erase(0, 1);
  if (domain.starts_with('.')) domain.erase(0, 1);
  if (domain.empty()) return false;
  return host == domain || (host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.');
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return std::string(value == nullptr ? "" : value);
  };
}

bool listed_in_no_proxy(std::string_view list, std::string_view host, std::uint16_t port) {
  const std::string wanted = to_lower(host);
  for (const std::string& part : split(list, ',')) {
    const std::string_view entry = trim(part);
    if (!entry.empty() && names_host(entry, wanted, port)) return true;
  }
  return false;
}

std::optional<Proxy> proxy_for(const Url& url, const Environment& environment) {
  if (is_loopback(url.host)) return std::nullopt;
  if (listed_in_no_proxy(first_set(environment, {"NO_PROXY"}).value, url.host, url.port)) return std::nullopt;
  const Setting setting = first_set(environment, {url.secure() ? "HTTPS_PROXY" : "HTTP_PROXY", "ALL_PROXY"});
  if (setting.value.empty()) return std::nullopt;
  return parse_proxy(setting);
}

}  // namespace lockstep::http
