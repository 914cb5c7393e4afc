// Request: what a client sent, as plain values; the rest of the sandbox knows nothing of sockets.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep::sandbox {

struct Request {
  std::string method;
  std::string path;                                             ///< decoded, without the query
  std::string query;                                            ///< as sent, without "?"
  std::vector<std::pair<std::string, std::string>> parameters;  ///< the query, decoded
  std::map<std::string, std::string> headers;                   ///< names in lower case
  std::string body;

  /// Value of a header (name in lower case), or "".
  std::string_view header(std::string_view name) const {
    const auto found = headers.find(std::string(name));
    return found == headers.end() ? std::string_view{} : std::string_view(found->second);
  }
};

}  // namespace lockstep::sandbox
