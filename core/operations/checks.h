// Checks: what `lockstep check` looks at, each with its outcome.
#pragma once

#include <string>
#include <vector>

#include "data/json.h"

namespace lockstep {

struct CheckResult {
  enum class State { Good, Note, Bad } state = State::Good;
  std::string what;     ///< "configuration", "mapping", "hooks", "provider", "store"
  std::string name;     ///< "config/lockstep.yaml", "vapi"
  std::string message;  ///< what is wrong, or what was found
  std::string code;     ///< of an Error, for programs
};

Json checks_json(const std::vector<CheckResult>& results, const std::vector<std::string>& mistakes,
                 const std::vector<std::string>& warnings, int exit);

}  // namespace lockstep
