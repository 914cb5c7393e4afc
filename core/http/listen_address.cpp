#include "http/listen_address.h"

#include <sys/un.h>

#include <charconv>
#include <system_error>

#include "common/error.h"
#include "common/text.h"
#include "http/url.h"

namespace lockstep::http {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kInherited = "systemd";

Error no_address(std::string_view text) {
  return {ErrorKind::Invalid, in_quotes(text) + " is no address to listen on",
          "write HOST:PORT (127.0.0.1:8787), unix:/PATH, or systemd for a socket that systemd opens"};
}

std::uint16_t port_of(std::string_view digits, std::string_view whole) {
  std::uint16_t port = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size()) throw no_address(whole);
  return port;
}

ListenAddress unix_socket(std::string_view path, std::string_view whole) {
  if (!path.starts_with('/')) throw no_address(whole);
  if (path.size() >= sizeof(sockaddr_un::sun_path)) throw Error(ErrorKind::Invalid, "the path of a Unix socket has at most 107 bytes");
  return {ListenAddress::Kind::Unix, {}, 0, std::string(path)};
}

}  // namespace

std::string ListenAddress::text() const {
  if (kind == Kind::Unix) return std::string(kUnix) + path;
  if (kind == Kind::Inherited) return std::string(kInherited);
  const bool six = host.find(':') != std::string::npos;
  return (six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool ListenAddress::local() const { return kind != Kind::Tcp || is_loopback(host); }

ListenAddress parse_listen(std::string_view text) {
  if (text == kInherited) return {ListenAddress::Kind::Inherited};
  if (text.starts_with(kUnix)) return unix_socket(text.substr(kUnix.size()), text);
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) throw no_address(text);
  std::string host(text.substr(0, colon));
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    throw no_address(text);
  }
  if (host.empty()) throw no_address(text);
  return {ListenAddress::Kind::Tcp, host, port_of(text.substr(colon + 1), text)};
}

}  // namespace lockstep::http
