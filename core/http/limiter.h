// Limiter: how fast and how many at once. What an account may take is the account's, however many clients ask in its name: a 429 that one of
// them is given pauses all.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

#include "common/hash.h"
#include "common/time.h"
#include "http/patience.h"

namespace lockstep::http {

/// When requests of one account may go: shared by all its clients, and outliving each. Any thread.
class Turns {
 public:
  /// How fast a client goes where nobody else does.
  struct Pace {
    std::chrono::nanoseconds interval;   ///< between two requests at even spacing
    std::chrono::nanoseconds tolerance;  ///< how far ahead of that a burst may run
  };
  /// How long until a turn of a client of this pace; zero: it is taken.
  Millis try_take(const Pace& pace, SteadyTime now);
  void pause_until(SteadyTime until);

 private:
  std::mutex mutex_;
  SteadyTime next_{};  ///< when the next request is due at even spacing
  SteadyTime paused_until_{};
  bool even_ = false;  ///< no bursts any more
};

/// The one object of this account, by the real clock. It lives as long as the process: a provider that is made anew, after a reload or for
/// another entry of the configuration, must not forget a pause that its account was given. `account`: of address and key.
std::shared_ptr<Turns> turns_of(const Hash128& account);

/// Spacing with a burst: up to `burst` requests at once, then one every 1/rate seconds. Any thread.
class RateLimiter {
 public:
  /// `per_second` 0: no limit but pauses.
  RateLimiter(double per_second, double burst, const Clock& clock, std::shared_ptr<Turns> turns = std::make_shared<Turns>());

  /// Waits for this thread's turn. nullopt when it came; how long it would take when that is beyond the deadline (nothing was waited then,
  /// or a pause came in between). Throws Failure{Stopped}.
  std::optional<Millis> acquire(const Patience& patience);
  /// Nobody's turn comes before `until`. A later pause never shortens an earlier one. From then on the spacing is even: who asks for a
  /// pause grants no bursts.
  void pause_until(SteadyTime until) { turns_->pause_until(until); }

 private:
  const Clock& clock_;
  const Turns::Pace pace_;
  const std::shared_ptr<Turns> turns_;
};

/// At most `places` holders at a time. Any thread.
class Gate {
 public:
  explicit Gate(std::size_t places) : free_(places) {}

  class Ticket {
   public:
    explicit Ticket(Gate& gate) : gate_(&gate) {}
    ~Ticket() { gate_->leave(); }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

   private:
    Gate* gate_;
  };

  /// Throws Failure{TimeOver, Stopped}.
  Ticket enter(const Patience& patience);

 private:
  void leave();

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t free_;
};

}  // namespace lockstep::http
