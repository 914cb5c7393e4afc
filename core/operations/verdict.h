// Verdict: how an operation ended, in the words that every face of it has for that.
#pragma once

#include <span>
#include <stop_token>

#include "engine/engine.h"

namespace lockstep::operations {

/// The number is the `exit` of the outcome in JSON, and of the program: the scripts of users rely on it.
enum class Verdict : int {
  Done = 0,           ///< all that was asked is done, or there was nothing to do
  Failed = 1,         ///< nothing was done
  Partly = 2,         ///< something was done, and something else was not
  Pending = 3,        ///< all went well and changes are pending, which the request asked to be told
  Interrupted = 130,  ///< what was committed stays
};

inline int number_of(Verdict verdict) { return static_cast<int>(verdict); }

/// Of several syncs in one run. `stop` was requested: whatever they report, it was interrupted.
Verdict verdict_of(std::span<const SyncReport> reports, const std::stop_token& stop);

}  // namespace lockstep::operations
