#include "serve/tokens.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <xxhash.h>

#include <algorithm>
#include <array>

#include "common/error.h"
#include "common/text.h"
#include "operations/report_json.h"

namespace lockstep::serve {
namespace {

constexpr const char* kTokensFile = "tokens.json";
constexpr std::string_view kPrefix = "lsk_", kOfFile = "file:";
constexpr std::size_t kSecretBytes = 32, kIdCharacters = 8, kSecretCharacters = 43, kCheckCharacters = 2;
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// base64url without padding.
std::string encoded(std::string_view bytes) {
  std::string out;
  unsigned pending = 0;
  int bits = 0;
  for (const char byte : bytes) {
    pending = pending << 8U | static_cast<unsigned char>(byte);
    for (bits += 8; bits >= 6; bits -= 6) out += kAlphabet[pending >> (bits - 6) & 63U];
  }
  if (bits > 0) out += kAlphabet[pending << (6 - bits) & 63U];
  return out;
}

std::string check_of(std::string_view text) {
  const std::uint32_t hash = XXH32(text.data(), text.size(), 0);
  return {kAlphabet[hash & 63U], kAlphabet[hash >> 6U & 63U]};
}

bool is_well_formed(std::string_view secret) {
  const std::size_t size = kPrefix.size() + kIdCharacters + 1 + kSecretCharacters + kCheckCharacters;
  if (secret.size() != size || !secret.starts_with(kPrefix)) return false;
  return check_of(secret.substr(0, size - kCheckCharacters)) == secret.substr(size - kCheckCharacters);
}

Micros time_at(const Json& json, std::string_view name) { return parse_time(json.text_at(name)).value_or(0); }

Token read_token(const Json& json) {
  Token token;
  token.id = json.text_at("id");
  token.name = json.text_at("name");
  token.scope = scope_words().find(json.text_at("scope")).value_or(Scope::Read);
  token.sha256 = json.text_at("sha256");
  token.created_at = time_at(json, "created_at");
  token.expires_at = time_at(json, "expires_at");
  token.revoked_at = time_at(json, "revoked_at");
  if (const Json* syncs = json.find("syncs"); syncs != nullptr && syncs->array() != nullptr) {
    for (const Json& sync : *syncs->array()) {
      if (sync.text() != nullptr) token.syncs.push_back(*sync.text());
    }
  }
  return token;
}

Json kept(const Token& token) {
  Json out = to_json(token);
  out["sha256"] = Json(token.sha256);
  return out;
}

Json& tokens_in(Json& file) {
  Json& tokens = file["tokens"];
  if (tokens.array() == nullptr) tokens = Json(Json::Array());
  return tokens;
}

}  // namespace

std::string_view secret_part(std::string_view token) {
  return is_well_formed(token) ? token.substr(kPrefix.size() + kIdCharacters + 1) : token;
}

Json to_json(const Token& token) {
  Json::Array syncs(token.syncs.begin(), token.syncs.end());
  return Json::Object{{"id", token.id},
                      {"name", token.name},
                      {"scope", std::string(scope_words().word(token.scope))},
                      {"syncs", token.syncs.empty() ? Json() : Json(std::move(syncs))},
                      {"created_at", time_json(token.created_at)},
                      {"expires_at", time_json(token.expires_at)},
                      {"revoked_at", time_json(token.revoked_at)}};
}

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw Error(ErrorKind::Invalid, "this OpenSSL has no SHA-256");
  return to_hex({reinterpret_cast<const char*>(digest.data()), size});
}

void Tokens::replace(std::vector<FileToken> of_file) {
  const std::lock_guard lock(mutex_);
  of_file_.clear();
  for (FileToken& token : of_file) {
    Token& made = of_file_.emplace_back();
    made.id = std::string(kOfFile) + token.name;
    made.name = std::move(token.name);
    made.scope = token.scope;
    made.syncs = std::move(token.syncs);
    made.sha256 = std::move(token.sha256);
  }
}

std::string Tokens::create(const NewToken& wanted, const RandomBytes& random) {
  if (trim(wanted.name).empty()) throw Error(ErrorKind::Invalid, "a token needs a name", "name it by who will use it");
  for (const Token& other : list()) {
    if (other.name == wanted.name && other.valid(clock_.now()))
      throw Error(ErrorKind::Invalid, "there is a token " + in_quotes(wanted.name) + " already", "revoke that one, or choose another name");
  }
  Token token;
  token.id = encoded(random(6));
  std::string secret = std::string(kPrefix) + token.id + "_" + encoded(random(kSecretBytes));
  secret += check_of(secret);
  token.name = wanted.name;
  token.scope = wanted.scope;
  token.syncs = wanted.syncs;
  token.sha256 = sha256(secret);
  token.created_at = clock_.now();
  token.expires_at = wanted.expires_at;
  folder_.change(kTokensFile, [&](Json& file) { tokens_in(file).array()->push_back(kept(token)); });
  return secret;
}

Token Tokens::revoke(std::string_view id_or_name) {
  if (id_or_name.starts_with(kOfFile))
    throw Error(ErrorKind::Invalid, "this token stands in the configuration", "take it out of serve.tokens, then reload");
  std::optional<Token> revoked;
  folder_.change(kTokensFile, [&](Json& file) {
    for (Json& each : *tokens_in(file).array()) {
      const Token token = read_token(each);
      if (token.revoked_at != 0 || (token.id != id_or_name && token.name != id_or_name)) continue;
      each["revoked_at"] = time_json(clock_.now());
      revoked = read_token(each);
    }
    if (!revoked) throw Error(ErrorKind::NotFound, "no token " + in_quotes(id_or_name), "lockstep token list shows them");
  });
  return *revoked;
}

std::vector<Token> Tokens::known() const {
  const std::lock_guard lock(mutex_);
  if (const std::int64_t version = folder_.version(kTokensFile); version != version_) {
    std::vector<Token> fresh;
    const Json file = folder_.read(kTokensFile);
    if (const Json* tokens = file.find("tokens"); tokens != nullptr && tokens->array() != nullptr) {
      for (const Json& token : *tokens->array()) fresh.push_back(read_token(token));
    }
    read_ = std::move(fresh);
    version_ = version;
  }
  std::vector<Token> all = read_;
  all.insert(all.end(), of_file_.begin(), of_file_.end());
  return all;
}

std::vector<Token> Tokens::list() const { return known(); }

std::optional<Token> Tokens::find(std::string_view secret) const {
  // Those of the configuration may be any text: its owner made them.
  const std::string hash = sha256(secret);
  const Micros now = clock_.now();
  std::optional<Token> found;
  for (const Token& token : known()) {
    const bool same = token.sha256.size() == hash.size() && CRYPTO_memcmp(token.sha256.data(), hash.data(), hash.size()) == 0;
    const bool ours = token.id.starts_with(kOfFile) || is_well_formed(secret);
    if (same && ours && token.valid(now)) found = token;
  }
  return found;
}

bool Tokens::is_valid(const std::string& id, Scope scope) const {
  const std::vector<Token> all = known();
  const Micros now = clock_.now();
  return std::any_of(all.begin(), all.end(),
                     [&](const Token& token) { return token.id == id && token.valid(now) && token.scope >= scope; });
}

}  // namespace lockstep::serve
