// A check apart: in a process of its own, so that a plugin that crashes fails one check and not the program.
#pragma once

#include <functional>

#include "common/time.h"
#include "conformance/check.h"

namespace lockstep::conformance {

/// The slowest check of a plugin that keeps its promises (it waits for time-outs, several times) takes a tenth of it.
inline constexpr Millis kLongestCheck = std::chrono::minutes(5);

/// Runs `check` in a child process and returns its finding. A child that is ended by a signal, or ends itself, failed, and the reason names
/// the signal or the exit code; one that has found nothing after `longest` is ended, and failed too. What `check` changes in memory stays
/// in the child. std::system_error when no process can be started.
Finding run_apart(const std::function<Finding()>& check, Millis longest = kLongestCheck);

}  // namespace lockstep::conformance
