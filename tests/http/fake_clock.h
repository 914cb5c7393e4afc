// FakeClock: time moves only by sleeping, so that waits of minutes take none and are counted.
#pragma once

#include <mutex>
#include <vector>

#include "common/time.h"

namespace lockstep::test {

class FakeClock : public Clock {
 public:
  Micros now() const override {
    const std::lock_guard lock(mutex_);
    return kStart + std::chrono::duration_cast<std::chrono::microseconds>(passed_).count();
  }
  SteadyTime steady() const override {
    const std::lock_guard lock(mutex_);
    return SteadyTime{} + std::chrono::hours(1000) + passed_;
  }
  bool sleep(Millis duration, std::stop_token stop) const override {
    if (stop.stop_requested()) return false;
    const std::lock_guard lock(mutex_);
    passed_ += duration;
    slept_.push_back(duration);
    return true;
  }

  void advance(Millis duration) {
    const std::lock_guard lock(mutex_);
    passed_ += duration;
  }
  std::vector<Millis> slept() const {
    const std::lock_guard lock(mutex_);
    return slept_;
  }
  /// 2026-11-21T00:00:00Z.
  static constexpr Micros kStart = 1'795'219'200'000'000;

 private:
  mutable std::mutex mutex_;
  mutable Millis passed_{0};
  mutable std::vector<Millis> slept_;
};

}  // namespace lockstep::test
