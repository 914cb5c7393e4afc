// What the next runs will make of what a rollback has restored, as sentences.
#pragma once

#include <string>
#include <vector>

#include "engine/engine.h"

namespace lockstep::operations {

/// One line for each pair of runs that do different things; nothing where no pair was restored.
std::vector<std::string> next_runs(const Sync& sync, const SyncReport& report);

}  // namespace lockstep::operations
