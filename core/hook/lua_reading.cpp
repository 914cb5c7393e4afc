// From Lua to JSON and cells: one walk through tables, which counts its work, names the place of what JSON cannot hold, and keeps the order
// of what was there before.
#include <algorithm>
#include <bit>
#include <cmath>
#include <lua.hpp>

#include "common/text.h"
#include "format/json.h"
#include "hook/lua_record.h"
#include "hook/lua_row.h"
#include "hook/lua_state.h"
#include "hook/lua_values.h"
#include "hook/lua_walk.h"

namespace lockstep::hook {
namespace {

bool is_array(lua_State* lua, int index) { return is_marked_array(lua, index) || lua_rawlen(lua, index) > 0; }

bool is_empty(lua_State* lua, int index) {
  lua_pushnil(lua);
  if (lua_next(lua, index) == 0) return true;
  lua_pop(lua, 2);
  return false;
}

// One way through tables for both to_json() and merge_json(): it visits, counts and checks.
class Reader {
 public:
  Reader(lua_State* lua, Walk& walk) : lua_(lua), state_(LuaState::of(lua)), walk_(walk) {}

  Json read(int index, const Place& what) {
    Json out;
    merge(index, out, what);
    return out;
  }

  bool merge(int index, Json& into, const Place& what) {
    const Walk::Level level(walk_, what);
    luaL_checkstack(lua_, 8, nullptr);
    index = lua_absindex(lua_, index);
    if (lua_type(lua_, index) == LUA_TTABLE) {
      refuse_stand_in(lua_, index, what);
      if (is_array(lua_, index) || (into.array() != nullptr && is_empty(lua_, index))) return merge_array(index, into, what);
      return merge_object(index, into, what);
    }
    return assign(into, scalar(index, what));
  }

 private:
  static bool assign(Json& into, Json value) {
    if (into == value) return false;
    into = std::move(value);
    return true;
  }

  Json scalar(int index, const Place& what) {
    switch (lua_type(lua_, index)) {
      case LUA_TNIL: return {};
      case LUA_TBOOLEAN: return Json(lua_toboolean(lua_, index) != 0);
      case LUA_TNUMBER: return number(index, what);
      case LUA_TSTRING: return text(index, what);
      case LUA_TUSERDATA: return object(index, what);
      default: break;
    }
    throw Mistake(what.text() + " is " + type_text(lua_, index) + ", which JSON cannot hold");
  }

  Json text(int index, const Place& what) {
    const std::string_view bytes = to_text(lua_, index, what);
    walk_.text(bytes);
    return Json(bytes);
  }

  Json number(int index, const Place& what) {
    if (lua_isinteger(lua_, index) != 0) return Json(std::int64_t{lua_tointeger(lua_, index)});
    const double real = lua_tonumber(lua_, index);
    if (!std::isfinite(real)) throw Mistake(what.text() + " is not a finite number");
    return Json(real);
  }

  Json object(int index, const Place& what) {
    if (is_null(lua_, index)) return {};
    if (auto digits = big_number(lua_, index)) return Json(Json::Verbatim{std::move(*digits)});
    if (is_record(lua_, index)) return record_json(lua_, index, walk_, what);
    if (is_row(lua_, index)) return row_json(lua_, index, walk_);
    throw Mistake(what.text() + " is " + type_text(lua_, index) + ", which JSON cannot hold");
  }

  bool merge_array(int index, Json& into, const Place& what) {
    bool changed = into.array() == nullptr;
    if (changed) into = Json::Array{};
    Json::Array& items = *into.array();
    const auto count = static_cast<std::size_t>(lua_rawlen(lua_, index));
    if (items.size() != count) changed = true;
    if (items.size() > count) items.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto position = static_cast<lua_Integer>(i + 1);
      if (lua_rawgeti(lua_, index, position) == LUA_TNIL)
        throw Mistake(Place(what, position).text() + " is missing; use null for an empty place");
      if (i == items.size()) items.emplace_back();
      changed |= merge(-1, items[i], Place(what, position));
      lua_pop(lua_, 1);
    }
    check_positions(index, count, what);
    return changed;
  }

  void check_positions(int index, std::size_t count, const Place& what) {
    std::size_t entries = 0;
    for (lua_pushnil(lua_); lua_next(lua_, index) != 0; lua_pop(lua_, 1)) {
      ++entries;
      if (lua_isinteger(lua_, -2) == 0)
        throw Mistake(what.text() + " has both positions and names, so it is neither an array nor an object");
    }
    if (entries != count) throw Mistake(what.text() + " has holes; use null for an empty place");
  }

  bool merge_object(int index, Json& into, const Place& what) {
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
        changed |= merge(-1, members[i].second, Place(what, members[i].first));
        if (kept != i) members[kept] = std::move(members[i]);
        ++kept;
      }
      lua_pop(lua_, 1);
    }
    members.resize(kept);
    return add_new(index, into, kept, what) || changed;
  }

  /// Lua's own order differs from run to run, so what is new comes sorted.
  bool add_new(int index, Json& into, std::size_t kept, const Place& what) {
    Json::Object& members = *into.object();
    if (count(index) == kept) return false;
    Json::Object fresh;
    for (lua_pushnil(lua_); lua_next(lua_, index) != 0; lua_pop(lua_, 1)) {
      if (lua_type(lua_, -2) != LUA_TSTRING)
        throw Mistake(what.text() + " has a key that is " + type_text(lua_, -2) + "; keys of an object are text");
      const std::string_view key = key_text(what);
      state_.charge(kept / kMembersPerInstruction);
      if (kept > 0 && into.find(key) != nullptr) continue;
      fresh.emplace_back(std::string(key), read(-1, Place(what, key)));
    }
    state_.charge(fresh.size() * static_cast<std::size_t>(std::bit_width(fresh.size())));
    std::sort(fresh.begin(), fresh.end(), [](const Json::Member& a, const Json::Member& b) { return a.first < b.first; });
    for (Json::Member& member : fresh) members.push_back(std::move(member));
    return !fresh.empty();
  }

  std::string_view key_text(const Place& what) {
    std::size_t size = 0;
    const char* bytes = lua_tolstring(lua_, -2, &size);
    walk_.text({bytes, size});
    if (!is_utf8({bytes, size})) throw Mistake("a key of " + what.text() + " is text that is not UTF-8");
    return {bytes, size};
  }

  std::size_t count(int index) {
    std::size_t entries = 0;
    for (lua_pushnil(lua_); lua_next(lua_, index) != 0; lua_pop(lua_, 1)) ++entries;
    return entries;
  }

  lua_State* lua_;
  LuaState& state_;
  Walk& walk_;
};

}  // namespace

Json to_json(lua_State* lua, int index, const Place& what) {
  Walk walk(LuaState::of(lua));
  return to_json(lua, index, what, walk);
}

Json to_json(lua_State* lua, int index, const Place& what, Walk& walk) { return Reader(lua, walk).read(index, what); }

bool merge_json(lua_State* lua, int index, Json& into, const Place& what) {
  Walk walk(LuaState::of(lua));
  return merge_json(lua, index, into, what, walk);
}

bool merge_json(lua_State* lua, int index, Json& into, const Place& what, Walk& walk) { return Reader(lua, walk).merge(index, into, what); }

Value to_value(lua_State* lua, int index, Arena& arena, const Place& what) {
  switch (lua_type(lua, index)) {
    case LUA_TNIL: return {};
    case LUA_TBOOLEAN: return Value::boolean(lua_toboolean(lua, index) != 0);
    case LUA_TSTRING: return Value::text(arena.copy(to_text(lua, index, what)));
    default: break;
  }
  if (lua_isinteger(lua, index) != 0) return Value::integer(lua_tointeger(lua, index));
  return json::to_value(to_json(lua, index, what), arena);
}

}  // namespace lockstep::hook
