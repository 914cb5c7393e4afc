// Expansion of `${…}` inside scalars, after parsing: a value from outside can never change the structure of a configuration.
#pragma once

#include <string>

#include "format/yaml.h"

namespace lockstep::yaml {

/// Expands every scalar of `node`, keys excepted. `folder`: where relative `${file:…}` paths start; may be empty.
void expand(Node& node, const std::string& folder, const Environment& environment, Problems& problems);

}  // namespace lockstep::yaml
