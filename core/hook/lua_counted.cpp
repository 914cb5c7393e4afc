// The libraries whose functions work in C, where no instruction is counted: each is wrapped so that what it does is charged before it
// begins.
#include <algorithm>
#include <cmath>
#include <lua.hpp>
#include <string>

#include "hook/lua_libraries.h"
#include "hook/lua_state.h"

namespace lockstep::hook {
namespace {

// ---- table: Lua's own functions, which loop in C over as many places as they are told ----

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
  return call_original(lua);
}

int insert(lua_State* lua) {
  const lua_Integer size = length(lua, 1);
  if (lua_gettop(lua) == 3) charge_range(lua, luaL_checkinteger(lua, 2), size);
  return call_original(lua);
}

int remove(lua_State* lua) {
  const lua_Integer size = length(lua, 1);
  charge_range(lua, luaL_optinteger(lua, 2, size), size);
  return call_original(lua);
}

int move(lua_State* lua) {
  length(lua, 1);
  if (!lua_isnoneornil(lua, 5)) length(lua, 5);
  charge_range(lua, luaL_checkinteger(lua, 2), luaL_checkinteger(lua, 3));
  return call_original(lua);
}

/// Bytes that comparing each item once looks at: texts are compared in C, where nothing counts.
std::uint64_t text_bytes(lua_State* lua, lua_Integer size) {
  std::uint64_t bytes = 0;
  for (lua_Integer i = 1; i <= size; ++i) {
    if (lua_geti(lua, 1, i) == LUA_TSTRING) bytes += lua_rawlen(lua, -1);
    lua_pop(lua, 1);
  }
  return bytes;
}

int sort(lua_State* lua) {
  const lua_Integer size = length(lua, 1);
  charge_range(lua, 1, size);
  const double rounds = std::log2(static_cast<double>(size) + 2);
  const double once = static_cast<double>(size) + static_cast<double>(text_bytes(lua, size)) / 32;
  LuaState::of(lua).charge(static_cast<std::uint64_t>(std::min(once * rounds, 1e18)));
  return call_original(lua);
}

int unpack(lua_State* lua) {
  const lua_Integer size = length(lua, 1);
  charge_range(lua, luaL_optinteger(lua, 2, 1), luaL_optinteger(lua, 3, size));
  return call_original(lua);
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
  return call_original(lua);
}

/// Charges the items from `first` to `last` of `size`, which count from the end when negative.
void charge_part(lua_State* lua, lua_Integer first, lua_Integer last, std::size_t size) {
  const auto length = static_cast<lua_Integer>(size);
  if (first < 0) first = std::max<lua_Integer>(length + first + 1, 1);
  if (last < 0) last = length + last + 1;
  charge_range(lua, first, std::min(last, length));
}

int byte(lua_State* lua) {
  std::size_t size = 0;
  luaL_checklstring(lua, 1, &size);
  const lua_Integer first = luaL_optinteger(lua, 2, 1);
  charge_part(lua, first, luaL_optinteger(lua, 3, first), size);
  return call_original(lua);
}

/// utf8.len, utf8.codepoint: of a part of a text; `Default` is where the part ends when nothing is said, 0 for where it begins.
template <int Default>
int reader_of_part(lua_State* lua) {
  std::size_t size = 0;
  luaL_checklstring(lua, 1, &size);
  const lua_Integer first = luaL_optinteger(lua, 2, 1);
  charge_part(lua, first, luaL_optinteger(lua, 3, Default == 0 ? first : Default), size);
  return call_original(lua);
}

int utf8_offset(lua_State* lua) {
  std::size_t size = 0;
  luaL_checklstring(lua, 1, &size);
  const lua_Integer characters = luaL_checkinteger(lua, 2);
  const std::uint64_t asked = characters < 0 ? 0 - static_cast<std::uint64_t>(characters) : static_cast<std::uint64_t>(characters);
  LuaState::of(lua).charge(std::min<std::uint64_t>(asked, size));
  return call_original(lua);
}

}  // namespace

int read_texts(lua_State* lua) {
  for (int i = 1; i <= lua_gettop(lua); ++i) {
    if (lua_type(lua, i) == LUA_TSTRING) LuaState::of(lua).charge_bytes(lua_rawlen(lua, i));
  }
  return call_original(lua);
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
  wrap(lua, "byte", guarded<byte>);
  wrap(lua, "format", guarded<read_texts>);
  set_pattern_functions(lua);
  lua_pushliteral(lua, "");
  lua_getmetatable(lua, -1);
  lua_pushvalue(lua, -3);
  lua_setfield(lua, -2, "__index");
  lua_pushboolean(lua, 0);
  lua_setfield(lua, -2, "__metatable");
  lua_pop(lua, 2);
}

// Its functions take texts for numbers and read them.
void push_math_library(lua_State* lua) {
  static constexpr const char* kNames[] = {"abs", "acos", "asin", "atan", "ceil", "cos",  "deg", "exp",       "floor", "fmod", "log",
                                           "max", "min",  "modf", "rad",  "sin",  "sqrt", "tan", "tointeger", "ult",   "type", nullptr};
  static constexpr const char* kNumbers[] = {"huge", "maxinteger", "mininteger", "pi", nullptr};
  luaL_requiref(lua, LUA_MATHLIBNAME, luaopen_math, 0);
  lua_newtable(lua);
  copy_functions(lua, -2, kNames);
  copy_functions(lua, -2, kNumbers);
  lua_remove(lua, -2);
  for (const char* const* name = kNames; *name != nullptr; ++name) wrap(lua, *name, guarded<read_texts>);
}

void push_utf8_library(lua_State* lua) {
  static constexpr const char* kNames[] = {"char", "charpattern", "codepoint", "codes", "len", "offset", nullptr};
  luaL_requiref(lua, LUA_UTF8LIBNAME, luaopen_utf8, 0);
  lua_newtable(lua);
  copy_functions(lua, -2, kNames);
  lua_remove(lua, -2);
  wrap(lua, "len", guarded<reader_of_part<-1>>);
  wrap(lua, "codepoint", guarded<reader_of_part<0>>);
  wrap(lua, "offset", guarded<utf8_offset>);
}

}  // namespace lockstep::hook
