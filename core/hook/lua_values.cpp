#include "hook/lua_values.h"

#include <lua.hpp>

#include "common/text.h"
#include "format/json.h"
#include "hook/lua_record.h"
#include "hook/lua_row.h"
#include "hook/lua_state.h"

namespace lockstep::hook {
namespace {

// Keys of the registry: the addresses of these.
const char kNull = 0;
constexpr const char* kArray = "lockstep.array";
constexpr const char* kNumber = "big number";

int number_text(lua_State* lua) {
  lua_getiuservalue(lua, 1, 1);
  return 1;
}

int number_equal(lua_State* lua) {
  bool equal = false;
  if (luaL_testudata(lua, 1, kNumber) != nullptr && luaL_testudata(lua, 2, kNumber) != nullptr) {
    lua_getiuservalue(lua, 1, 1);
    lua_getiuservalue(lua, 2, 1);
    equal = lua_rawequal(lua, -1, -2) != 0;
  }
  lua_pushboolean(lua, equal ? 1 : 0);
  return 1;
}

int null_text(lua_State* lua) {
  lua_pushliteral(lua, "null");
  return 1;
}

void protect_metatable(lua_State* lua, const char* name) {
  lua_pushboolean(lua, 0);
  lua_setfield(lua, -2, "__metatable");
  lua_pushstring(lua, name);
  lua_setfield(lua, -2, "__name");
}

// As userdata and not as a string, so that no script computes with it as if it were a small number.
void push_number(lua_State* lua, std::string_view digits) {
  lua_newuserdatauv(lua, 0, 1);
  push_text(lua, digits);
  lua_setiuservalue(lua, -2, 1);
  luaL_setmetatable(lua, kNumber);
}

bool has_metatable(lua_State* lua, int index, const char* name) {
  if (lua_getmetatable(lua, index) == 0) return false;
  luaL_getmetatable(lua, name);
  const bool same = lua_rawequal(lua, -1, -2) != 0;
  lua_pop(lua, 2);
  return same;
}

void push_object(lua_State* lua, const Json::Object& members) {
  lua_createtable(lua, 0, static_cast<int>(members.size()));
  for (const Json::Member& member : members) {
    push_text(lua, member.first);
    push_json(lua, member.second);
    lua_rawset(lua, -3);
  }
}

void push_array(lua_State* lua, const Json::Array& items) {
  lua_createtable(lua, static_cast<int>(items.size()), 0);
  lua_Integer position = 0;
  for (const Json& item : items) {
    push_json(lua, item);
    lua_rawseti(lua, -2, ++position);
  }
  luaL_setmetatable(lua, kArray);
}

}  // namespace

void open_values(lua_State* lua) {
  luaL_newmetatable(lua, kArray);
  protect_metatable(lua, "array");
  luaL_newmetatable(lua, kNumber);
  protect_metatable(lua, kNumber);
  lua_pushcfunction(lua, guarded<number_text>);
  lua_setfield(lua, -2, "__tostring");
  lua_pushcfunction(lua, guarded<number_equal>);
  lua_setfield(lua, -2, "__eq");
  lua_newuserdatauv(lua, 0, 0);
  lua_createtable(lua, 0, 3);
  protect_metatable(lua, "null");
  lua_pushcfunction(lua, guarded<null_text>);
  lua_setfield(lua, -2, "__tostring");
  lua_setmetatable(lua, -2);
  lua_rawsetp(lua, LUA_REGISTRYINDEX, &kNull);
  lua_pop(lua, 2);
}

void push_null(lua_State* lua) { lua_rawgetp(lua, LUA_REGISTRYINDEX, &kNull); }

bool is_null(lua_State* lua, int index) {
  if (lua_type(lua, index) != LUA_TUSERDATA) return false;
  index = lua_absindex(lua, index);
  push_null(lua);
  const bool same = lua_rawequal(lua, -1, index) != 0;
  lua_pop(lua, 1);
  return same;
}

void push_text(lua_State* lua, std::string_view text) { lua_pushlstring(lua, text.data(), text.size()); }

void push_json(lua_State* lua, const Json& json) {
  LuaState::of(lua).charge(kNodeCost);
  luaL_checkstack(lua, 6, nullptr);
  if (json.is_null()) return push_null(lua);
  if (const bool* flag = json.boolean()) return lua_pushboolean(lua, *flag ? 1 : 0);
  if (const std::int64_t* integer = json.integer()) return lua_pushinteger(lua, *integer);
  if (const double* real = json.real()) return lua_pushnumber(lua, *real);
  if (const Json::Verbatim* number = json.verbatim()) return push_number(lua, number->digits);
  if (const std::string* text = json.text()) return push_text(lua, *text);
  if (const Json::Array* items = json.array()) return push_array(lua, *items);
  push_object(lua, *json.object());
}

void push_value(lua_State* lua, const Value& value) {
  switch (value.tag()) {
    case Value::Tag::Absent: return lua_pushnil(lua);
    case Value::Tag::Null: return push_null(lua);
    case Value::Tag::Bool: return lua_pushboolean(lua, value.as_bool() ? 1 : 0);
    case Value::Tag::Int: return lua_pushinteger(lua, value.as_integer());
    case Value::Tag::Real: return lua_pushnumber(lua, value.as_real());
    case Value::Tag::Number: return push_number(lua, value.as_view());
    case Value::Tag::Text: return push_text(lua, value.as_view());
    case Value::Tag::Json:
    case Value::Tag::Unreadable: break;
  }
  LuaState::of(lua).charge_bytes(value.as_view().size());
  push_json(lua, json::to_readable(value));
}

bool is_marked_array(lua_State* lua, int index) { return has_metatable(lua, index, kArray); }

void refuse_stand_in(lua_State* lua, int index, const Place& what) {
  if (is_marked_array(lua, index) || luaL_getmetafield(lua, index, "__metatable") == LUA_TNIL) return;
  const bool stands_in = lua_isboolean(lua, -1) && lua_toboolean(lua, -1) == 0;
  lua_pop(lua, 1);
  if (stands_in) throw Mistake(what.text() + " is a read-only table, which JSON cannot hold");
}

std::optional<std::string> big_number(lua_State* lua, int index) {
  if (luaL_testudata(lua, index, kNumber) == nullptr) return std::nullopt;
  lua_getiuservalue(lua, index, 1);
  std::string digits(to_text(lua, -1, kNumber));
  lua_pop(lua, 1);
  return digits;
}

void mark_array(lua_State* lua) {
  if (lua_getmetatable(lua, -1) != 0) {
    lua_pop(lua, 1);
    if (has_metatable(lua, -1, kArray)) return;
    throw Mistake("the table has a metatable of its own");
  }
  luaL_setmetatable(lua, kArray);
}

std::string_view to_text(lua_State* lua, int index, const Place& what) {
  if (lua_type(lua, index) != LUA_TSTRING) throw Mistake(what.text() + " must be text, not " + type_text(lua, index));
  std::size_t size = 0;
  const char* bytes = lua_tolstring(lua, index, &size);
  LuaState::of(lua).charge_bytes(size);
  if (!is_utf8({bytes, size})) throw Mistake(what.text() + " is text that is not UTF-8");
  return {bytes, size};
}

std::string type_text(lua_State* lua, int index) {
  if (is_null(lua, index)) return "null";
  switch (lua_type(lua, index)) {
    case LUA_TNONE: return "nothing";
    case LUA_TNIL: return "nil";
    case LUA_TNUMBER: return lua_isinteger(lua, index) != 0 ? "an integer" : "a real number";
    case LUA_TSTRING: return "text";
    case LUA_TUSERDATA: break;
    default: return std::string("a ") + lua_typename(lua, lua_type(lua, index));
  }
  if (luaL_testudata(lua, index, kNumber) != nullptr) return "a big number";
  if (is_record(lua, index)) return "a record";
  return is_row(lua, index) ? "a row" : "a userdata";
}

}  // namespace lockstep::hook
