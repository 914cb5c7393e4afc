// Request: what a client asked of the server, checked once: nothing in it can be read in two ways.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/answer.h"

namespace lockstep::web {

/// A request that is none, or may not be: its HTTP status, and why, for whoever wrote the client.
struct Refusal {
  int status = 400;
  std::string detail;
};

/// Of the target of a request: "/api/v1/runs?limit=5".
struct Target {
  std::string path;                                        ///< as it was sent, without the query
  std::vector<std::string> segments;                       ///< {"api", "v1", "runs"}, each percent-decoded: one may hold a slash
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in their order
};

/// Throws Refusal for what does not begin with a slash, for "." and ".." as segments, empty segments in the middle, bad percent codes, and
/// control characters and ill-formed UTF-8 once decoded.
Target parse_target(std::string_view target);

struct Request {
  std::string method;
  Target target;
  http::Headers headers;
  std::string host;  ///< of its one Host header, in lower case
  std::string body;
  std::string peer;     ///< address of the other end, without its port; empty over a Unix socket
  bool secure = false;  ///< came over TLS

  /// The value of a parameter; nullopt when it is not given.
  std::optional<std::string_view> parameter(std::string_view name) const;
};

}  // namespace lockstep::web
