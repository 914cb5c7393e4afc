// Call: what travels with every call through a door: the wish to stop, the deadline, the meter.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>

#include "common/time.h"

namespace lockstep {

/// Counts what a run costs. Any thread.
struct Meter {
  std::atomic<std::uint64_t> get{0};
  std::atomic<std::uint64_t> post{0};
  std::atomic<std::uint64_t> patch{0};
  std::atomic<std::uint64_t> retries{0};
  std::atomic<std::uint64_t> bytes_received{0};
};

struct Call {
  std::stop_token stop;
  Deadline deadline;  ///< of the whole call; a request's own timeout applies within it
  Meter& meter;
  std::span<const std::string> secrets = {};  ///< patterns of what no log shows, besides what the resource names: the mapping's
};

}  // namespace lockstep
