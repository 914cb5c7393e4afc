#include "hook/lua_context.h"

#include <algorithm>
#include <lua.hpp>
#include <string>

#include "common/text.h"
#include "common/time.h"
#include "format/json.h"
#include "hook/lua_libraries.h"
#include "hook/lua_state.h"
#include "hook/lua_values.h"
#include "hook/lua_walk.h"

namespace lockstep::hook {
namespace {

const char kContext = 0;  // its address is the key in the registry
constexpr std::uint64_t kLogCost = 10'000;
constexpr std::uint64_t kFindCost = 500;

HookHost& host_of(lua_State* lua, const char* what) {
  HookHost* host = LuaState::of(lua).host;
  if (host == nullptr) throw Mistake(std::string(what) + " is not available here");
  return *host;
}

// ---- log ----

template <log::Level Level>
int write(lua_State* lua) {
  // ctx.log:warn("…") is as good as ctx.log.warn("…").
  const int index = lua_gettop(lua) > 1 && lua_istable(lua, 1) ? 2 : 1;
  luaL_checkany(lua, index);
  std::size_t size = 0;
  const char* text = luaL_tolstring(lua, index, &size);
  write_log(lua, Level, {text, size});
  return 0;
}

// ---- db ----

Json where_argument(lua_State* lua, int index) {
  if (lua_isnoneornil(lua, index)) return Json::Object{};
  if (!lua_istable(lua, index)) throw Mistake("find: where must be a table column = value, not " + type_text(lua, index));
  Json where = to_json(lua, index, "where");
  const Json::Object* columns = where.object();
  if (columns == nullptr) throw Mistake("find: where must be a table column = value, not an array");
  for (const Json::Member& column : *columns) {
    if (column.second.array() != nullptr || column.second.object() != nullptr)
      throw Mistake("find: where." + column.first + " must be a scalar");
  }
  return where;
}

bool ignore_case_argument(lua_State* lua, int index) {
  if (lua_isnoneornil(lua, index)) return false;
  if (!lua_istable(lua, index)) throw Mistake("find: options must be a table such as {ignore_case = true}, not " + type_text(lua, index));
  static const std::vector<std::string> kOptions{"ignore_case"};
  for (lua_pushnil(lua); lua_next(lua, index) != 0; lua_pop(lua, 1)) {
    const std::string_view option = to_text(lua, -2, "find: an option's name");
    if (option != kOptions.front()) throw Mistake("find: unknown option \"" + std::string(option) + "\"" + did_you_mean(option, kOptions));
    if (!lua_isboolean(lua, -1)) throw Mistake("find: ignore_case must be true or false, not " + type_text(lua, -1));
  }
  lua_getfield(lua, index, "ignore_case");
  const bool ignore_case = lua_toboolean(lua, -1) != 0;
  lua_pop(lua, 1);
  return ignore_case;
}

int find(lua_State* lua) {
  if (!lua_istable(lua, 1) || lua_type(lua, 2) != LUA_TSTRING) throw Mistake("call it as ctx.db:find(\"table\", {column = value})");
  const std::string table(to_text(lua, 2, "find: the table's name"));
  const Json where = where_argument(lua, 3);
  const bool ignore_case = ignore_case_argument(lua, 4);
  LuaState::of(lua).charge(kFindCost);
  const std::vector<Json> rows = host_of(lua, "ctx.db").find(table, where, ignore_case);
  lua_createtable(lua, static_cast<int>(rows.size()), 0);
  lua_Integer position = 0;
  for (const Json& row : rows) {
    push_json(lua, row);
    lua_rawseti(lua, -2, ++position);
  }
  mark_array(lua);
  return 1;
}

// ---- data ----

int find_data(lua_State* lua) {
  if (!lua_istable(lua, 1) || lua_gettop(lua) < 2) throw Mistake("call it as ctx.data:find(\"name\", \"key\")");
  const Json* at = LuaState::of(lua).data;
  for (int argument = 2; argument <= lua_gettop(lua) && at != nullptr; ++argument) {
    if (lua_isnil(lua, argument)) return 0;
    if (at->object() != nullptr) LuaState::of(lua).charge(at->object()->size() / kMembersPerInstruction);
    at = at->find(to_text(lua, argument, "data:find: a key"));
  }
  if (at == nullptr) return 0;
  push_json(lua, *at);
  return 1;
}

// ---- json ----

int encode(lua_State* lua) {
  luaL_checkany(lua, 1);
  LuaState& state = LuaState::of(lua);
  Walk walk(state, state.longest_text());
  const std::string text = json::to_text(to_json(lua, 1, "the value", walk));
  state.charge_bytes(text.size());
  push_text(lua, text);
  return 1;
}

int decode(lua_State* lua) {
  const std::string_view text = to_text(lua, 1, "json.decode: the argument");
  // Each of these is a node to make, once as a tree and once as Lua's.
  const auto separates = [](char c) { return c == ',' || c == '[' || c == '{'; };
  const auto nodes = static_cast<std::uint64_t>(std::count_if(text.begin(), text.end(), separates));
  LuaState::of(lua).charge(text.size() / 4 + 2 * kNodeCost * nodes);
  push_json(lua, json::parse(text));
  return 1;
}

int array(lua_State* lua) {
  if (lua_isnoneornil(lua, 1)) {
    lua_settop(lua, 0);
    lua_newtable(lua);
  }
  if (!lua_istable(lua, 1)) throw Mistake("json.array: the argument must be a table, not " + type_text(lua, 1));
  lua_settop(lua, 1);
  mark_array(lua);
  return 1;
}

// ---- ctx itself ----

int push_unless_empty(lua_State* lua, std::string_view text) {
  if (text.empty()) return 0;
  push_text(lua, text);
  return 1;
}

// ---- uuid ----

int uuid(lua_State* lua) {
  push_text(lua, host_of(lua, "ctx.uuid").uuid());
  return 1;
}

// What differs from call to call.
int call_member(lua_State* lua) {
  const LuaState& state = LuaState::of(lua);
  std::size_t size = 0;
  const char* bytes = lua_type(lua, 2) == LUA_TSTRING ? lua_tolstring(lua, 2, &size) : "";
  const std::string_view name{bytes, size};
  const HookSubject none;
  const HookSubject& subject = state.subject == nullptr ? none : *state.subject;
  if (name == "id") return push_unless_empty(lua, subject.id);
  if (name == "label") return push_unless_empty(lua, subject.label);
  if (name == "noun") return push_unless_empty(lua, subject.noun);
  if (name == "stage") return push_unless_empty(lua, state.stage);
  if (name == "now") {
    lua_pushnumber(lua, static_cast<double>(host_of(lua, "ctx.now").now()) / 1e6);
    return 1;
  }
  if (name == "now_iso") return push_unless_empty(lua, format_time(host_of(lua, "ctx.now_iso").now()));
  static const std::vector<std::string> kNames{"id", "label", "noun", "stage", "now", "now_iso", "data", "db", "log", "json", "uuid"};
  throw Mistake("ctx has no '" + std::string(name) + "'" + did_you_mean(name, kNames));
}

void push_library(lua_State* lua, const luaL_Reg* functions, const char* name) {
  lua_newtable(lua);
  luaL_setfuncs(lua, functions, 0);
  protect_table(lua, name);
}

}  // namespace

void write_log(lua_State* lua, log::Level level, std::string_view text) {
  LuaState& state = LuaState::of(lua);
  state.charge(kLogCost);
  constexpr std::size_t kLongestLine = 4000;
  text = text.substr(0, 4 * kLongestLine);  // as characters may be cut in two: printable() shows the bytes
  const std::string line = ellipsize(is_utf8(text) ? std::string(text) : printable(text, true), kLongestLine);
  if (state.host != nullptr) return state.host->log(level, line);
  log::write(level, line);
}

// The fixed parts lie in a table; what is not found there is asked for anew each time.
void open_context(lua_State* lua) {
  static constexpr luaL_Reg kLog[] = {{"info", guarded<write<log::Level::Info>>},
                                      {"warn", guarded<write<log::Level::Warning>>},
                                      {"error", guarded<write<log::Level::Error>>},
                                      {nullptr, nullptr}};
  static constexpr luaL_Reg kDatabase[] = {{"find", guarded<find>}, {nullptr, nullptr}};
  static constexpr luaL_Reg kData[] = {{"find", guarded<find_data>}, {nullptr, nullptr}};
  static constexpr luaL_Reg kJson[] = {
      {"encode", guarded<encode>}, {"decode", guarded<decode>}, {"array", guarded<array>}, {nullptr, nullptr}};
  lua_newtable(lua);
  push_library(lua, kLog, "ctx.log");
  lua_setfield(lua, -2, "log");
  push_library(lua, kData, "ctx.data");
  lua_setfield(lua, -2, "data");
  push_library(lua, kDatabase, "ctx.db");
  lua_setfield(lua, -2, "db");
  lua_newtable(lua);
  luaL_setfuncs(lua, kJson, 0);
  push_null(lua);
  lua_setfield(lua, -2, "null");
  protect_table(lua, "ctx.json");
  lua_setfield(lua, -2, "json");
  lua_pushcfunction(lua, guarded<uuid>);
  lua_setfield(lua, -2, "uuid");
  lua_newtable(lua);
  lua_pushcfunction(lua, guarded<call_member>);
  lua_setfield(lua, -2, "__index");
  lua_setmetatable(lua, -2);
  protect_table(lua, "ctx");
  lua_rawsetp(lua, LUA_REGISTRYINDEX, &kContext);
}

void push_context(lua_State* lua) { lua_rawgetp(lua, LUA_REGISTRYINDEX, &kContext); }

}  // namespace lockstep::hook
