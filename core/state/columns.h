// Columns that are others by now: what the sets of rules say of them, and the open conflicts about them, change together or not at all.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "state/state.h"

namespace lockstep::state {

/// Changes the sync's sets for which `change` says that it did. Open conflicts about `renamed` columns, by the former name in lower case,
/// are about others from then on.
void change_columns(Store& store, State& state, std::int64_t sync_id, const Lease& lease, const std::function<bool(Json&)>& change,
                    const std::map<std::string, std::string>& renamed);

}  // namespace lockstep::state
