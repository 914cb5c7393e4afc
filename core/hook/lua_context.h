// ctx: what a hook may ask of the program. Built once a state; what belongs to the call at hand is read through LuaState.
#pragma once

#include <string_view>

#include "common/log.h"

struct lua_State;

namespace lockstep::hook {

/// Makes ctx. Once a state.
void open_context(lua_State* lua);
void push_context(lua_State* lua);

/// A line to the host, or to the program's log while there is none. Costs enough that a loop cannot flood a log.
void write_log(lua_State* lua, log::Level level, std::string_view text);

}  // namespace lockstep::hook
