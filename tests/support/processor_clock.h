// ProcessorClock: a clock that only the work of this thread moves, so that a busy machine is no fault of what is measured.
#pragma once

#include <chrono>
#include <ctime>

#include "common/time.h"

namespace lockstep::test {

class ProcessorClock : public Clock {
 public:
  Micros now() const override { return 0; }
  /// Stands still while a script is loaded.
  bool runs = false;
  SteadyTime steady() const override {
    if (!runs) return {};
    timespec spent{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return SteadyTime{} + std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec);
  }
  bool sleep(Millis, std::stop_token) const override { return true; }
};

}  // namespace lockstep::test
