// Hooks in Lua 5.4, sandboxed: no io, os, debug, load or package; an instruction budget and a memory cap that pcall and coroutines
// cannot escape. A script returns one table of functions.
#pragma once

#include <memory>
#include <string>

#include "format/yaml.h"
#include "hook/hook.h"

namespace lockstep {

struct LuaLimits {
  std::uint64_t instructions = 10'000'000;  ///< of one call of a stage
  std::size_t memory_bytes = 64U << 20U;    ///< of the whole state
  std::size_t pattern_subject_bytes = 1U << 20U;  ///< longest subject of string.find and its kin with a pattern
};

/// Loads a script. Mistakes (missing file, syntax error, not a table, unknown stage with a suggestion, a stage that is no function)
/// go to `problems` with "file:line"; nullptr then. `shown` is the file's name in messages.
std::unique_ptr<Hook> load_lua(const std::string& path, const std::string& shown, const LuaLimits& limits, yaml::Problems& problems);

}  // namespace lockstep
