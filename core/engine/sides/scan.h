// Scan: the rows of a sync's table, a chunk at a time in the order of their keys, so that no cursor stays open.
#pragma once

#include <functional>
#include <stop_token>
#include <vector>

#include "engine/sides/target.h"

namespace lockstep {

/// The rows that meet `where`, as wide as the target's shape. `piece` is told of each chunk before `each` gets its rows.
/// Throws Error{Interrupted} when `stop` is requested.
void scan_rows(Store& store, const Target& target, const std::vector<Filter::Condition>& where,
               const std::function<void(const Rows&)>& piece, const std::function<void(Row)>& each, std::stop_token stop);

}  // namespace lockstep
