// Limiter: how fast and how many at once. One object per provider, shared by its threads; a 429 told to one of them pauses all.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stop_token>

#include "common/time.h"
#include "http/patience.h"

namespace lockstep::http {

/// Spacing with a burst: up to `burst` requests at once, then one every 1/rate seconds. Any thread.
class RateLimiter {
 public:
  /// `per_second` 0: no limit but pauses.
  RateLimiter(double per_second, double burst, const Clock& clock);

  /// Waits for this thread's turn. nullopt when it came; how long it would take when that is beyond the deadline (nothing was waited then,
  /// or a pause came in between). Throws Failure{Stopped}.
  std::optional<Millis> acquire(const Patience& patience);
  /// Nobody's turn comes before `until`. A later pause never shortens an earlier one. From then on the spacing is even: who asks for a
  /// pause grants no bursts.
  void pause_until(SteadyTime until);

 private:
  /// How long until a turn that begins now; zero: it is taken.
  Millis try_take();

  std::mutex mutex_;
  const Clock& clock_;
  const std::chrono::nanoseconds interval_;
  std::chrono::nanoseconds tolerance_;  ///< how far ahead of the even spacing a burst may run
  SteadyTime next_{};                   ///< when the next request is due at even spacing
  SteadyTime paused_until_{};
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
