// check: configuration, mappings and hooks with all their mistakes; then, unless offline, every provider and store.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "config/workspace.h"
#include "data/json.h"
#include "operations/check_result.h"
#include "operations/verdict.h"

namespace lockstep::operations {

struct CheckRequest {
  bool offline = false;  ///< connect to nothing
};

struct CheckOutcome {
  std::vector<CheckResult> results;             ///< in the order of looking; none while there are mistakes
  std::vector<std::string> mistakes, warnings;  ///< of the files, each with its place
  Verdict verdict = Verdict::Done;              ///< Failed: mistakes, or nothing could be connected. Partly: a check found something bad
};

/// Every part that the configuration names, used by a sync or not. Writes nothing, and throws for nothing that it can tell as a result.
CheckOutcome check(const Workspace& workspace, const CheckRequest& request, const Clock& clock, std::stop_token stop);

/// {"ok", "checks": [{"what", "name", "ok", "message", "code"}], "mistakes", "warnings", "exit"}, with "error" where there are mistakes
Json to_json(const CheckOutcome& outcome);

}  // namespace lockstep::operations
