// Chosen syncs: which syncs are meant by the names that somebody gave, or by none.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/workspace.h"

namespace lockstep::operations {

/// The syncs of these names and groups, each once; of no name, those marked `default: true`. An optional one is left out while its provider
/// cannot be used, unless it is named itself. Throws the configuration's mistakes, Error{Invalid} when nothing is meant or a named one is
/// of another environment, Error{Credentials} when none of them can run.
std::vector<std::string> chosen_syncs(const Workspace& workspace, std::span<const std::string> named);

/// The members of each name that is a group, and every other name as it is: one that is none is told of when it is loaded.
std::vector<std::string> members_of(const Configuration& configuration, std::span<const std::string> names);

}  // namespace lockstep::operations
