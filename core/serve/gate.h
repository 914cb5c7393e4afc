// Gate: who is let in. Every request passes it before anything is done for it: is it for this server at all (a page of another name that
// points here must not speak in a browser's name), who asks, and does a browser ask by itself or because another site told it to.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "serve/person.h"
#include "serve/problem.h"
#include "serve/sessions.h"
#include "serve/tokens.h"
#include "web/request.h"

namespace lockstep::serve {

struct GateSettings {
  std::vector<std::string> hosts;  ///< names, with port where one counts, under which it may be asked; lower case. Empty: any
  std::vector<std::string> trusted_proxies;
  bool secure = false;  ///< people reach it by https
};

/// Of a configuration; `port`: the one that it listens on in fact.
GateSettings gate_settings(const ServeSettings& settings, std::uint16_t port);

/// Any thread.
class Gate {
 public:
  /// All borrowed but the settings.
  Gate(GateSettings settings, const Tokens& tokens, Sessions& sessions, const Clock& clock)
      : settings_(std::move(settings)), tokens_(tokens), sessions_(sessions), clock_(clock) {}

  void replace(GateSettings settings);
  /// Throws Problem{421} for a host that is not this server's.
  void check_host(const web::Request& request) const;
  /// Throws Problem{401} without a valid token or session, {429} after too many wrong ones, {403} where another site asks through a browser.
  Person admit(const web::Request& request);
  /// The same for `scope`: Problem{403} where that is not the person's.
  Person admit(const web::Request& request, Scope scope);
  /// The token's session as a cookie. Throws Problem{401, 429}.
  std::string open_session(const web::Request& request, std::string_view token, Person& person);
  /// A cookie that takes it away.
  std::string close_session(const web::Request& request);
  /// The address that asks: behind a trusted proxy, the one that it names.
  std::string peer(const web::Request& request) const;

 private:
  std::optional<std::string> cookie(const web::Request& request) const;
  std::string cookie_name() const;
  void refuse_other_sites(const web::Request& request) const;
  std::optional<Token> find_token(std::string_view secret) const;
  /// One more wrong one. Throws Problem{429} instead of returning when there are too many.
  void count_failure(const std::string& peer);
  bool is_secure() const;

  mutable std::mutex mutex_;
  GateSettings settings_;
  const Tokens& tokens_;
  Sessions& sessions_;
  const Clock& clock_;
  std::map<std::string, std::deque<SteadyTime>> failures_;  ///< of the last minute, by address
};

}  // namespace lockstep::serve
