// Answer: reading one HTTP/1.1 response from a Wire. Own code, because Poco's session hands a body that was cut off to the caller as if it
// were whole; here the length or the last chunk decides, and what is short throws.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/patience.h"
#include "http/wire.h"

namespace lockstep::http {

class Headers {
 public:
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  /// Continues the value of the field that was added last; false when there is none.
  bool append_to_last(std::string_view text);
  /// The first value of that name in any case; empty when there is none.
  std::string_view get(std::string_view name) const;
  std::vector<std::string_view> all(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct Head {
  int status = 0;
  std::string reason;
  bool keep_alive = false;  ///< the server lets the connection carry another request
  Headers headers;
};

/// Skips interim answers (1xx). Throws Failure{Broken} when the connection ends first, Failure{Malformed} for what is no HTTP.
Head read_head(Wire& wire, const Patience& patience);

struct BodySize {
  std::size_t body = 0;      ///< bytes of the decoded body
  std::size_t received = 0;  ///< bytes of it on the wire
  bool reusable = false;     ///< its end is certain, so that the connection can go on
};

/// Reads the body into `buffer`, whose old memory is used, and appends kPagePadding zero bytes (buffer.size() = body + kPagePadding).
/// gzip is undone; `before_growth` is asked before its result takes memory, and in the end with the size of the body. Throws Failure{Cut}
/// when it is shorter than announced, Failure{TooLarge} when longer than `cap`, Failure{Malformed} when not decodable.
BodySize read_body(Wire& wire, const Head& head, std::size_t cap, std::string& buffer, const Patience& patience,
                   const std::function<void(std::size_t bytes)>& before_growth = {});

}  // namespace lockstep::http
