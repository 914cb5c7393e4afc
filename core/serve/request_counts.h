// RequestCounts: what was asked of the server, for its metrics: by route, method and status, never by what stood in the place of an id.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>

#include "common/time.h"

namespace lockstep::serve {

/// Any thread.
class RequestCounts {
 public:
  using Key = std::tuple<std::string, std::string, int>;  ///< route, method, status
  struct Sum {
    std::uint64_t count = 0;
    double seconds = 0;
  };

  void add(std::string_view route, std::string_view method, int status, Millis took) {
    const std::lock_guard lock(mutex_);
    Sum& sum = sums_[{std::string(route), std::string(method), status}];
    ++sum.count;
    sum.seconds += std::chrono::duration<double>(took).count();
  }
  std::map<Key, Sum> sums() const {
    const std::lock_guard lock(mutex_);
    return sums_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<Key, Sum> sums_;
};

}  // namespace lockstep::serve
