#include "hook/lua_libraries.h"

#include <algorithm>
#include <lua.hpp>
#include <string>

#include "hook/lua_context.h"
#include "hook/lua_state.h"
#include "hook/lua_values.h"

namespace lockstep::hook {
namespace {

// ---- base ----

/// Throwing and catching costs about what this many instructions do.
constexpr std::uint64_t kCatchCost = 100;

// The function and its arguments lie from index `function` on. Leaves `true` and the results, or `false` and the error, above `function`.
bool call_protected(lua_State* lua, int function) {
  const bool fine = lua_pcall(lua, lua_gettop(lua) - function, LUA_MULTRET, 0) == LUA_OK;
  lua_pushboolean(lua, fine ? 1 : 0);
  lua_insert(lua, function);
  if (!fine) LuaState::of(lua).charge(kCatchCost);
  return fine;
}

/// What pairs() and ipairs() hand out has to be priced as well: the upvalue is the iterator.
int pairs(lua_State* lua) {
  luaL_checkany(lua, 1);
  lua_settop(lua, 1);
  if (luaL_getmetafield(lua, 1, "__pairs") == LUA_TNIL) {
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    lua_pushnil(lua);
  } else {
    lua_insert(lua, 1);
    lua_call(lua, 1, 3);
  }
  return 3;
}

int ipairs(lua_State* lua) {
  luaL_checkany(lua, 1);
  lua_settop(lua, 1);
  lua_pushvalue(lua, lua_upvalueindex(1));
  lua_insert(lua, 1);
  lua_pushinteger(lua, 0);
  return 3;
}

int guarded_pcall(lua_State* lua) {
  luaL_checkany(lua, 1);
  call_protected(lua, 1);
  return lua_gettop(lua);
}

// Lua's xpcall calls the handler while the error is under way; when the error comes from the budget, hooks are off then and an endless
// handler would never end. Here the handler runs afterwards.
int guarded_xpcall(lua_State* lua) {
  luaL_checktype(lua, 2, LUA_TFUNCTION);
  lua_pushvalue(lua, 1);
  lua_insert(lua, 3);
  if (call_protected(lua, 3)) return lua_gettop(lua) - 2;
  lua_pushvalue(lua, 2);
  lua_insert(lua, -2);
  lua_pcall(lua, 1, 1, 0);  // a handler that fails gives its own error instead
  return 2;
}

bool is_protected(lua_State* lua, int index) {
  if (luaL_getmetafield(lua, index, "__metatable") == LUA_TNIL) return false;
  lua_pop(lua, 1);
  return true;
}

// Finalizers run in the collector with hooks off: an endless one would never end.
int guarded_setmetatable(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  if (lua_istable(lua, 2)) {
    lua_pushliteral(lua, "__gc");
    if (lua_rawget(lua, 2) != LUA_TNIL) throw Mistake("__gc is not available in hooks");
    lua_pop(lua, 1);
  }
  return call_original(lua);
}

int guarded_rawset(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  if (is_protected(lua, 1) && luaL_getmetafield(lua, 1, "__newindex") != LUA_TNIL) throw Mistake("a read-only table cannot be changed");
  lua_settop(lua, 3);
  lua_rawset(lua, 1);
  return 1;
}

/// More of it is not shown.
constexpr std::size_t kLongestLine = 16U << 10U;

int print(lua_State* lua) {
  std::string line;
  const int count = lua_gettop(lua);
  for (int i = 1; i <= count && line.size() < kLongestLine; ++i) {
    LuaState::of(lua).charge(1);
    std::size_t size = 0;
    const char* text = luaL_tolstring(lua, i, &size);
    line.append(i > 1 ? "\t" : "").append(text, std::min(size, kLongestLine));
    lua_pop(lua, 1);
  }
  write_log(lua, log::Level::Info, line);
  return 0;
}

int refuse_change(lua_State* lua) { throw Mistake(std::string(lua_tostring(lua, lua_upvalueindex(1))) + " cannot be changed"); }

// Globals are those of loading. One that a call could set would be seen by the next record's call.
int set_global(lua_State* lua) {
  if (!LuaState::of(lua).loading) {
    std::size_t size = 0;
    const char* name = luaL_tolstring(lua, 2, &size);
    throw Mistake("the global '" + std::string(name, size) +
                  "' cannot be set while a hook runs; write local, or set it outside the functions");
  }
  lua_settop(lua, 3);
  lua_rawset(lua, lua_upvalueindex(1));
  return 0;
}

constexpr const char* kMissing[] = {"io",     "os",      "debug",   "load",      "loadstring",     "loadfile",
                                    "dofile", "require", "package", "coroutine", "collectgarbage", "warn"};

int missing_global(lua_State* lua) {
  const char* name = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : "";
  const std::string_view wanted = name;
  if (std::find(std::begin(kMissing), std::end(kMissing), wanted) == std::end(kMissing)) return 0;
  throw Mistake("'" + std::string(wanted) + "' is not available in hooks" +
                (wanted == "os" ? "; ctx.now and ctx.now_iso tell the time" : ""));
}

}  // namespace

int call_original(lua_State* lua) { return lua_tocfunction(lua, lua_upvalueindex(1))(lua); }

void wrap(lua_State* lua, const char* name, lua_CFunction wrapper) {
  lua_getfield(lua, -1, name);
  lua_pushcclosure(lua, wrapper, 1);
  lua_setfield(lua, -2, name);
}

void copy_functions(lua_State* lua, int from, const char* const* names) {
  from = lua_absindex(lua, from);
  for (; *names != nullptr; ++names) {
    lua_getfield(lua, from, *names);
    lua_setfield(lua, -2, *names);
  }
}

void price_alike(lua_State* lua, const char* const* names) {
  for (; *names != nullptr; ++names) wrap(lua, *names, guarded<read_texts>);
}

namespace {

/// Sets pairs and ipairs of the base library at the top, whose `next` is priced already. `plain`: the index of Lua's own.
void set_iterators(lua_State* lua, int plain) {
  plain = lua_absindex(lua, plain);
  lua_getfield(lua, -1, "next");
  lua_pushcclosure(lua, guarded<pairs>, 1);
  lua_setfield(lua, -2, "pairs");
  lua_getfield(lua, plain, "ipairs");
  lua_newtable(lua);
  lua_call(lua, 1, 1);
  lua_pushcclosure(lua, guarded<read_texts>, 1);
  lua_pushcclosure(lua, guarded<ipairs>, 1);
  lua_setfield(lua, -2, "ipairs");
}

}  // namespace

void push_base_library(lua_State* lua) {
  static constexpr const char* kNames[] = {"assert", "error",  "getmetatable", "next",     "rawequal", "rawget",
                                           "rawlen", "select", "tonumber",     "tostring", "type",     nullptr};
  static constexpr const char* kOthers[] = {"pcall", "rawset", "setmetatable", "xpcall", "_VERSION", nullptr};
  luaL_requiref(lua, LUA_GNAME, luaopen_base, 0);
  lua_newtable(lua);
  copy_functions(lua, -2, kNames);
  copy_functions(lua, -2, kOthers);
  price_alike(lua, kNames);
  set_iterators(lua, -2);
  lua_remove(lua, -2);
  wrap(lua, "setmetatable", guarded<guarded_setmetatable>);
  wrap(lua, "rawset", guarded<guarded_rawset>);
  wrap(lua, "pcall", guarded<guarded_pcall>);
  wrap(lua, "xpcall", guarded<guarded_xpcall>);
  lua_pushcfunction(lua, guarded<print>);
  lua_setfield(lua, -2, "print");
}

void protect_table(lua_State* lua, const char* name) {
  lua_newtable(lua);
  lua_createtable(lua, 0, 4);
  lua_pushvalue(lua, -3);
  lua_setfield(lua, -2, "__index");
  lua_pushstring(lua, name);
  lua_pushcclosure(lua, guarded<refuse_change>, 1);
  lua_setfield(lua, -2, "__newindex");
  lua_pushboolean(lua, 0);
  lua_setfield(lua, -2, "__metatable");
  lua_setmetatable(lua, -2);
  lua_remove(lua, -2);
}

void push_environment(lua_State* lua) {
  push_base_library(lua);
  push_string_library(lua);
  protect_table(lua, "the library 'string'");
  lua_setfield(lua, -2, "string");
  push_table_library(lua);
  protect_table(lua, "the library 'table'");
  lua_setfield(lua, -2, "table");
  push_math_library(lua);
  protect_table(lua, "the library 'math'");
  lua_setfield(lua, -2, "math");
  push_utf8_library(lua);
  protect_table(lua, "the library 'utf8'");
  lua_setfield(lua, -2, "utf8");
  push_null(lua);
  lua_setfield(lua, -2, "null");

  // The globals stay behind an empty table: every assignment passes set_global, every miss missing_global.
  lua_newtable(lua);
  lua_pushcfunction(lua, guarded<missing_global>);
  lua_setfield(lua, -2, "__index");
  lua_setmetatable(lua, -2);
  lua_newtable(lua);
  lua_createtable(lua, 0, 3);
  lua_pushvalue(lua, -3);
  lua_setfield(lua, -2, "__index");
  lua_pushvalue(lua, -3);
  lua_pushcclosure(lua, guarded<set_global>, 1);
  lua_setfield(lua, -2, "__newindex");
  lua_pushboolean(lua, 0);
  lua_setfield(lua, -2, "__metatable");
  lua_setmetatable(lua, -2);
  lua_pushvalue(lua, -1);
  lua_setfield(lua, -3, "_G");
  lua_remove(lua, -2);
}

}  // namespace lockstep::hook
