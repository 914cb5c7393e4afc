#include "rest/session.h"

#include <Poco/Crypto/DigestEngine.h>

#include "common/error.h"
#include "common/log.h"
#include "rest/errors.h"
#include "rest/mask.h"

namespace lockstep::rest {
namespace {

/// One-way, for the result is stored: the fast hash alone could be turned back.
std::string digest(const std::string& text) {
  Poco::Crypto::DigestEngine engine("SHA256");
  engine.update(text);
  return Poco::DigestEngine::digestToHex(engine.digest());
}

}  // namespace

Session::Session(RestSpec spec, http::ClientOptions client, std::string api_key)
    : spec_(std::move(spec)), api_key_(std::move(api_key)), client_(std::move(client)) {
  register_secret(api_key_);
}

Hash128 Session::scope(std::string_view what) const {
  const http::Url& url = client_.url();
  return Hasher().text(url.origin()).text(url.path).text(what).text(digest(api_key_)).digest();
}

http::Request Session::request(std::string target, std::span<const std::string> secret_paths) const {
  http::Request request;
  request.target = std::move(target);
  request.headers = spec_.headers;
  switch (spec_.auth.style) {
    case AuthStyle::None: break;
    case AuthStyle::Bearer: request.headers.emplace_back("Authorization", "Bearer " + api_key_); break;
    case AuthStyle::Header: request.headers.emplace_back(spec_.auth.name, api_key_); break;
    case AuthStyle::Query: {
      const std::pair<std::string, std::string> key{spec_.auth.name, api_key_};
      request.target = http::with_query(request.target, {&key, 1});
      break;
    }
  }
  request.mask = [secret_paths](std::string_view body) { return masked_body(body, secret_paths); };
  request.final_answer = [this](int status, std::string_view body) { return is_final(status, body, spec_.errors); };
  return request;
}

http::Response Session::exchange(http::Request request, Call& call) {
  if (!has_key()) throw Error(ErrorKind::Credentials, spec_.label + " API key not configured", "set " + spec_.auth.variable);
  return client_.send(std::move(request), call);
}

http::Response Session::send(http::Request request, Call& call) {
  http::Response response = exchange(std::move(request), call);
  if (response.status < 200 || response.status > 299) throw error_of(response, spec_);
  return response;
}

http::Response Session::send_or_missing(http::Request request, Call& call) {
  http::Response response = exchange(std::move(request), call);
  if (response.status == 404 && speaks_for_itself(response.body())) return response;
  if (response.status < 200 || response.status > 299) throw error_of(response, spec_);
  return response;
}

}  // namespace lockstep::rest
