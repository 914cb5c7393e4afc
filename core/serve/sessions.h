// Sessions: what a browser has in place of a token: a cookie, whose hash is kept in memory alone. It ends by itself when it is not used, at
// the latest after a week, and with its token.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "common/random.h"
#include "serve/tokens.h"

namespace lockstep::serve {

struct SessionBounds {
  Millis idle = std::chrono::hours(12);
  Millis absolute = std::chrono::hours(24 * 7);
  std::size_t most = 1000;  ///< the one that was unused for longest makes room
};

/// Any thread.
class Sessions {
 public:
  /// `tokens` is borrowed.
  Sessions(SessionBounds bounds, const Tokens& tokens, const Clock& clock) : bounds_(bounds), tokens_(tokens), clock_(clock) {}

  /// A new one; its secret.
  std::string open(const Token& token, const RandomBytes& random = system_random);
  /// The token that it was opened with, while both are valid; it counts as used.
  std::optional<Token> find(std::string_view secret);
  void close(std::string_view secret);

 private:
  struct Entry {
    Token token;
    SteadyTime opened, used;
  };

  bool over(const Entry& entry, SteadyTime now) const;

  const SessionBounds bounds_;
  const Tokens& tokens_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;  ///< by the hash of their secret
};

}  // namespace lockstep::serve
