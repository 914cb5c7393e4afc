// LuaScript: the text of a script and its loaded form: a state and where each stage's function is. Made afresh when a call failed.
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
#include "hook/stages.h"

namespace lockstep::hook {

inline constexpr std::size_t kStages = Words<Hook::Stage>::kCount;

/// A function of the script: reference in the registry, and the line where it begins.
struct LuaFunction {
  int reference = 0;
  int line = 0;
};

class LuaScript {
 public:
  LuaScript(std::string text, std::string shown, const LuaLimits& limits, const Clock& clock, Json data = {});

  /// Runs the script's body and looks for its functions. Answers the mistakes, each "file:line: message"; none: it is ready.
  std::vector<std::string> load();
  /// Loads again when the last call left the state spent, or when that has failed before; answers the reason when it fails. What stage()
  /// and transform() gave before is void then.
  std::optional<std::string> make_ready();
  LuaState& state() { return *state_; }

  /// As the state at hand has it; nullptr when the script has none, or failed to load again.
  const LuaFunction* stage(Hook::Stage stage) const;
  const LuaFunction* transform(std::string_view name) const;
  /// What the script had when it was first loaded: a stage that is lost later must reject records, not let them pass.
  bool declares(Hook::Stage stage) const { return declared_[static_cast<std::size_t>(stage)]; }
  const std::vector<std::string>& transforms() const { return declared_transforms_; }
  /// "scripts/x.lua:9: …": why a stage that was declared cannot be called.
  std::string lost() const { return problem(last_line_, "the script returned other functions when it was loaded again"); }
  const std::string& text() const { return text_; }
  const Json& data() const { return data_; }
  HookHost* host = nullptr;

 private:
  void declare();
  void read_stages(lua_State* lua, std::vector<std::string>& problems);
  void read_stage(lua_State* lua, std::string_view name, std::vector<std::string>& problems);
  void read_transforms(lua_State* lua, std::vector<std::string>& problems);
  std::string problem(int line, const std::string& message) const;
  LuaFunction refer(lua_State* lua);

  std::string text_;
  std::string shown_;
  LuaLimits limits_;
  const Clock& clock_;
  Json data_;
  std::unique_ptr<LuaState> state_;
  std::array<std::optional<LuaFunction>, kStages> stages_;
  std::map<std::string, LuaFunction, std::less<>> transforms_;
  std::array<bool, kStages> declared_{};
  std::vector<std::string> declared_transforms_;
  bool first_ = true;
  bool loaded_ = false;
  int last_line_ = 1;
};

}  // namespace lockstep::hook
