#include "hook/lua_values.h"

#include <algorithm>
#include <cmath>
#include <cstring>
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
/// What one value costs: about what a table entry and a node of the tree take.
constexpr std::uint64_t kNodeCost = 8;

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

bool is_array(lua_State* lua, int index) { return has_metatable(lua, index, kArray) || lua_rawlen(lua, index) > 0; }

bool is_empty(lua_State* lua, int index) {
  lua_pushnil(lua);
  if (lua_next(lua, index) == 0) return true;
  lua_pop(lua, 2);
  return false;
}

std::string member_place(const std::string& what, std::string_view key) { return what + "." + std::string(key); }
std::string item_place(const std::string& what, lua_Integer position) { return what + "[" + std::to_string(position) + "]"; }

void enter(lua_State* lua, std::size_t depth, const std::string& what) {
  if (depth > json::kMaxDepth) throw Mistake(what.substr(0, 80) + "… is nested deeper than " + std::to_string(json::kMaxDepth) + " levels");
  luaL_checkstack(lua, 8, nullptr);
}

// One way through tables for both to_json() and merge_json(): it visits, counts and checks.
class Reader {
 public:
  explicit Reader(lua_State* lua) : lua_(lua), state_(LuaState::of(lua)) {}

  Json read(int index, const std::string& what, std::size_t depth) {
    Json out;
    merge(index, out, what, depth);
    return out;
  }

  bool merge(int index, Json& into, const std::string& what, std::size_t depth) {
    state_.charge(kNodeCost);
    weigh(sizeof(Json::Member));
    index = lua_absindex(lua_, index);
    if (lua_type(lua_, index) == LUA_TTABLE) {
      enter(lua_, depth, what);
      if (is_array(lua_, index) || (into.array() != nullptr && is_empty(lua_, index))) return merge_array(index, into, what, depth);
      return merge_object(index, into, what, depth);
    }
    return assign(into, scalar(index, what));
  }

 private:
  static bool assign(Json& into, Json value) {
    if (into == value) return false;
    into = std::move(value);
    return true;
  }

  Json scalar(int index, const std::string& what) {
    switch (lua_type(lua_, index)) {
      case LUA_TNIL: return {};
      case LUA_TBOOLEAN: return Json(lua_toboolean(lua_, index) != 0);
      case LUA_TNUMBER: return number(index, what);
      case LUA_TSTRING: weigh(lua_rawlen(lua_, index)); return Json(to_text(lua_, index, what));
      case LUA_TUSERDATA: return object(index, what);
      default: break;
    }
    throw Mistake(what + " is " + type_text(lua_, index) + ", which JSON cannot hold");
  }

  Json number(int index, const std::string& what) {
    if (lua_isinteger(lua_, index) != 0) return Json(std::int64_t{lua_tointeger(lua_, index)});
    const double real = lua_tonumber(lua_, index);
    if (!std::isfinite(real)) throw Mistake(what + " is not a finite number");
    return Json(real);
  }

  Json object(int index, const std::string& what) {
    if (is_null(lua_, index)) return {};
    if (luaL_testudata(lua_, index, kNumber) != nullptr) {
      lua_getiuservalue(lua_, index, 1);
      std::string digits(to_text(lua_, -1, what));
      lua_pop(lua_, 1);
      return Json(Json::Verbatim{std::move(digits)});
    }
    if (is_record(lua_, index)) return record_json(lua_, index);
    if (is_row(lua_, index)) return row_json(lua_, index);
    throw Mistake(what + " is " + type_text(lua_, index) + ", which JSON cannot hold");
  }

  bool merge_array(int index, Json& into, const std::string& what, std::size_t depth) {
    bool changed = into.array() == nullptr;
    if (changed) into = Json::Array{};
    Json::Array& items = *into.array();
    const auto count = static_cast<std::size_t>(lua_rawlen(lua_, index));
    if (items.size() != count) changed = true;
    if (items.size() > count) items.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto position = static_cast<lua_Integer>(i + 1);
      if (lua_rawgeti(lua_, index, position) == LUA_TNIL)
        throw Mistake(item_place(what, position) + " is missing; use null for an empty place");
      if (i == items.size()) items.emplace_back();
      changed |= merge(-1, items[i], item_place(what, position), depth + 1);
      lua_pop(lua_, 1);
    }
    check_positions(index, count, what);
    return changed;
  }

  void check_positions(int index, std::size_t count, const std::string& what) {
    std::size_t entries = 0;
    for (lua_pushnil(lua_); lua_next(lua_, index) != 0; lua_pop(lua_, 1)) {
      ++entries;
      if (lua_isinteger(lua_, -2) == 0) throw Mistake(what + " has both positions and names, so it is neither an array nor an object");
    }
    if (entries != count) throw Mistake(what + " has holes; use null for an empty place");
  }

  bool merge_object(int index, Json& into, const std::string& what, std::size_t depth) {
    bool changed = into.object() == nullptr;
    if (changed) into = Json::Object{};
    Json::Object& members = *into.object();
    const std::size_t before = members.size();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < before; ++i) {
      push_text(lua_, members[i].first);
      if (lua_rawget(lua_, index) == LUA_TNIL) {
        changed = true;
      } else {
        changed |= merge(-1, members[i].second, member_place(what, members[i].first), depth + 1);
        if (kept != i) members[kept] = std::move(members[i]);
        ++kept;
      }
      lua_pop(lua_, 1);
    }
    members.resize(kept);
    return add_new(index, into, kept, what, depth) || changed;
  }

  /// Lua's own order differs from run to run, so what is new comes sorted.
  bool add_new(int index, Json& into, std::size_t kept, const std::string& what, std::size_t depth) {
    Json::Object& members = *into.object();
    if (count(index) == kept) return false;
    Json::Object fresh;
    for (lua_pushnil(lua_); lua_next(lua_, index) != 0; lua_pop(lua_, 1)) {
      if (lua_type(lua_, -2) != LUA_TSTRING)
        throw Mistake(what + " has a key that is " + type_text(lua_, -2) + "; keys of an object are text");
      const std::string_view key = to_text(lua_, -2, "a key of " + what);
      state_.charge(kept / 8);
      if (kept > 0 && into.find(key) != nullptr) continue;
      fresh.emplace_back(std::string(key), read(-1, member_place(what, key), depth + 1));
    }
    std::sort(fresh.begin(), fresh.end(), [](const Json::Member& a, const Json::Member& b) { return a.first < b.first; });
    for (Json::Member& member : fresh) members.push_back(std::move(member));
    return !fresh.empty();
  }

  std::size_t count(int index) {
    std::size_t entries = 0;
    for (lua_pushnil(lua_); lua_next(lua_, index) != 0; lua_pop(lua_, 1)) ++entries;
    return entries;
  }

  /// The tree lies outside Lua's memory, and tables that name each other can unfold into far more than they are.
  void weigh(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ > state_.limits().memory_bytes) throw Mistake("the value is larger than the memory that a hook may use");
  }

  lua_State* lua_;
  LuaState& state_;
  std::size_t bytes_ = 0;
};

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
  lua_pushcfunction(lua, number_text);
  lua_setfield(lua, -2, "__tostring");
  lua_pushcfunction(lua, number_equal);
  lua_setfield(lua, -2, "__eq");
  lua_newuserdatauv(lua, 0, 0);
  lua_createtable(lua, 0, 3);
  protect_metatable(lua, "null");
  lua_pushcfunction(lua, null_text);
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
    case Value::Tag::Json: break;
  }
  LuaState::of(lua).charge_bytes(value.as_view().size());
  push_json(lua, json::parse(value.as_view()));
}

void mark_array(lua_State* lua) {
  if (lua_getmetatable(lua, -1) != 0) {
    lua_pop(lua, 1);
    if (has_metatable(lua, -1, kArray)) return;
    throw Mistake("the table has a metatable of its own");
  }
  luaL_setmetatable(lua, kArray);
}

Json to_json(lua_State* lua, int index, const std::string& what) { return Reader(lua).read(index, what, 0); }

bool merge_json(lua_State* lua, int index, Json& into, const std::string& what) { return Reader(lua).merge(index, into, what, 0); }

Value to_value(lua_State* lua, int index, Arena& arena, const std::string& what) {
  switch (lua_type(lua, index)) {
    case LUA_TNIL: return {};
    case LUA_TBOOLEAN: return Value::boolean(lua_toboolean(lua, index) != 0);
    case LUA_TSTRING: return Value::text(arena.copy(to_text(lua, index, what)));
    default: break;
  }
  if (lua_isinteger(lua, index) != 0) return Value::integer(lua_tointeger(lua, index));
  return json::to_value(to_json(lua, index, what), arena);
}

std::string_view to_text(lua_State* lua, int index, const std::string& what) {
  if (lua_type(lua, index) != LUA_TSTRING) throw Mistake(what + " must be text, not " + type_text(lua, index));
  std::size_t size = 0;
  const char* bytes = lua_tolstring(lua, index, &size);
  LuaState::of(lua).charge_bytes(size);
  if (!is_utf8({bytes, size})) throw Mistake(what + " is text that is not UTF-8");
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
