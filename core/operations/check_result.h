// Check result: what `lockstep check` looks at, each with its outcome.
#pragma once

#include <string>
#include <vector>

namespace lockstep {

struct CheckResult {
  enum class State { Good, Note, Bad } state = State::Good;
  std::string what;     ///< "configuration", "mapping", "hooks", "provider", "store"
  std::string name;     ///< "config/lockstep.yaml", "vapi"
  std::string message;  ///< what is wrong, or what was found
  std::string code;     ///< of an Error, for programs
};

}  // namespace lockstep
