// The request log. Keys are left out: a log that is printed by a failing test must not hold one.
#include "sandbox/log.h"

namespace lockstep::sandbox {

void RequestLog::add(LoggedRequest entry) {
  if (auto key = entry.request.headers.find("authorization"); key != entry.request.headers.end()) key->second = "(hidden)";
  const std::lock_guard lock(mutex_);
  entries_.push_back(std::move(entry));
}

std::vector<LoggedRequest> RequestLog::entries() const {
  const std::lock_guard lock(mutex_);
  return entries_;
}

void RequestLog::clear() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
}

}  // namespace lockstep::sandbox
