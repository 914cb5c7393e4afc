// Session: what provider and streams share: the table, the key and the client.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/hash.h"
#include "http/client.h"
#include "rest/spec.h"
#include "sdk/call.h"

namespace lockstep::rest {

/// Any thread.
class Session {
 public:
  Session(RestSpec spec, http::ClientOptions client, std::string api_key);

  const RestSpec& spec() const { return spec_; }
  const http::Url& url() const { return client_.url(); }
  bool has_key() const { return spec_.auth.style == AuthStyle::None || !api_key_.empty(); }
  /// Of address, headers and key: lists of different scopes are not comparable. The key itself cannot be found from it.
  Hash128 scope(std::string_view what) const;
  /// A GET to be sent by send(); POST and PATCH are made of it. `from_root`: see http::Request.
  http::Request request(std::string target, std::span<const std::string> secret_paths, bool from_root = false) const;
  /// The answer of a success. Throws Error for everything else, and Error{Credentials} when there is no key.
  http::Response send(http::Request request, Call& call);
  /// As send(), but a 404 that is the API's own comes back as an answer.
  http::Response send_or_missing(http::Request request, Call& call);

 private:
  /// The headers of a request, and what belongs to the address.
  void authorize(http::Request& request) const;
  http::Response exchange(http::Request request, Call& call);

  RestSpec spec_;
  std::string api_key_;
  std::string basic_;  ///< Basic: what stands behind the word
  http::HttpClient client_;
};

}  // namespace lockstep::rest
