// Times as people give them on the command line.
#pragma once

#include <string>

#include "common/time.h"

namespace lockstep {

/// A time, or how long ago: "12h"; 0 for "". Throws Error{Invalid} for anything else.
Micros since_of(const std::string& text, Micros now);

}  // namespace lockstep
