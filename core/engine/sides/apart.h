// Apart: conflicts whose two sides are no pair any more. They are closed, and what the sides held is no agreement: where the two meet
// again, a person is asked anew, whatever the policy says.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "state/state.h"

namespace lockstep {

/// What `held` keeps of a field of which nothing is agreed on, and whose difference is left to a person.
Json asked_entry();
bool is_asked(const Json& entry);
/// The same of one of which only that is known that both sides were edited.
Json moved_entry();

/// Collects in `batch` that these conflicts of one link are closed and that nothing is agreed on about their fields, but that
/// a person is asked. `links`: those that
/// the batch keeps in step; `link`: an index into them, or nothing when the link is not known. `arena` lives until the batch is flushed.
void close_apart(State& state, StateBatch& batch, const Links& links, std::optional<std::size_t> link,
                 std::span<const ConflictEntry> conflicts, Micros at, Arena& arena);

/// The same in a transaction of its own, for a conflict of a sync that the configuration has no longer: no run comes to it. Throws
/// Error{Busy} while a run of that sync is under way.
void close_unclaimed(Store& store, const ConflictEntry& conflict, const Clock& clock);

}  // namespace lockstep
