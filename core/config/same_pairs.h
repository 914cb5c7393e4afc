// Same pairs: do two syncs pair the same rows with the same items? Each would agree with the remote on its own and know nothing of what the
// other agreed on, so that edits which one keeps the other overwrites.
#pragma once

#include "engine/engine.h"

namespace lockstep {

/// May a row belong to both? Of one table, with one id column, unless `where` gives each rows of its own; what a hook skips cannot be told.
bool may_share_rows(const Sync& one, const Sync& other);

}  // namespace lockstep
