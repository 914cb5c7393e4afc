#include "serve/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <charconv>
#include <cstdlib>
#include <optional>

#include "common/random.h"
#include "common/text.h"
#include "engine/sides/keyed_hash.h"

namespace lockstep::serve {
namespace {

constexpr std::int64_t kWindowSeconds = 300;
constexpr std::string_view kStandardPrefix = "whsec_";

bool same(std::string_view a, std::string_view b) { return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0; }

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

/// Of whsec_BASE64 the bytes, of any other secret itself.
std::string key_of(const std::string& secret) {
  if (!secret.starts_with(kStandardPrefix)) return secret;
  const std::string_view digits = std::string_view(secret).substr(kStandardPrefix.size());
  std::string out(digits.size(), '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(digits.data()),
                                   static_cast<int>(digits.size()));
  if (size < 0) return secret;
  // The decoder counts what only fills up the last group.
  const std::size_t padding = static_cast<std::size_t>(std::count(digits.begin(), digits.end(), '='));
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

/// Why a time is not now; nullopt when it is.
std::optional<std::string> time_problem(std::string_view text, Micros now) {
  std::int64_t seconds = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return "its timestamp is no number";
  if (std::llabs(now / 1'000'000 - seconds) > kWindowSeconds) return "its timestamp is not of the last five minutes";
  return std::nullopt;
}

/// One of the secrets makes a signature for which `fits`.
template <class Fits>
bool signed_by_any(const WebhookUse& use, const std::string& content, Fits fits) {
  bool found = false;
  for (const std::string& secret : use.secrets) found |= fits(keyed_hash(key_of(secret), content));
  return found;
}

Proof standard(const WebhookUse& use, const web::Request& request, Micros now) {
  const std::string id(request.headers.get("webhook-id")), timestamp(request.headers.get("webhook-timestamp"));
  const std::vector<std::string> given = split(request.headers.get("webhook-signature"), ' ');
  const bool good = signed_by_any(use, id + "." + timestamp + "." + request.body, [&](const std::string& hex) {
    const std::string wanted = "v1," + base64(from_hex(hex));
    bool any = false;
    for (const std::string& one : given) any |= same(one, wanted);
    return any;
  });
  if (!good || id.empty()) return {false, "its signature is not of a shared secret", {}};
  if (const auto problem = time_problem(timestamp, now)) return {false, *problem, {}};
  return {true, {}, id};
}

Proof github(const WebhookUse& use, const web::Request& request) {
  const std::string given(request.headers.get("X-Hub-Signature-256"));
  const bool good = signed_by_any(use, request.body, [&](const std::string& hex) { return same(given, "sha256=" + hex); });
  if (!good) return {false, "its signature is not of a shared secret", {}};
  return {true, {}, std::string(request.headers.get("X-GitHub-Delivery")) + " " + given};
}

Proof hmac(const WebhookUse& use, const web::Request& request, Micros now) {
  const std::string timestamp(request.headers.get(use.timestamp_header));
  std::string given(request.headers.get(use.signature_header));
  if (given.starts_with("sha256=")) given.erase(0, 7);
  const bool good = signed_by_any(use, timestamp + "." + request.body, [&](const std::string& hex) { return same(to_lower(given), hex); });
  if (!good) return {false, "its signature is not of a shared secret", {}};
  if (const auto problem = time_problem(timestamp, now)) return {false, *problem, {}};
  return {true, {}, given};
}

Proof token(const WebhookUse& use, const web::Request& request) {
  std::string given(request.headers.get(use.token_header));
  if (starts_with_ignore_case(given, "bearer ")) given.erase(0, 7);
  bool good = false;
  for (const std::string& secret : use.secrets) good |= same(given, secret);
  return {good, good ? "" : "its secret is none that is shared", {}};
}

}  // namespace

std::string standard_signature(const std::string& secret, const std::string& id, const std::string& timestamp, const std::string& body) {
  return "v1," + base64(from_hex(keyed_hash(key_of(secret), id + "." + timestamp + "." + body)));
}

Proof check_signature(const WebhookUse& use, const web::Request& request, Micros now) {
  switch (use.scheme) {
    case WebhookScheme::Standard: return standard(use, request, now);
    case WebhookScheme::Github: return github(use, request);
    case WebhookScheme::Hmac: return hmac(use, request, now);
    case WebhookScheme::Token: break;
  }
  return token(use, request);
}

}  // namespace lockstep::serve
