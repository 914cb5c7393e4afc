// A test program that plays the other process: it is started again with an address and a lease in its environment, and holds the lease.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "conformance/store_checks.h"

namespace lockstep::conformance {

/// For Database::holder(): this test program again, which then holds the lease.
ProgramCall this_program(const std::string& address, const std::string& lease);
/// In a process that this_program() started: opens the store, holds the lease and never returns. Elsewhere: false. Call it once, from a
/// static initialiser.
bool run_child_if_asked(const std::function<std::unique_ptr<Store>(const std::string& address)>& open);

}  // namespace lockstep::conformance
