// A handle: what a script holds of something of the program's, for as long as one call of the hook lasts.
#pragma once

#include <cstdint>
#include <lua.hpp>
#include <string>

#include "hook/lua_state.h"

namespace lockstep::hook {

template <class Source>
struct Handle {
  Source* source;
  std::uint64_t generation;  ///< of the call
};

/// The metatable of handles of one `kind`, which a script can neither see nor change. `functions` end with {nullptr, nullptr}.
inline void define_handle(lua_State* lua, const char* kind, const luaL_Reg* functions) {
  luaL_newmetatable(lua, kind);
  luaL_setfuncs(lua, functions, 0);
  lua_pushboolean(lua, 0);
  lua_setfield(lua, -2, "__metatable");
  lua_pop(lua, 1);
}

/// A new handle with one user value.
template <class Source>
void push_handle(lua_State* lua, const char* kind, Source& source) {
  auto* handle = static_cast<Handle<Source>*>(lua_newuserdatauv(lua, sizeof(Handle<Source>), 1));
  *handle = {&source, LuaState::of(lua).generation()};
  luaL_setmetatable(lua, kind);
}

/// Throws Mistake when the handle was kept from an earlier call.
template <class Source>
Source& source_of(lua_State* lua, const char* kind, int index) {
  const auto* handle = static_cast<const Handle<Source>*>(luaL_checkudata(lua, index, kind));
  if (handle->generation != LuaState::of(lua).generation())
    throw Mistake("this " + std::string(kind) + " belongs to an earlier call; keep its values instead");
  return *handle->source;
}

/// Pushes the table that is the handle's user value; makes it when `make` says so. False: there is none, and nothing was pushed.
inline bool push_attached(lua_State* lua, int index, bool make) {
  if (lua_getiuservalue(lua, index, 1) == LUA_TTABLE) return true;
  lua_pop(lua, 1);
  if (!make) return false;
  lua_newtable(lua);
  lua_pushvalue(lua, -1);
  lua_setiuservalue(lua, index, 1);
  return true;
}

}  // namespace lockstep::hook
