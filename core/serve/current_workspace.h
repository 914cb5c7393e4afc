// CurrentWorkspace: the configuration that the server works with now. A reload makes another one; who works with the old one keeps it, and
// one that cannot be read changes nothing.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/time.h"
#include "config/workspace.h"

namespace lockstep::serve {

/// Reads the configuration anew. Throws Error{Invalid} with all of its mistakes.
using LoadWorkspace = std::function<std::shared_ptr<const Workspace>()>;

/// Any thread.
class CurrentWorkspace {
 public:
  /// Throws what `load` throws.
  CurrentWorkspace(LoadWorkspace load, const Clock& clock);

  std::shared_ptr<const Workspace> get() const;
  /// True when another one was read; else refusal() says why not.
  bool reload();

  struct Look {
    std::uint64_t generation = 1;
    Micros loaded_at = 0;
    std::string refusal;  ///< why the last reload changed nothing; empty: it did
    Micros refused_at = 0;
    std::string awaits_start;  ///< what was read and takes effect at the next start alone; empty: nothing
  };
  Look look() const;

 private:
  const LoadWorkspace load_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::mutex loading_;  ///< one reload at a time
  std::shared_ptr<const Workspace> current_;
  const std::string listens_;  ///< address of the start
  Look look_;
};

}  // namespace lockstep::serve
