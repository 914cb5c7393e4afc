// Patience: what every wait of one request obeys, its deadline and the wish to stop. Sockets never block; all waiting happens here, so a
// server that drips one byte a second cannot outlive the deadline and a stop interrupts at once.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>

#include "common/time.h"

namespace lockstep::http {

class Patience {
 public:
  /// `furthest`: how far grant() may move the deadline; the deadline itself when it is not given.
  Patience(Deadline deadline, std::stop_token stop, const Clock& clock, std::optional<Deadline> furthest = {});
  ~Patience();
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;

  /// Waits until `descriptor` is ready for `events` (POLLIN, POLLOUT); false when `limit` came first.
  /// Throws Failure{TimeOver} when the deadline came first, Failure{Stopped} when a stop was requested.
  bool wait(int descriptor, short events, Deadline limit = {}) const;
  /// Throws as wait() does when there is nothing left to hope for.
  void check() const;
  /// A body of so many bytes is to leave: it gets the time that a slow line needs, a second for every 64 KiB.
  void grant(std::size_t bytes) const;

  Deadline deadline() const { return deadline_; }
  const std::stop_token& stop() const { return stop_; }
  const Clock& clock() const { return clock_; }

 private:
  mutable Deadline deadline_;
  Deadline furthest_;
  std::stop_token stop_;
  const Clock& clock_;
  int wake_ = -1;  ///< eventfd, written when a stop is requested
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

}  // namespace lockstep::http
