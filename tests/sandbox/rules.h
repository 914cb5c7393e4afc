// Rules: which properties a write may hold and what their values must be. The lists are data (rules.json); the words are those of
// the API's validation, so that a client's handling of them is tested with the real text.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "data/json.h"

namespace lockstep::sandbox {

enum class Kind { Assistant, PhoneNumber, Tool };

inline constexpr std::array kKinds{Kind::Assistant, Kind::PhoneNumber, Kind::Tool};

/// Everything wrong with the body of a create (`held` null) or an update of `held`; empty when it is acceptable. Read-only properties
/// are unknown properties to the API. A property of an older API is accepted where the stored item still has it.
std::vector<std::string> mistakes_in(Kind kind, const Json& body, const Json* held);

/// Lays `changed` over `item` as PATCH does: members that are sent replace whole, null clears. Write-only secrets go to `secret`
/// and are never part of `item`.
void merge_shallow(Kind kind, Json& item, const Json& changed, std::string& secret);

}  // namespace lockstep::sandbox
