// The rules of a mapping that are about more than one field: how rows find their items, and what objects are made with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "format/yaml.h"
#include "mapping/mapping.h"

namespace lockstep {

/// `country_code: 1` as digits; empty when there is none.
std::string read_country_code_rule(const yaml::Node& node, yaml::Problems& problems);
/// `match: {column: number, as: e164}`. The fields of `mapping` and its shape are there already.
std::optional<MatchRule> read_match(const yaml::Node& node, const Mapping& mapping, const std::string& country_code,
                                    yaml::Problems& problems);
/// `made_with: {voice: {provider: vapi}}`, outer objects first.
std::vector<Starter> read_starters(const yaml::Node& node, const Mapping& mapping, yaml::Problems& problems);

}  // namespace lockstep
