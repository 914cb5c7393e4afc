#include "http/client.h"

#include <algorithm>
#include <array>
#include <random>

#include "common/log.h"
#include "common/text.h"
#include "http/exchange.h"
#include "http/failure.h"
#include "http/limiter.h"
#include "http/tls.h"

namespace lockstep::http {
namespace {

using Cause = Failure::Cause;

constexpr int kMostRedirects = 5;
constexpr Millis kLongWait{2000};  // that a person should hear of

double system_random() {
  thread_local std::minstd_rand generator(std::random_device{}());
  return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

Route make_route(const ClientOptions& options) {
  refuse_control_characters(options.user_agent, "the user agent");
  Route route;
  route.target = parse_base_url(options.base_url);
  route.proxy = proxy_for(route.target, options.environment ? options.environment : process_environment());
  if (route.target.secure()) route.context = make_client_context(options.ca_file);
  route.resolver = options.resolver ? options.resolver : system_resolver();
  route.connect_timeout = options.connect_timeout;
  route.user_agent = options.user_agent;
  return route;
}

ErrorKind kind_of(Cause cause) {
  switch (cause) {
    case Cause::Stopped: return ErrorKind::Interrupted;
    case Cause::Cut:
    case Cause::Malformed:
    case Cause::TooLarge: return ErrorKind::Corrupt;
    case Cause::Unreachable:
    case Cause::ConnectTimeout:
    case Cause::Untrusted:
    case Cause::Broken:
    case Cause::TimeOver: break;
  }
  return ErrorKind::Unreachable;
}

bool is_redirect(int status) {
  static constexpr std::array<int, 5> kRedirects{301, 302, 303, 307, 308};
  return std::find(kRedirects.begin(), kRedirects.end(), status) != kRedirects.end();
}

}  // namespace

struct HttpClient::Impl {
  explicit Impl(ClientOptions given)
      : options(std::move(given)),
        clock(options.clock == nullptr ? system_clock() : *options.clock),
        limiter(options.rate, options.burst, clock, options.turns ? options.turns : std::make_shared<Turns>()),
        gate(std::max<std::size_t>(1, options.concurrency)),
        exchange(make_route(options), options.body_cap, clock) {
    if (!options.random) options.random = system_random;
  }

  ClientOptions options;
  const Clock& clock;
  RateLimiter limiter;
  Gate gate;
  Exchange exchange;
};

namespace {

/// One call of send(): attempts, redirects and waits within one deadline.
template <class Impl>
class Sending {
 public:
  Sending(Impl& impl, Request& request, Call& call)
      : impl_(impl),
        request_(request),
        call_(call),
        begin_(impl.clock.steady()),
        patience_(call.deadline.sooner(Deadline(begin_ + impl.options.timeout)), call.stop, impl.clock, call.deadline),
        target_((request.from_root ? "" : impl.exchange.route().target.path) + request.target),
        buffer_(std::move(request.buffer)) {
    if (!target_.starts_with('/')) target_.insert(target_.begin(), '/');
  }

  Response run() {
    try {
      while (attempt()) {
      }
    } catch (const Failure& failure) {
      // Raised while waiting, not by an attempt; what the last attempt left behind still decides the effect.
      last_.failure = failure;
    }
    if (last_.failure) throw error();
    last_.response.attempts = attempts_;
    return std::move(last_.response);
  }

 private:
  /// True when another one is to follow.
  bool attempt() {
    last_.response.turn.reset();
    if (const auto wait = impl_.limiter.acquire(patience_)) throw rate_limited(*wait);
    {
      const Gate::Ticket ticket = impl_.gate.enter(patience_);
      last_ = impl_.exchange.run(request_, target_, buffer_, call_.meter, patience_, stale_seen_);
    }
    ++attempts_;
    if (stale()) return true;
    if (last_.failure) {
      told_wait_.reset();
      return again();
    }
    if (is_redirect(last_.response.status)) {
      follow();
      return true;
    }
    return !advised_against() && again();
  }

  /// What the answer itself says about repeating. It lengthens the wait, and does not make a write one that may be repeated.
  bool advised_against() {
    told_wait_ = last_.outcome.retry_after;
    if (!request_.advice || last_.response.status < 400) return false;
    const Advice advice = request_.advice(last_.response);
    if (advice.wait) told_wait_ = std::max(told_wait_.value_or(Millis::zero()), *advice.wait);
    last_.response.retry_after = told_wait_;
    return advice.final;
  }

  /// The server may close an idle connection at any moment: that says nothing about the request, which deserves a fresh one at once.
  bool stale() {
    if (stale_seen_ || !last_.on_used_connection || last_.outcome.status != 0 || last_.outcome.cause != Cause::Broken) return false;
    if (request_.method != Method::Get) return false;
    stale_seen_ = true;
    ++call_.meter.retries;
    return true;
  }

  bool again() {
    if (retries_ >= impl_.options.retry.retries || !may_repeat(request_.method, request_.repeatable, last_.outcome)) {
      if (last_.outcome.status == 429) pause(told_wait_.value_or(Millis::zero()));
      return false;
    }
    const Millis wait = told_wait_.value_or(backoff(impl_.options.retry, retries_ + 1, impl_.options.random()));
    if (last_.outcome.status == 429) pause(wait);
    if (wait >= patience_.deadline().left(impl_.clock)) return false;
    if (wait >= kLongWait) tell_of(wait);
    if (!impl_.clock.sleep(wait, call_.stop)) throw Failure(Cause::Stopped, "Interrupted");
    ++retries_;
    ++call_.meter.retries;
    if (!last_.failure) buffer_ = std::move(last_.response.buffer);
    return true;
  }

  /// A person who watches should know why nothing moves.
  void tell_of(Millis wait) const {
    const std::string origin = impl_.exchange.route().target.origin();
    if (told_wait_) return log::warning(origin + " asks to wait " + describe(wait));
    log::warning(origin + " cannot be asked; trying again in " + describe(wait),
                 {{"retry", std::int64_t{retries_ + 1}}, {"of", std::int64_t{impl_.options.retry.retries}}});
  }

  void pause(Millis wait) { impl_.limiter.pause_until(impl_.clock.steady() + wait); }

  /// Within the same origin only: the key belongs to it, and whoever answers from elsewhere is not the API that was named.
  void follow() {
    const std::string location(last_.response.headers.get("Location"));
    const std::string origin = impl_.exchange.route().target.origin();
    const bool relative = location.starts_with('/') && !location.starts_with("//");
    const bool same = relative || starts_with_ignore_case(location, origin + "/");
    if (request_.method != Method::Get || !same || ++redirects_ > kMostRedirects) {
      throw Error(ErrorKind::Unreachable, origin + " redirects to \"" + printable(ellipsize(redact(location), 200)) + "\"",
                  "check base_url")
          .with_status(last_.response.status)
          .with_effect(last_.response.effect);
    }
    target_ = relative ? location : location.substr(origin.size());
    buffer_ = std::move(last_.response.buffer);
  }

  Error error() const {
    const Failure& failure = *last_.failure;
    std::string message = failure.text;
    if (failure.cause == Cause::TimeOver)
      message = "Request timeout after " + describe(std::chrono::round<Millis>(patience_.deadline().at() - begin_));
    if (failure.cause == Cause::ConnectTimeout)
      message = "Connection timeout after " + describe(impl_.options.connect_timeout) + ": " + message;
    if (failure.cause == Cause::Broken) {
      message = impl_.exchange.route().target.host + " closed the connection before it answered (" + failure.text + ")";
    }
    std::string hint = failure.hint;
    if (failure.cause == Cause::TooLarge) hint = remedy_for_size();
    return Error(kind_of(failure.cause), printable(redact(message)), std::move(hint))
        .with_status(last_.outcome.status)
        .with_effect(effect_of(request_.method, last_.outcome));
  }

  std::string remedy_for_size() const {
    if (last_.outcome.status >= 400) return "check base_url, and whether something answers in the API's place";
    return request_.most_bytes != 0 ? "if items are that large, raise the provider's max_item_mib"
                                    : "lower the provider's page_size, or raise its max_answer_mib";
  }

  Impl& impl_;
  Request& request_;
  Call& call_;
  SteadyTime begin_;
  Patience patience_;
  std::string target_;
  std::string buffer_;
  Attempt last_;
  std::optional<Millis> told_wait_;  ///< before the next attempt
  bool stale_seen_ = false;
  int attempts_ = 0;
  int retries_ = 0;
  int redirects_ = 0;
};

}  // namespace

HttpClient::HttpClient(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
HttpClient::~HttpClient() = default;

Response HttpClient::send(Request request, Call& call) { return Sending(*impl_, request, call).run(); }

const Url& HttpClient::url() const { return impl_->exchange.route().target; }

Error rate_limited(std::optional<Millis> retry_after) {
  Error error(ErrorKind::RateLimited,
              retry_after ? "Rate limit exceeded, retry after " + describe(*retry_after) : std::string("Rate limit exceeded"),
              "lower the provider's rate, or try again later");
  if (retry_after) error.with_retry_after(*retry_after);
  return error;
}

}  // namespace lockstep::http
