// A look at a sync's rows alone: which of them an export would want to look at. Nothing is asked of the remote, and nothing is written.
#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "common/hash.h"
#include "engine/engine.h"

namespace lockstep {

struct EditLook {
  /// By key: the rows that are not as the last run left them, or have no item, with a hash that is the same while nobody touches them.
  std::map<std::string, Hash128, std::less<>> rows;
  /// The items of these rows, where each is the one of its link and bears its id: an export of them alone is enough. Empty: it is not.
  std::vector<std::string> ids;
};

/// Of an opened sync. Throws what a store throws, and Error{Invalid} for a table that lacks columns.
EditLook look_for_edits(const Sync& sync, const Clock& clock, std::stop_token stop);

}  // namespace lockstep
