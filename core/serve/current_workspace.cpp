#include "serve/current_workspace.h"

#include "common/error.h"
#include "common/log.h"

namespace lockstep::serve {

CurrentWorkspace::CurrentWorkspace(LoadWorkspace load, const Clock& clock)
    : load_(std::move(load)), clock_(clock), current_(load_()), listens_(current_->configuration().serve.listen.text()) {
  look_.loaded_at = clock_.now();
}

std::shared_ptr<const Workspace> CurrentWorkspace::get() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

bool CurrentWorkspace::reload() {
  const std::lock_guard one(loading_);
  try {
    std::shared_ptr<const Workspace> fresh = load_();
    const std::string listen = fresh->configuration().serve.listen.text();
    const std::lock_guard lock(mutex_);
    current_ = std::move(fresh);
    ++look_.generation;
    look_.loaded_at = clock_.now();
    look_.refusal.clear();
    look_.refused_at = 0;
    look_.awaits_start.clear();
    if (listen != listens_)
      look_.awaits_start = "serve.listen is " + listen + " now: until it is started again, the server listens on " + listens_;
  } catch (const std::exception& failure) {
    log::error(std::string("the configuration was not reloaded, and the old one stays: ") + failure.what());
    const std::lock_guard lock(mutex_);
    look_.refusal = redact(failure.what());
    look_.refused_at = clock_.now();
    return false;
  }
  log::info("the configuration was reloaded");
  if (const std::string left = look().awaits_start; !left.empty()) log::warning(left);
  return true;
}

CurrentWorkspace::Look CurrentWorkspace::look() const {
  const std::lock_guard lock(mutex_);
  return look_;
}

}  // namespace lockstep::serve
