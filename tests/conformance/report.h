// What a check found, told to GoogleTest.
#pragma once

#include <set>
#include <string>

#include "conformance/check.h"

namespace lockstep::conformance {

/// Failures of the current test. A skip is one too, unless `skipped` names the check; then not being skipped is.
void report(const Finding& outcome, const std::string& name, const std::set<std::string>& skipped);

}  // namespace lockstep::conformance
