#include "serve/gate.h"

#include <algorithm>

#include "common/log.h"
#include "common/text.h"
#include "http/url.h"

namespace lockstep::serve {
namespace {

constexpr Millis kWindow{60'000};
constexpr std::size_t kFailures = 5;  // of one address, in that time
constexpr std::size_t kAddresses = 10'000;
constexpr std::string_view kBearer = "bearer ";

bool among(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// A machine has a whole network of IPv6 addresses to itself.
std::string network_of(const std::string& peer) {
  std::size_t at = 0;
  for (int group = 0; group < 4 && at != std::string::npos; ++group) at = peer.find(':', at == 0 && group == 0 ? 0 : at + 1);
  return at == std::string::npos ? peer : peer.substr(0, at);
}

bool is_unsafe(const std::string& method) { return method != "GET" && method != "HEAD" && method != "OPTIONS"; }

}  // namespace

GateSettings gate_settings(const ServeSettings& settings, std::uint16_t port) {
  GateSettings gate;
  gate.trusted_proxies = settings.trusted_proxies;
  gate.secure = settings.tls() || settings.public_url.starts_with("https:");
  if (settings.listen.kind != http::ListenAddress::Kind::Tcp) {
    // Who reaches the socket's file is a program of this machine: a proxy passes on whatever name people used.
    gate.hosts = settings.hosts;
    if (!settings.public_url.empty()) gate.hosts.push_back(http::parse_base_url(settings.public_url).authority());
    return gate;
  }
  const std::string digits = std::to_string(port);
  const std::string own = settings.listen.host.find(':') == std::string::npos ? settings.listen.host : "[" + settings.listen.host + "]";
  for (const std::string& name : {own, std::string("localhost"), std::string("127.0.0.1"), std::string("[::1]")}) {
    gate.hosts.push_back(name + ":" + digits);
    if (port == 80 || port == 443) gate.hosts.push_back(name);
  }
  if (!settings.public_url.empty()) gate.hosts.push_back(http::parse_base_url(settings.public_url).authority());
  for (const std::string& host : settings.hosts) {
    gate.hosts.push_back(host);
    gate.hosts.push_back(host + ":" + digits);
  }
  return gate;
}

void Gate::replace(GateSettings settings) {
  const std::lock_guard lock(mutex_);
  settings_ = std::move(settings);
}

void Gate::check_host(const web::Request& request) const {
  const std::lock_guard lock(mutex_);
  if (settings_.hosts.empty() || among(settings_.hosts, request.host)) return;
  throw Problem{421, "this server is not called " + in_quotes(request.host), "invalid",
                "name it under serve.hosts, or as serve.public_url"};
}

std::string Gate::peer(const web::Request& request) const {
  const std::lock_guard lock(mutex_);
  if (!request.peer.empty() && !among(settings_.trusted_proxies, request.peer)) return request.peer;
  // The last that no trusted proxy wrote: what stands before it the client may have made up.
  std::vector<std::string> hops;
  for (const std::string_view header : request.headers.all("X-Forwarded-For")) {
    for (const std::string& hop : split(header, ',')) hops.emplace_back(trim(hop));
  }
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    if (!among(settings_.trusted_proxies, *hop)) return printable(hop->substr(0, 64));
  }
  return request.peer;
}

bool Gate::is_secure() const {
  const std::lock_guard lock(mutex_);
  return settings_.secure;
}

std::string Gate::cookie_name() const { return is_secure() ? "__Host-lockstep" : "lockstep"; }

std::optional<std::string> Gate::cookie(const web::Request& request) const {
  const std::string name = cookie_name() + "=";
  for (const std::string_view header : request.headers.all("Cookie")) {
    for (const std::string& pair : split(header, ';')) {
      const std::string_view trimmed = trim(pair);
      if (trimmed.starts_with(name)) return std::string(trimmed.substr(name.size()));
    }
  }
  return std::nullopt;
}

void Gate::refuse_other_sites(const web::Request& request) const {
  if (!is_unsafe(request.method)) return;
  const std::string_view site = request.headers.get("Sec-Fetch-Site");
  if (site == "same-origin" || site == "none") return;
  const std::string own = (is_secure() ? "https://" : "http://") + request.host;
  if (site.empty() && request.headers.get("Origin") == own) return;
  throw Problem{403, "another site asked for this through the browser", "forbidden", "open the page of this server and ask there"};
}

/// What is no token here is no secret either: else anybody could have a word masked in everybody's answers.
std::optional<Token> Gate::find_token(std::string_view secret) const {
  auto token = tokens_.find(secret);
  if (token) register_secret(secret_part(secret));
  return token;
}

void Gate::count_failure(const std::string& peer) {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.steady();
  for (auto each = failures_.begin(); each != failures_.end();) {
    while (!each->second.empty() && now - each->second.front() > kWindow) each->second.pop_front();
    each = each->second.empty() ? failures_.erase(each) : std::next(each);
  }
  const std::string network = network_of(peer);
  if (failures_.size() >= kAddresses && !failures_.contains(network)) failures_.erase(failures_.begin());
  std::deque<SteadyTime>& mine = failures_[network];
  if (mine.size() < kFailures) {
    mine.push_back(now);
    return;
  }
  const auto wait = std::chrono::duration_cast<std::chrono::seconds>(kWindow - (now - mine.front())).count() + 1;
  Problem problem{429, "too many wrong tokens", "rate_limited", "try again in " + std::to_string(wait) + " seconds"};
  problem.headers.emplace_back("Retry-After", std::to_string(wait));
  throw problem;
}

Person Gate::admit(const web::Request& request) {
  const std::string from = peer(request);
  if (request.headers.all("Authorization").size() > 1) throw Problem{400, "the header Authorization stands there twice"};
  const std::string_view given = request.headers.get("Authorization");
  const auto person = [&](const Token& token, Person::Via via) {
    return Person{token.name, token.id, token.scope, token.syncs, via, from};
  };
  if (starts_with_ignore_case(given, kBearer)) {
    const std::string secret(trim(given.substr(kBearer.size())));
    if (const auto token = find_token(secret)) return person(*token, Person::Via::Token);
    count_failure(from);
  } else if (const auto secret = cookie(request)) {
    if (const auto token = sessions_.find(*secret)) {
      refuse_other_sites(request);
      return person(*token, Person::Via::Session);
    }
  }
  Problem problem{401, given.empty() ? "a token is needed" : "the token is not valid, or was revoked", "credentials",
                  "send it in the header Authorization, behind the word Bearer; lockstep token create makes one"};
  problem.headers.emplace_back("WWW-Authenticate", "Bearer");
  throw problem;
}

Person Gate::admit(const web::Request& request, Scope scope) {
  Person person = admit(request);
  if (person.scope >= scope) return person;
  throw Problem{
      403, "the token may " + std::string(scope_words().word(person.scope)) + ", and this needs " + std::string(scope_words().word(scope)),
      "forbidden", "use a token with a wider scope"};
}

std::string Gate::open_session(const web::Request& request, std::string_view secret, Person& person) {
  const std::string from = peer(request);
  const auto token = find_token(secret);
  if (!token) {
    count_failure(from);
    throw Problem{401, "that token is not valid, or was revoked", "credentials"};
  }
  person = {token->name, token->id, token->scope, token->syncs, Person::Via::Session, from};
  return cookie_name() + "=" + sessions_.open(*token) + "; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800" +
         (is_secure() ? "; Secure" : "");
}

std::string Gate::close_session(const web::Request& request) {
  if (const auto secret = cookie(request)) sessions_.close(*secret);
  return cookie_name() + "=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0" + (is_secure() ? "; Secure" : "");
}

}  // namespace lockstep::serve
