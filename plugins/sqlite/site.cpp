#include "site.h"

#include <algorithm>
#include <array>

namespace lockstep::sqlite {
namespace {

/// What another program's commit takes, not its import.
constexpr Millis kMostAfterStop{500};
/// Short at first, for most locks are; in the end often enough not to be outrun by others who wait.
constexpr std::array<int, 8> kSteps{1, 2, 5, 10, 15, 20, 25, 50};

}  // namespace

bool LockWait::step(int attempts) {
  const SteadyTime now = clock_.steady();
  if (attempts == 0) {
    until_ = now + timeout_;
    hurried_ = false;
  }
  if (stopped() && !hurried_) {
    until_ = std::min(until_, now + kMostAfterStop);
    hurried_ = true;
  }
  if (now >= until_) return false;
  const Millis step(kSteps[std::min(static_cast<std::size_t>(attempts), kSteps.size() - 1)]);
  // A step that the stop cuts short is followed by one that heeds it.
  clock_.sleep(std::min(step, std::chrono::ceil<Millis>(until_ - now)), hurried_ ? std::stop_token() : stop_);
  return true;
}

}  // namespace lockstep::sqlite
