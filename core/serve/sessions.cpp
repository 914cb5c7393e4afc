#include "serve/sessions.h"

#include <algorithm>

#include "common/log.h"

namespace lockstep::serve {

bool Sessions::over(const Entry& entry, SteadyTime now) const {
  return now - entry.used > bounds_.idle || now - entry.opened > bounds_.absolute || !tokens_.is_valid(entry.token.id, entry.token.scope);
}

std::string Sessions::open(const Token& token, const RandomBytes& random) {
  std::string secret = to_hex(random(32));
  register_secret(secret);
  const SteadyTime now = clock_.steady();
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& entry) { return over(entry.second, now); });
  if (entries_.size() >= bounds_.most) {
    entries_.erase(
        std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
  }
  entries_.emplace(sha256(secret), Entry{token, now, now});
  return secret;
}

std::optional<Token> Sessions::find(std::string_view secret) {
  const SteadyTime now = clock_.steady();
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(sha256(secret));
  if (found == entries_.end()) return std::nullopt;
  if (over(found->second, now)) {
    entries_.erase(found);
    return std::nullopt;
  }
  found->second.used = now;
  return found->second.token;
}

void Sessions::close(std::string_view secret) {
  const std::lock_guard lock(mutex_);
  if (const auto found = entries_.find(sha256(secret)); found != entries_.end()) entries_.erase(found);
}

}  // namespace lockstep::serve
