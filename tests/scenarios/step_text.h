// What a step of a scenario says, as texts.
#pragma once

#include <string>
#include <vector>

#include "data/json.h"
#include "format/yaml.h"
#include "scenarios/database_kind.h"

namespace lockstep::test {

/// One text, or those of a list.
std::vector<std::string> texts(const yaml::Node& node);
/// A text, or the one that a store's name leads to: {sqlite: …, postgresql: …}, with `others` for those that are not named.
std::string spelled(const yaml::Node& node, const DatabaseKind& kind);
/// Canonical JSON; "null" for nothing.
std::string shown(const Json* value);

}  // namespace lockstep::test
