// The libraries whose functions work in C, where no instruction is counted: each is wrapped so that what it does is charged before it
// begins. An instruction takes some 5 ns, so that no call lasts longer than its budget; what a caller cannot foresee is priced at its
// worst.
#include <algorithm>
#include <cmath>
#include <lua.hpp>
#include <string>

#include "hook/lua_libraries.h"
#include "hook/lua_state.h"

namespace lockstep::hook {
namespace {

std::string_view text_at(lua_State* lua, int index) {
  std::size_t size = 0;
  const char* bytes = lua_tolstring(lua, index, &size);
  return {bytes, size};
}

// ---- table: Lua's own functions, which loop in C over as many places as they are told ----

/// The length as the original will see it. A table whose __len answers as it likes could make it loop for ever.
lua_Integer length(lua_State* lua, int index) {
  luaL_checktype(lua, index, LUA_TTABLE);
  if (luaL_getmetafield(lua, index, "__len") != LUA_TNIL) throw Mistake("functions of 'table' do not take tables with __len");
  return static_cast<lua_Integer>(lua_rawlen(lua, index));
}

/// Moving an item of a table, or a value of the stack, in C.
constexpr std::uint64_t kItemCost = 3;
/// Spelling a number.
constexpr std::uint64_t kNumberCost = 120;
/// Spelling a character.
constexpr std::uint64_t kSpellingCost = 15;
/// Comparing two items of a table that is sorted.
constexpr std::uint64_t kCompareCost = 5;

void charge_range(lua_State* lua, lua_Integer first, lua_Integer last) {
  if (last < first) return;
  constexpr std::uint64_t kMost = ~std::uint64_t{0} / kItemCost;
  const auto count = static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first) + 1;
  LuaState::of(lua).charge(kItemCost * (count == 0 ? kMost : std::min(count, kMost)));
}

int concat(lua_State* lua) {
  const lua_Integer size = length(lua, 1);
  const lua_Integer first = luaL_optinteger(lua, 3, 1);
  const lua_Integer last = luaL_optinteger(lua, 4, size);
  charge_range(lua, first, last);
  // What is not there an __index may give.
  for (lua_Integer i = first; i <= last; ++i) {
    if (lua_rawgeti(lua, 1, i) != LUA_TSTRING) LuaState::of(lua).charge(kNumberCost);
    lua_pop(lua, 1);
    if (i == last) break;
  }
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

/// What comparing each item once costs: texts are compared in C, from one zero byte to the next.
std::uint64_t comparing_cost(lua_State* lua, lua_Integer size) {
  constexpr std::uint64_t kTextCost = 8;
  constexpr std::uint64_t kZeroCost = 4;
  std::uint64_t cost = 0;
  for (lua_Integer i = 1; i <= size; ++i) {
    if (lua_geti(lua, 1, i) == LUA_TSTRING) {
      const std::string_view text = text_at(lua, -1);
      LuaState::of(lua).charge_bytes(text.size());
      cost += kTextCost + text.size() / 32 + kZeroCost * static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\0'));
    }
    cost += kCompareCost;
    lua_pop(lua, 1);
  }
  return cost;
}

int sort(lua_State* lua) {
  const lua_Integer size = length(lua, 1);
  charge_range(lua, 1, size);
  const double rounds = std::log2(static_cast<double>(size) + 2);
  const auto once = static_cast<double>(comparing_cost(lua, size));
  LuaState::of(lua).charge(static_cast<std::uint64_t>(std::min(once * rounds, 1e18)));
  return call_original(lua);
}

int unpack(lua_State* lua) {
  const lua_Integer size = length(lua, 1);
  charge_range(lua, luaL_optinteger(lua, 2, 1), luaL_optinteger(lua, 3, size));
  return call_original(lua);
}

// ---- string ----

/// A function that makes something of each byte of its texts.
int make_texts(lua_State* lua) {
  for (int i = 1; i <= lua_gettop(lua); ++i) {
    if (lua_type(lua, i) == LUA_TSTRING) LuaState::of(lua).charge(lua_rawlen(lua, i) / 8);
  }
  return call_original(lua);
}

/// A function that spells each of its arguments.
int spell_arguments(lua_State* lua) {
  LuaState::of(lua).charge(kSpellingCost * static_cast<std::uint64_t>(lua_gettop(lua)));
  return call_original(lua);
}

/// Of one argument of string.format: a real number far from 1 has hundreds of digits, and %q spells a byte that cannot be shown as "\000".
std::uint64_t formatting_cost(lua_State* lua, int index) {
  constexpr std::uint64_t kManyDigitsCost = 3000;
  constexpr std::uint64_t kQuotedCost = 12;
  if (lua_type(lua, index) == LUA_TNUMBER)
    return kNumberCost + (lua_isinteger(lua, index) == 0 && !(std::fabs(lua_tonumber(lua, index)) < 1e16) ? kManyDigitsCost : 0);
  if (lua_type(lua, index) != LUA_TSTRING) return kNumberCost;
  const std::string_view text = text_at(lua, index);
  const auto steering = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '"' || c == '\\'; };
  return text.size() / 8 + kQuotedCost * static_cast<std::uint64_t>(std::count_if(text.begin(), text.end(), steering));
}

int format(lua_State* lua) {
  LuaState& state = LuaState::of(lua);
  if (lua_type(lua, 1) == LUA_TSTRING) {
    const std::string_view form = text_at(lua, 1);
    state.charge(form.size() / 2);
    const bool quotes = form.find('q') != std::string_view::npos;
    for (int i = 2; i <= lua_gettop(lua); ++i)
      state.charge(quotes || lua_type(lua, i) != LUA_TSTRING ? formatting_cost(lua, i) : lua_rawlen(lua, i) / 8);
  }
  return call_original(lua);
}

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
  LuaState::of(lua).charge(static_cast<std::uint64_t>(count) / 8);
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

/// What utf8.codes hands out, priced.
int utf8_codes(lua_State* lua) {
  const int count = call_original(lua);
  lua_pushvalue(lua, -count);
  lua_pushcclosure(lua, guarded<read_texts>, 1);
  lua_replace(lua, -count - 1);
  return count;
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
  LuaState::of(lua).charge(kItemCost * static_cast<std::uint64_t>(lua_gettop(lua)));
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
  wrap(lua, "pack", guarded<read_texts>);
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
  wrap(lua, "format", guarded<format>);
  static constexpr const char* kMakers[] = {"lower", "reverse", "sub", "upper"};
  for (const char* const name : kMakers) wrap(lua, name, guarded<make_texts>);
  wrap(lua, "char", guarded<spell_arguments>);
  wrap(lua, "len", guarded<call_original>);
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
  price_alike(lua, kNames);
}

void push_utf8_library(lua_State* lua) {
  static constexpr const char* kNames[] = {"char", "charpattern", "codepoint", "codes", "len", "offset", nullptr};
  luaL_requiref(lua, LUA_UTF8LIBNAME, luaopen_utf8, 0);
  lua_newtable(lua);
  copy_functions(lua, -2, kNames);
  lua_remove(lua, -2);
  wrap(lua, "char", guarded<spell_arguments>);
  wrap(lua, "codes", guarded<utf8_codes>);
  wrap(lua, "len", guarded<reader_of_part<-1>>);
  wrap(lua, "codepoint", guarded<reader_of_part<0>>);
  wrap(lua, "offset", guarded<utf8_offset>);
}

}  // namespace lockstep::hook
