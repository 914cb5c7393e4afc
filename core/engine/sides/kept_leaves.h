// Kept leaves: what is sent of an object whose leaves stay as the remote has them, for people and for the journal.
#pragma once

#include "engine/decide/decide.h"

namespace lockstep {

/// The value of `parent`, one of the decision's remote fields, as it reaches the remote.
Value with_kept_leaves(const Mapping& mapping, const Facts& facts, const Decision& decision, const FieldChange& parent, Arena& arena);

}  // namespace lockstep
