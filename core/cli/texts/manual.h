// Manual: the page lockstep(1), from the tables of commands and options.
#pragma once

#include <string>
#include <vector>

#include "cli/arguments.h"

namespace lockstep {

/// In the language of man(7).
std::string manual(const std::vector<Command>& commands);

}  // namespace lockstep
