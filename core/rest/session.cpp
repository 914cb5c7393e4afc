#include "rest/session.h"

#include <Poco/Base64Encoder.h>
#include <Poco/Crypto/DigestEngine.h>

#include <algorithm>
#include <sstream>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "http/limiter.h"
#include "rest/errors.h"
#include "rest/fragments.h"
#include "rest/link.h"
#include "rest/mask.h"

namespace lockstep::rest {
namespace {

/// One-way, for the result is stored: the fast hash alone could be turned back.
std::string digest(const std::string& text) {
  Poco::Crypto::DigestEngine engine("SHA256");
  engine.update(text);
  return Poco::DigestEngine::digestToHex(engine.digest());
}

std::string base64(const std::string& text) {
  std::ostringstream out;
  Poco::Base64Encoder encoder(out);
  encoder.rdbuf()->setLineLength(0);
  encoder << text;
  encoder.close();
  return out.str();
}

/// "USER:KEY". Without a user the key is both, or a user without password.
std::string basic_pair(const AuthSpec& auth, const std::string& key) {
  if (!auth.user.empty()) return auth.user + ":" + key;
  return key.find(':') == std::string::npos ? key + ":" : key;
}

bool sounds_secret(std::string_view header) {
  const std::string name = to_lower(header);
  const auto holds = [&](std::string_view word) { return name.find(word) != std::string::npos; };
  return holds("key") || holds("token") || holds("secret") || holds("auth") || holds("password");
}

/// Whoever has the same address and key is the same account, and takes turns with it. Another clock's times could not be compared.
http::ClientOptions of_account(http::ClientOptions client, const RestSpec& spec, const std::string& api_key) {
  if (client.clock != nullptr || client.turns) return client;
  Hasher account;
  account.text(spec.label).text(client.base_url).text(api_key);
  client.turns = http::turns_of(account.digest());
  return client;
}

/// Longer ones are pages; what fits for a refusal is far shorter.
constexpr std::size_t kLongestRefusal = 64 * 1024;

}  // namespace

Session::Session(RestSpec spec, http::ClientOptions client, std::string api_key)
    : spec_(std::move(spec)), api_key_(std::move(api_key)), client_(of_account(std::move(client), spec_, api_key_)) {
  register_secret(api_key_);
  if (spec_.auth.style == AuthStyle::Basic && !api_key_.empty()) {
    basic_ = base64(basic_pair(spec_.auth, api_key_));
    register_secret(basic_);
    if (const std::size_t colon = api_key_.find(':'); colon != std::string::npos) register_secret(api_key_.substr(colon + 1));
  }
  std::erase_if(spec_.headers, [](const auto& header) { return trim(header.second).empty(); });
  for (const auto& [name, value] : spec_.headers) {
    if (sounds_secret(name)) register_secret(value);
  }
}

Hash128 Session::scope(std::string_view what) const {
  const http::Url& url = client_.url();
  Hasher hasher;
  hasher.text(url.origin()).text(url.path).text(what).text(digest(api_key_));
  // An organisation or a project may stand here, and each has a list of its own.
  for (const auto& [name, value] : spec_.headers) hasher.text(name).text(digest(value));
  return hasher.digest();
}

void Session::authorize(http::Request& request) const {
  request.headers = spec_.headers;
  switch (spec_.auth.style) {
    case AuthStyle::None: break;
    case AuthStyle::Bearer: request.headers.emplace_back("Authorization", "Bearer " + api_key_); break;
    case AuthStyle::Header: request.headers.emplace_back(spec_.auth.name, spec_.auth.prefix + api_key_); break;
    case AuthStyle::Basic: request.headers.emplace_back("Authorization", "Basic " + basic_); break;
    case AuthStyle::Query: {
      const std::pair<std::string, std::string> key{spec_.auth.name, api_key_};
      // The address of a next page may hold it already.
      request.target = http::with_query(without_parameter(request.target, spec_.auth.name), {&key, 1});
      break;
    }
  }
}

http::Request Session::request(std::string target, std::span<const std::string> secret_paths, bool from_root) const {
  http::Request request;
  request.target = std::move(target);
  request.from_root = from_root;
  authorize(request);
  request.secrets.assign(secret_paths.begin(), secret_paths.end());
  request.advice = [this](const http::Response& response) { return advice_of(response, spec_.errors); };
  return request;
}

http::Response Session::exchange(http::Request request, Call& call) {
  if (!has_key())
    throw Error(ErrorKind::Credentials, spec_.label + " API key not configured",
                spec_.auth.variable.empty() ? "give api_key" : "set " + spec_.auth.variable);
  request.secrets.insert(request.secrets.end(), call.secrets.begin(), call.secrets.end());
  const std::vector<std::string> sent = request.body.empty() ? std::vector<std::string>() : secret_texts(request.body, request.secrets);
  request.mask = [this, &sent, secrets = request.secrets](std::string_view body) {
    std::string masked = without_texts(masked_body(body, secrets), sent);
    return masked.size() > kLongestRefusal ? masked : without_fragments(masked, api_key_);
  };
  http::Response response = client_.send(std::move(request), call);
  // A refusal may repeat what it refuses.
  if (!sent.empty() && (response.status < 200 || response.status > 299)) {
    response.buffer = without_texts(response.body(), sent);
    response.body_size = response.buffer.size();
    response.buffer.append(kPagePadding, '\0');
  }
  return response;
}

http::Response Session::send(http::Request request, Call& call) {
  http::Response response = exchange(std::move(request), call);
  if (response.status < 200 || response.status > 299) throw error_of(response, spec_, api_key_);
  return response;
}

http::Response Session::send_or_missing(http::Request request, Call& call) {
  http::Response response = exchange(std::move(request), call);
  if (response.status == 404 && speaks_for_itself(response.body())) return response;
  if (response.status < 200 || response.status > 299) throw error_of(response, spec_, api_key_);
  return response;
}

}  // namespace lockstep::rest
