// Pool: connections to one origin that wait for the next request. A connection that has something to say while idle is closed or confused,
// and is dropped before a request is risked on it.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "common/time.h"
#include "http/wire.h"

namespace lockstep::http {

/// Any thread.
class Pool {
 public:
  explicit Pool(const Clock& clock) : clock_(clock) {}

  /// The connection used last that is not older than `most_idle` and is quiet; null when there is none.
  std::unique_ptr<Wire> take(Millis most_idle);
  void put(std::unique_ptr<Wire> wire);

 private:
  const Clock& clock_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Wire>> idle_;
};

}  // namespace lockstep::http
