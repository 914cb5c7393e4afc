#include "http/limiter.h"

#include <algorithm>

#include "http/failure.h"

namespace lockstep::http {
namespace {

std::chrono::nanoseconds seconds(double value) {
  const double longest = std::chrono::duration<double>(kLongestDuration).count();
  return std::chrono::nanoseconds(static_cast<std::int64_t>(std::min(value, longest) * 1e9));
}

}  // namespace

RateLimiter::RateLimiter(double per_second, double burst, const Clock& clock)
    : clock_(clock),
      interval_(per_second > 0 ? seconds(1.0 / per_second) : std::chrono::nanoseconds(0)),
      tolerance_(per_second > 0 ? seconds(std::max(0.0, burst - 1.0) / per_second) : std::chrono::nanoseconds(0)) {}

Millis RateLimiter::try_take() {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.steady();
  const SteadyTime turn = std::max(paused_until_, std::max(next_, now) - tolerance_);
  if (turn <= now) {
    next_ = std::max(next_, now) + interval_;
    return Millis::zero();
  }
  return std::chrono::ceil<Millis>(turn - now);
}

std::optional<Millis> RateLimiter::acquire(const Patience& patience) {
  for (;;) {
    patience.check();
    const Millis wait = try_take();
    if (wait == Millis::zero()) return std::nullopt;
    if (wait >= patience.deadline().left(clock_)) return wait;
    if (!clock_.sleep(wait, patience.stop())) throw Failure(Failure::Cause::Stopped, "Interrupted");
  }
}

void RateLimiter::pause_until(SteadyTime until) {
  const std::lock_guard lock(mutex_);
  paused_until_ = std::max(paused_until_, until);
  tolerance_ = std::chrono::nanoseconds(0);
  next_ = std::min(next_, paused_until_);
}

Gate::Ticket Gate::enter(const Patience& patience) {
  std::unique_lock lock(mutex_);
  while (free_ == 0) {
    patience.check();
    // A clock of a test may stand still; the wait is then cut into pieces, so that check() is asked again.
    const Millis left = std::min(patience.deadline().left(patience.clock()), Millis(1000));
    changed_.wait_for(lock, patience.stop(), left, [this] { return free_ > 0; });
  }
  --free_;
  return Ticket(*this);
}

void Gate::leave() {
  {
    const std::lock_guard lock(mutex_);
    ++free_;
  }
  changed_.notify_one();
}

}  // namespace lockstep::http
