// The request log. Keys are left out: a log that is printed by a failing test must not hold one.
#include "sandbox/log.h"

namespace lockstep::sandbox {
namespace {

constexpr const char* kHidden = "(hidden)";

/// A key in the query stays visible as a parameter: a test may want to know that it was sent there.
void hide_keys(Request& request) {
  for (const char* name : {"authorization", "x-goog-api-key", "x-api-key"})
    if (const auto key = request.headers.find(name); key != request.headers.end()) key->second = kHidden;
  for (auto& [name, value] : request.parameters) {
    if (name != "key" || value.empty()) continue;
    if (const auto at = request.query.find("key=" + value); at != std::string::npos) request.query.replace(at + 4, value.size(), kHidden);
    value = kHidden;
  }
}

}  // namespace

void RequestLog::add(LoggedRequest entry) {
  hide_keys(entry.request);
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
