#include "hook/lua_script.h"

#include <algorithm>
#include <lua.hpp>
#include <utility>

#include "common/text.h"
#include "hook/lua_context.h"
#include "hook/lua_libraries.h"
#include "hook/lua_record.h"
#include "hook/lua_row.h"
#include "hook/lua_values.h"

namespace lockstep::hook {
namespace {

// A byte-order mark and a first line "#!…" are no Lua; the line itself stays, so that lines count right.
std::string_view without_preamble(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.starts_with('#')) text.remove_prefix(std::min(text.find('\n'), text.size()));
  return text;
}

// Text chunks only: bytecode can break the interpreter.
void push_script(lua_State* lua, std::string_view text, const std::string& shown) {
  const std::string chunk = "@" + shown;
  if (luaL_loadbufferx(lua, text.data(), text.size(), chunk.c_str(), "t") != LUA_OK) lua_error(lua);
  push_environment(lua);
  lua_setupvalue(lua, -2, 1);
}

}  // namespace

LuaScript::LuaScript(std::string text, std::string shown, const LuaLimits& limits, const Clock& clock, Json data)
    : text_(std::move(text)), shown_(std::move(shown)), limits_(limits), clock_(clock), data_(std::move(data)) {
  last_line_ = 1 + static_cast<int>(std::count(text_.begin(), text_.end(), '\n'));
}

std::string LuaScript::problem(int line, const std::string& message) const { return shown_ + ":" + std::to_string(line) + ": " + message; }

std::vector<std::string> LuaScript::load() {
  state_ = std::make_unique<LuaState>(limits_, shown_, clock_);
  stages_ = {};
  transforms_.clear();
  state_->host = host;
  state_->data = &data_;
  state_->loading = true;
  std::vector<std::string> problems;
  const auto failure = state_->run(
      [&](lua_State* lua) {
        open_values(lua);
        open_records(lua);
        open_rows(lua);
        open_context(lua);
        push_script(lua, without_preamble(text_), shown_);
        lua_call(lua, 0, 1);
        read_stages(lua, problems);
      },
      last_line_);
  state_->loading = false;
  if (failure) problems.push_back(*failure);
  loaded_ = problems.empty();
  if (std::exchange(first_, false)) declare();
  return problems;
}

void LuaScript::declare() {
  for (std::size_t i = 0; i < kStages; ++i) declared_[i] = stages_[i].has_value();
  for (const auto& entry : transforms_) declared_transforms_.push_back(entry.first);
  declared_[static_cast<std::size_t>(Hook::Stage::Transform)] = !declared_transforms_.empty();
}

std::optional<std::string> LuaScript::make_ready() {
  if (state_->spent() || !loaded_) {
    std::vector<std::string> problems = load();
    if (!problems.empty()) return problems.front();
  }
  state_->host = host;
  return std::nullopt;
}

void LuaScript::read_stages(lua_State* lua, std::vector<std::string>& problems) {
  if (!lua_istable(lua, -1)) {
    problems.push_back(problem(last_line_, "the script must return a table of functions, not " + type_text(lua, -1)));
    return;
  }
  // In the order of their names, since Lua's order differs from run to run.
  std::vector<std::string> names;
  for (lua_pushnil(lua); lua_next(lua, -2) != 0; lua_pop(lua, 1)) {
    if (lua_type(lua, -2) == LUA_TSTRING) {
      names.emplace_back(lua_tostring(lua, -2));
    } else {
      problems.push_back(problem(last_line_, "a stage's name must be text, not " + type_text(lua, -2)));
    }
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    push_text(lua, name);
    lua_rawget(lua, -2);
    read_stage(lua, name, problems);
    lua_settop(lua, 2);
  }
}

void LuaScript::read_stage(lua_State* lua, std::string_view name, std::vector<std::string>& problems) {
  const std::optional<Hook::Stage> stage = stage_words().find(name);
  if (!stage) {
    const int line = lua_isfunction(lua, -1) ? refer(lua).line : last_line_;
    problems.push_back(problem(line, "unknown stage \"" + std::string(name) + "\"" + did_you_mean(name, stage_words().texts())));
    return;
  }
  if (stage == Hook::Stage::Transform) return read_transforms(lua, problems);
  if (!lua_isfunction(lua, -1)) {
    problems.push_back(problem(last_line_, "the stage \"" + std::string(name) + "\" must be a function, not " + type_text(lua, -1)));
    return;
  }
  stages_[static_cast<std::size_t>(*stage)] = refer(lua);
}

void LuaScript::read_transforms(lua_State* lua, std::vector<std::string>& problems) {
  if (!lua_istable(lua, -1)) {
    problems.push_back(problem(last_line_, "\"transform\" must be a table of functions by name, not " + type_text(lua, -1)));
    return;
  }
  for (lua_pushnil(lua); lua_next(lua, -2) != 0; lua_pop(lua, 1)) {
    if (lua_type(lua, -2) != LUA_TSTRING || !lua_isfunction(lua, -1)) {
      const std::string name = lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : type_text(lua, -2);
      problems.push_back(problem(last_line_, "transform \"" + name + "\" must be a function with a name, not " + type_text(lua, -1)));
      continue;
    }
    transforms_.emplace(lua_tostring(lua, -2), refer(lua));
  }
}

/// Of the function at the top, which stays there.
LuaFunction LuaScript::refer(lua_State* lua) {
  lua_Debug about;
  lua_pushvalue(lua, -1);
  lua_getinfo(lua, ">S", &about);
  lua_pushvalue(lua, -1);
  return {luaL_ref(lua, LUA_REGISTRYINDEX), about.linedefined > 0 ? about.linedefined : last_line_};
}

const LuaFunction* LuaScript::stage(Hook::Stage stage) const {
  const auto& found = stages_[static_cast<std::size_t>(stage)];
  return found ? &*found : nullptr;
}

const LuaFunction* LuaScript::transform(std::string_view name) const {
  const auto found = transforms_.find(name);
  return found == transforms_.end() ? nullptr : &found->second;
}

}  // namespace lockstep::hook
