// Url: the address of an API, checked once. A key must never travel in clear text, so http:// is for this machine only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace lockstep::http {

struct Url {
  std::string scheme;  ///< "https" or "http", lower case
  std::string host;    ///< name or address, lower case, without the brackets of IPv6
  std::uint16_t port = 0;
  std::string path;  ///< "" or "/v1": starts with a slash, ends without one

  bool secure() const { return scheme == "https"; }
  /// Value of a Host header: the port only where it is not the scheme's own.
  std::string authority() const;
  /// "https://api.vapi.ai": what a redirect must keep.
  std::string origin() const;
};

/// Reads the base address of an API. Throws Error{Invalid} for what is no absolute http(s) URL, for user names, queries and fragments in
/// it, and for http:// to another machine.
Url parse_base_url(std::string_view text);
/// "localhost" and the loopback addresses of both families.
bool is_loopback(std::string_view host);
/// Percent-encodes everything but the unreserved characters of RFC 3986, so that it fits into a path segment or a query.
std::string encode_component(std::string_view text);
/// `path` and the encoded parameters; the path alone when there are none.
std::string with_query(std::string_view path, std::span<const std::pair<std::string, std::string>> parameters);
/// A request target for people and logs: values of parameters that look like secrets are masked, registered secrets redacted.
std::string loggable_target(std::string_view target);

}  // namespace lockstep::http
