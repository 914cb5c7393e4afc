// Cases: what the rows of the decision table are called where people read them.
#pragma once

#include <string_view>

namespace lockstep {

/// Why a change was made: "edited here". 0 is a rollback's change.
std::string_view why_changed(int case_number);

}  // namespace lockstep
