#include "http/limiter.h"

#include <algorithm>
#include <map>
#include <string>

#include "http/failure.h"

namespace lockstep::http {
namespace {

std::chrono::nanoseconds seconds(double value) {
  const double longest = std::chrono::duration<double>(kLongestDuration).count();
  return std::chrono::nanoseconds(static_cast<std::int64_t>(std::min(value, longest) * 1e9));
}

Turns::Pace pace_of(double per_second, double burst) {
  if (per_second <= 0) return {std::chrono::nanoseconds(0), std::chrono::nanoseconds(0)};
  return {seconds(1.0 / per_second), seconds(std::max(0.0, burst - 1.0) / per_second)};
}

}  // namespace

Millis Turns::try_take(const Pace& pace, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  const auto tolerance = even_ ? std::chrono::nanoseconds(0) : pace.tolerance;
  const SteadyTime turn = std::max(paused_until_, std::max(next_, now) - tolerance);
  if (turn > now) return std::chrono::ceil<Millis>(turn - now);
  next_ = std::max(next_, now) + pace.interval;
  return Millis::zero();
}

void Turns::pause_until(SteadyTime until) {
  const std::lock_guard lock(mutex_);
  paused_until_ = std::max(paused_until_, until);
  even_ = true;
  next_ = std::min(next_, paused_until_);
}

/// Global, for plugins are made by a function that takes options alone, and each has clients of its own.
std::shared_ptr<Turns> turns_of(const Hash128& account) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<Turns>>& known = *new std::map<std::string, std::shared_ptr<Turns>>;
  const std::lock_guard lock(mutex);
  std::shared_ptr<Turns>& turns = known[account.hex()];
  if (!turns) turns = std::make_shared<Turns>();
  return turns;
}

RateLimiter::RateLimiter(double per_second, double burst, const Clock& clock, std::shared_ptr<Turns> turns)
    : clock_(clock), pace_(pace_of(per_second, burst)), turns_(std::move(turns)) {}

std::optional<Millis> RateLimiter::acquire(const Patience& patience) {
  for (;;) {
    patience.check();
    const Millis wait = turns_->try_take(pace_, clock_.steady());
    if (wait == Millis::zero()) return std::nullopt;
    if (wait >= patience.deadline().left(clock_)) return wait;
    if (!clock_.sleep(wait, patience.stop())) throw Failure(Failure::Cause::Stopped, "Interrupted");
  }
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
