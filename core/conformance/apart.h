// A check apart: in a process of its own, so that a plugin that crashes fails one check and not the program.
#pragma once

#include <functional>

#include "conformance/check.h"

namespace lockstep::conformance {

/// Runs `check` in a child process and returns its finding. A child that is ended by a signal, or ends itself, failed, and the reason names
/// the signal or the exit code. What `check` changes in memory stays in the child. std::system_error when no process can be started.
Finding run_apart(const std::function<Finding()>& check);

}  // namespace lockstep::conformance
