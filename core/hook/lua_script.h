// LuaScript: the text of a script and its loaded form: a state and where each stage's function is. Made afresh when a budget ran out.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hook/hook.h"
#include "hook/lua.h"
#include "hook/lua_state.h"

namespace lockstep::hook {

inline constexpr std::size_t kStages = 8;
/// Indexed by Hook::Stage; as scripts spell them.
inline constexpr std::array<std::string_view, kStages> kStageNames{"record", "transform", "assign_owner", "row",
                                                                   "match",  "conflict",  "payload",      "changed"};

/// A function of the script: reference in the registry, and the line where it begins.
struct LuaFunction {
  int reference = 0;
  int line = 0;
};

class LuaScript {
 public:
  LuaScript(std::string text, std::string shown, const LuaLimits& limits, const Clock& clock);

  /// Runs the script's body and looks for its functions. Answers the mistakes, each "file:line: message"; none: it is ready.
  std::vector<std::string> load();
  /// Loads again when the last call left the state spent; answers the reason when that fails. What stage() and transform() gave before
  /// is void then.
  std::optional<std::string> make_ready();
  LuaState& state() { return *state_; }

  const LuaFunction* stage(Hook::Stage stage) const;
  const LuaFunction* transform(std::string_view name) const;
  std::vector<std::string> transforms() const;
  const std::string& text() const { return text_; }
  HookHost* host = nullptr;

 private:
  void read_stages(lua_State* lua, std::vector<std::string>& problems);
  void read_stage(lua_State* lua, std::string_view name, std::vector<std::string>& problems);
  void read_transforms(lua_State* lua, std::vector<std::string>& problems);
  std::string problem(int line, const std::string& message) const;
  LuaFunction refer(lua_State* lua);

  std::string text_;
  std::string shown_;
  LuaLimits limits_;
  const Clock& clock_;
  std::unique_ptr<LuaState> state_;
  std::array<std::optional<LuaFunction>, kStages> stages_;
  std::map<std::string, LuaFunction, std::less<>> transforms_;
  int last_line_ = 1;
};

}  // namespace lockstep::hook
