// The parts of a mapping file about records that come and go (standing.h), and their forms.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "format/form.h"
#include "format/yaml.h"
#include "mapping/mapping.h"

namespace lockstep {

/// `mapping` has its fields.
std::vector<MissingValue> read_on_missing(const yaml::Node& node, const Mapping& mapping, yaml::Problems& problems);
/// `mapping` has its fields, its constants and what becomes of missing ones.
std::optional<EventRules> read_events(const yaml::Node& node, const Mapping& mapping, yaml::Problems& problems);

/// Keys of a mapping file, to be added to its form.
std::vector<yaml::Key> standing_keys(const std::string& name_pattern);

}  // namespace lockstep
