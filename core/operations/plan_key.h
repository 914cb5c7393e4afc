// Plan key: what plans are sealed with. It comes from the secrets that the databases of their syncs keep in their state, so that only who
// can read these databases can make a plan that `apply` takes.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "common/time.h"
#include "engine/engine.h"

namespace lockstep {

/// nullopt while one of the databases has no secret yet, which means that no plan was saved of it either. The syncs have their stores.
std::optional<std::string> find_plan_key(std::span<Sync* const> syncs);
/// The same; a database that has no secret yet gets one, and the table that keeps it: the only thing that saving a plan writes.
std::string ensure_plan_key(std::span<Sync* const> syncs, const Clock& clock);

}  // namespace lockstep
