// Remote side: what a run did to the sandbox's items, and whether it was allowed to.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "data/json.h"
#include "sandbox/sandbox.h"

namespace lockstep::test {

/// Id → the item as a client sees it, assistants, phone numbers and tools.
using World = std::map<std::string, Json>;
World world_of(const sandbox::Sandbox& sandbox);

/// "PATCH /assistant/ID {…}" of every POST and PATCH, in the order of the texts, for several are under way at once. Bodies are canonical;
/// the marker of a create, which is another each time, is left out. A POST without a marker says so.
std::vector<std::string> writes_of(const std::vector<sandbox::LoggedRequest>& requests);
/// How many POST and PATCH there are.
std::size_t count_writes(const std::vector<sandbox::LoggedRequest>& requests);

/// What a run must not have done: an item that vanished; an item that no PATCH named, or a top-level key that no PATCH of the item held,
/// that is another one now; an item that no POST made.
std::vector<std::string> touched_unnamed(const World& before, const World& after, const std::vector<sandbox::LoggedRequest>& requests);
/// Remote values that a run overwrote without leaving the old one in the journal of `file`.
std::vector<std::string> unjournaled_remote(const World& before, const World& after, const std::string& file);
/// Cells of the user's tables that show Lockstep's marker.
std::vector<std::string> visible_markers(const std::string& file);

}  // namespace lockstep::test
