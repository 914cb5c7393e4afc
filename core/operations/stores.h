// Stores: reading the state tables of every store that the configuration names.
#pragma once

#include <functional>
#include <vector>

#include "operations/session.h"
#include "state/state.h"

namespace lockstep {

/// Calls `use` for each store whose state tables are there, in the order of the configuration.
void each_state(Session& session, const std::function<void(State&)>& use);
/// Rejected records of all stores, oldest first.
std::vector<RejectedEntry> all_rejected(Session& session);

/// The entries of the run with this id, or this beginning of one: one for each of its syncs, in their order. Throws Error{NotFound} with a
/// suggestion, Error{Invalid} when several runs begin so.
std::vector<RunEntry> entries_of_run(Session& session, const std::string& wanted);

}  // namespace lockstep
