// Unshown: members of an object's column that the API takes and never answers (Resource::write_only). What an answer leaves out is not empty
// but unknown: the row keeps its own.
#pragma once

#include "data/arena.h"
#include "data/value.h"
#include "mapping/mapping.h"

namespace lockstep {

/// `shown`, with the unshown members of `held`, what the row's cell holds, where it has the place for them. Bytes go into `arena`.
Value with_unshown(const Field& field, const Value& shown, const Value& held, Arena& arena);

}  // namespace lockstep
