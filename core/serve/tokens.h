// Tokens: who may ask the server for what. A token is shown once, when it is made; kept is its SHA-256. Its 256 random bits need no slower
// hash. None is ever deleted: a revoked one keeps its row, so that the journal's names stay known.
//
//   lsk_ID_SECRETcc   ID: 8 characters, SECRET: 43 of base64url, cc: a checksum, so that a typing mistake is told apart from a wrong token
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/random.h"
#include "common/time.h"
#include "config/serve_settings.h"
#include "serve/state_folder.h"

namespace lockstep::serve {

struct Token {
  std::string id;  ///< "file:NAME" for one of the configuration
  std::string name;
  Scope scope = Scope::Read;
  std::vector<std::string> syncs;  ///< it is limited to; empty: all
  std::string sha256;
  Micros created_at = 0, expires_at = 0, revoked_at = 0;  ///< 0: not known, never, not

  bool valid(Micros now) const { return revoked_at == 0 && (expires_at == 0 || now < expires_at); }
};

/// {"id", "name", "scope", "syncs", "created_at", "expires_at", "revoked_at"}; never its hash.
Json to_json(const Token& token);

struct NewToken {
  std::string name;
  Scope scope = Scope::Read;
  std::vector<std::string> syncs = {};
  Micros expires_at = 0;
};

/// What of a token nobody may be shown: all but its id, by which people name it.
std::string_view secret_part(std::string_view token);

/// SHA-256 in 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

/// Any thread; other processes may change the same folder.
class Tokens {
 public:
  /// `folder` is borrowed; `of_file` are those of the configuration.
  Tokens(const StateFolder& folder, std::vector<FileToken> of_file, const Clock& clock) : folder_(folder), clock_(clock) {
    replace(std::move(of_file));
  }

  /// Another configuration names these.
  void replace(std::vector<FileToken> of_file);
  /// The token itself, which nobody can be shown again. Throws Error{Invalid} for an empty name or one that a valid token has.
  std::string create(const NewToken& token, const RandomBytes& random = system_random);
  /// By id or name. Throws Error{NotFound}; Error{Invalid} for one of the configuration.
  Token revoke(std::string_view id_or_name);
  /// In the order in which they were made; those of the configuration last.
  std::vector<Token> list() const;
  /// The valid token that this text is. Takes the same time for every text.
  std::optional<Token> find(std::string_view secret) const;
  /// Still valid, with this scope at least.
  bool is_valid(const std::string& id, Scope scope) const;

 private:
  std::vector<Token> known() const;

  const StateFolder& folder_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<Token> of_file_;
  mutable std::int64_t version_ = -1;  ///< of the file when it was read
  mutable std::vector<Token> read_;
};

}  // namespace lockstep::serve
