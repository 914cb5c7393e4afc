#include "hook/lua_libraries.h"

#include <algorithm>
#include <cmath>
#include <lua.hpp>
#include <string>

#include "hook/lua_context.h"
#include "hook/lua_state.h"
#include "hook/lua_values.h"

namespace lockstep::hook {
namespace {

// ---- table: Lua's own functions, which loop in C over as many places as they are told ----

/// Calls the original, the upvalue, on the stack as it is.
int original(lua_State* lua) { return lua_tocfunction(lua, lua_upvalueindex(1))(lua); }

/// The length as the original will see it. A table whose __len answers as it likes could make it loop for ever.
lua_Integer length(lua_State* lua, int index) {
  luaL_checktype(lua, index, LUA_TTABLE);
  if (luaL_getmetafield(lua, index, "__len") != LUA_TNIL) throw Mistake("functions of 'table' do not take tables with __len");
  return static_cast<lua_Integer>(lua_rawlen(lua, index));
}

void charge_range(lua_State* lua, lua_Integer first, lua_Integer last) {
  if (last < first) return;
  const auto count = static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first) + 1;
  LuaState::of(lua).charge(count == 0 ? ~std::uint64_t{0} >> 1U : std::min(count, ~std::uint64_t{0} >> 1U));
}

int concat(lua_State* lua) {
  const lua_Integer size = length(lua, 1);
  charge_range(lua, luaL_optinteger(lua, 3, 1), luaL_optinteger(lua, 4, size));
  return original(lua);
}

int insert(lua_State* lua) {
  const lua_Integer size = length(lua, 1);
  if (lua_gettop(lua) == 3) charge_range(lua, luaL_checkinteger(lua, 2), size);
  return original(lua);
}

int remove(lua_State* lua) {
  const lua_Integer size = length(lua, 1);
  charge_range(lua, luaL_optinteger(lua, 2, size), size);
  return original(lua);
}

int move(lua_State* lua) {
  length(lua, 1);
  if (!lua_isnoneornil(lua, 5)) length(lua, 5);
  charge_range(lua, luaL_checkinteger(lua, 2), luaL_checkinteger(lua, 3));
  return original(lua);
}

int sort(lua_State* lua) {
  const auto size = static_cast<double>(length(lua, 1));
  LuaState::of(lua).charge(static_cast<std::uint64_t>(size * std::log2(size + 2)));
  return original(lua);
}

int unpack(lua_State* lua) {
  const lua_Integer size = length(lua, 1);
  charge_range(lua, luaL_optinteger(lua, 2, 1), luaL_optinteger(lua, 3, size));
  return original(lua);
}

// ---- string ----

int repeat(lua_State* lua) {
  std::size_t size = 0;
  std::size_t gap = 0;
  luaL_checklstring(lua, 1, &size);
  const lua_Integer count = luaL_checkinteger(lua, 2);
  luaL_optlstring(lua, 3, "", &gap);
  if (count <= 0 || size + gap == 0) {
    lua_pushliteral(lua, "");
    return 1;
  }
  const std::size_t most = LuaState::of(lua).longest_text();
  if (static_cast<std::uint64_t>(count) > most / (size + gap))
    throw Mistake("the result of string.rep is too long: more than " + std::to_string(most) + " bytes");
  return original(lua);
}

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
  return original(lua);
}

int guarded_rawset(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  if (is_protected(lua, 1) && luaL_getmetafield(lua, 1, "__newindex") != LUA_TNIL) throw Mistake("a read-only table cannot be changed");
  lua_settop(lua, 3);
  lua_rawset(lua, 1);
  return 1;
}

int print(lua_State* lua) {
  std::string line;
  const int count = lua_gettop(lua);
  for (int i = 1; i <= count; ++i) {
    std::size_t size = 0;
    const char* text = luaL_tolstring(lua, i, &size);
    LuaState::of(lua).charge_bytes(size);
    line.append(i > 1 ? "\t" : "").append(text, size);
    lua_pop(lua, 1);
  }
  write_log(lua, log::Level::Info, line);
  return 0;
}

/// Replaces the function `name` of the table at the top by `wrapper`, which finds the original as its upvalue.
void wrap(lua_State* lua, const char* name, lua_CFunction wrapper) {
  lua_getfield(lua, -1, name);
  lua_pushcclosure(lua, wrapper, 1);
  lua_setfield(lua, -2, name);
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

void copy_functions(lua_State* lua, int from, const char* const* names) {
  from = lua_absindex(lua, from);
  for (; *names != nullptr; ++names) {
    lua_getfield(lua, from, *names);
    lua_setfield(lua, -2, *names);
  }
}

void push_table_library(lua_State* lua) {
  static constexpr const char* kNames[] = {"concat", "insert", "move", "pack", "remove", "sort", "unpack", nullptr};
  luaL_requiref(lua, LUA_TABLIBNAME, luaopen_table, 0);
  lua_newtable(lua);
  copy_functions(lua, -2, kNames);
  lua_remove(lua, -2);
  wrap(lua, "concat", guarded<concat>);
  wrap(lua, "insert", guarded<insert>);
  wrap(lua, "move", guarded<move>);
  wrap(lua, "remove", guarded<remove>);
  wrap(lua, "sort", guarded<sort>);
  wrap(lua, "unpack", guarded<unpack>);
}

// Methods of strings ("x"):rep(2) come from the metatable that all strings share; it must not lead to the unguarded functions.
void push_string_library(lua_State* lua) {
  static constexpr const char* kNames[] = {"byte", "char", "format", "len", "lower", "rep", "reverse", "sub", "upper", nullptr};
  luaL_requiref(lua, LUA_STRLIBNAME, luaopen_string, 0);
  lua_newtable(lua);
  copy_functions(lua, -2, kNames);
  lua_remove(lua, -2);
  wrap(lua, "rep", guarded<repeat>);
  set_pattern_functions(lua);
  lua_pushliteral(lua, "");
  lua_getmetatable(lua, -1);
  lua_pushvalue(lua, -3);
  lua_setfield(lua, -2, "__index");
  lua_pushboolean(lua, 0);
  lua_setfield(lua, -2, "__metatable");
  lua_pop(lua, 2);
}

void push_base_library(lua_State* lua) {
  static constexpr const char* kNames[] = {"assert",   "error",  "getmetatable", "ipairs",   "next",   "pairs",        "pcall",
                                           "rawequal", "rawget", "rawlen",       "rawset",   "select", "setmetatable", "tonumber",
                                           "tostring", "type",   "xpcall",       "_VERSION", nullptr};
  luaL_requiref(lua, LUA_GNAME, luaopen_base, 0);
  lua_newtable(lua);
  copy_functions(lua, -2, kNames);
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
  luaL_requiref(lua, LUA_MATHLIBNAME, luaopen_math, 0);
  lua_pushnil(lua);
  lua_setfield(lua, -2, "random");
  lua_pushnil(lua);
  lua_setfield(lua, -2, "randomseed");
  protect_table(lua, "the library 'math'");
  lua_setfield(lua, -2, "math");
  luaL_requiref(lua, LUA_UTF8LIBNAME, luaopen_utf8, 0);
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
