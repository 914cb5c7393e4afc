#include "http/pool.h"

#include <utility>

namespace lockstep::http {
namespace {

constexpr std::size_t kMostIdleWires = 16;

}  // namespace

std::unique_ptr<Wire> Pool::take(Millis most_idle) {
  const std::lock_guard lock(mutex_);
  while (!idle_.empty()) {
    std::unique_ptr<Wire> wire = std::move(idle_.back());
    idle_.pop_back();
    const bool young = clock_.steady() - wire->idle_since <= most_idle;
    if (young && wire->quiet()) return wire;
  }
  return nullptr;
}

void Pool::put(std::unique_ptr<Wire> wire) {
  wire->used = true;
  wire->idle_since = clock_.steady();
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kMostIdleWires) idle_.push_back(std::move(wire));
}

}  // namespace lockstep::http
