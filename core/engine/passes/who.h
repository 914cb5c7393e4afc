// Who runs the program, for the journal.
#pragma once

#include <string>

namespace lockstep {

/// "ana@host", by the account, which a variable cannot change.
std::string user_at_host();

}  // namespace lockstep
