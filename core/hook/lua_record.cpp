#include "hook/lua_record.h"

#include <algorithm>
#include <lua.hpp>

#include "format/json.h"
#include "hook/lua_handle.h"
#include "hook/lua_values.h"
#include "hook/lua_walk.h"

namespace lockstep::hook {
namespace {

constexpr const char* kRecord = "record";
/// Stands in the overlay for a member that the script removed.
const char kRemoved = 0;

RecordSource& record_of(lua_State* lua, int index) { return source_of<RecordSource>(lua, kRecord, index); }

// The overlay, a table in the handle's user value, holds what was assigned and the tables that were handed out.
bool push_overlay(lua_State* lua, int index) { return push_attached(lua, index, false); }
void push_new_overlay(lua_State* lua, int index) { push_attached(lua, index, true); }

bool is_removed(lua_State* lua, int index) { return lua_touserdata(lua, index) == &kRemoved; }

void push_removed(lua_State* lua) { lua_pushlightuserdata(lua, const_cast<char*>(&kRemoved)); }

// Leaves one value: the member whose key is at `key`.
void push_member(lua_State* lua, int handle, int key) {
  if (push_overlay(lua, handle)) {
    lua_pushvalue(lua, key);
    if (lua_rawget(lua, -2) != LUA_TNIL) {
      lua_remove(lua, -2);
      if (is_removed(lua, -1)) {
        lua_pop(lua, 1);
        lua_pushnil(lua);
      }
      return;
    }
    lua_pop(lua, 2);
  }
  if (lua_type(lua, key) != LUA_TSTRING) return lua_pushnil(lua);
  std::size_t size = 0;
  const char* name = lua_tolstring(lua, key, &size);
  RecordSource& source = record_of(lua, handle);
  LuaState::of(lua).charge(source.members() / kMembersPerInstruction);
  const Json* member = source.find({name, size});
  if (member == nullptr) return lua_pushnil(lua);
  push_json(lua, *member);
  if (!lua_istable(lua, -1)) return;
  push_new_overlay(lua, handle);
  lua_pushvalue(lua, key);
  lua_pushvalue(lua, -3);
  lua_rawset(lua, -3);
  lua_pop(lua, 1);
}

int get_member(lua_State* lua) {
  record_of(lua, 1);
  push_member(lua, 1, 2);
  return 1;
}

int set_member(lua_State* lua) {
  const RecordSource& source = record_of(lua, 1);
  if (!source.changeable())
    throw Mistake("the " + source.name() + " cannot be changed at the stage " + std::string(LuaState::of(lua).stage));
  if (lua_type(lua, 2) != LUA_TSTRING) throw Mistake("a key of the " + source.name() + " must be text, not " + type_text(lua, 2));
  push_new_overlay(lua, 1);
  lua_pushvalue(lua, 2);
  if (lua_isnil(lua, 3)) {
    push_removed(lua);
  } else {
    lua_pushvalue(lua, 3);
  }
  lua_rawset(lua, -3);
  return 0;
}

// The iterator of pairs(): upvalue 1 is the list of keys, upvalue 2 the position.
int next_member(lua_State* lua) {
  record_of(lua, 1);
  lua_settop(lua, 1);
  for (lua_Integer position = lua_tointeger(lua, lua_upvalueindex(2));;) {
    if (lua_rawgeti(lua, lua_upvalueindex(1), ++position) == LUA_TNIL) return 1;
    lua_pushinteger(lua, position);
    lua_replace(lua, lua_upvalueindex(2));
    push_member(lua, 1, 2);
    if (!lua_isnil(lua, 3)) return 2;
    lua_settop(lua, 1);
  }
}

// Keys in the order of the document, then those that were added.
int member_pairs(lua_State* lua) {
  const Json::Object& members = *record_of(lua, 1).json().object();
  LuaState::of(lua).charge(kNodeCost * members.size());
  lua_createtable(lua, static_cast<int>(members.size()), 0);
  const int keys = lua_gettop(lua);
  lua_Integer count = 0;
  for (const Json::Member& member : members) {
    push_text(lua, member.first);
    lua_rawseti(lua, keys, ++count);
  }
  if (push_overlay(lua, 1)) {
    const int overlay = lua_gettop(lua);
    for (lua_pushnil(lua); lua_next(lua, overlay) != 0; lua_pop(lua, 1)) {
      LuaState::of(lua).charge(members.size() / kMembersPerInstruction);
      if (record_of(lua, 1).json().find(to_text(lua, -2, "a key")) != nullptr) continue;
      lua_pushvalue(lua, -2);
      lua_rawseti(lua, keys, ++count);
    }
    lua_pop(lua, 1);
  }
  lua_pushinteger(lua, 0);
  lua_pushcclosure(lua, guarded<next_member>, 2);
  lua_pushvalue(lua, 1);
  return 2;
}

int record_text(lua_State* lua) {
  push_text(lua, record_of(lua, 1).name());
  return 1;
}

bool lay_member(lua_State* lua, int value, std::string_view key, Json& into, const std::string& name, Walk& walk) {
  LuaState::of(lua).charge(into.object()->size() / kMembersPerInstruction + 1);
  Json* member = into.find(key);
  if (is_removed(lua, value)) return member != nullptr && into.erase(key);
  const Place around(name);
  const Place place(around, key);
  if (member != nullptr) return merge_json(lua, value, *member, place, walk);
  Json added = to_json(lua, value, place, walk);
  into.object()->emplace_back(std::string(key), std::move(added));
  return true;
}

// New members in sorted order, since the overlay's own order differs from run to run.
bool lay_overlay(lua_State* lua, int overlay, Json& into, const std::string& name, Walk& walk) {
  std::vector<std::string> keys;
  for (lua_pushnil(lua); lua_next(lua, overlay) != 0; lua_pop(lua, 1)) keys.emplace_back(to_text(lua, -2, "a key of the record"));
  std::sort(keys.begin(), keys.end());
  bool changed = false;
  for (const std::string& key : keys) {
    push_text(lua, key);
    lua_rawget(lua, overlay);
    changed |= lay_member(lua, lua_gettop(lua), key, into, name, walk);
    lua_pop(lua, 1);
  }
  return changed;
}

}  // namespace

const Json& RecordSource::json() {
  if (given_ == nullptr) {
    parsed_ = json::parse(raw_);
    given_ = &*parsed_;
  }
  if (given_->object() == nullptr) throw Mistake("the " + name_ + " is no JSON object");
  return *given_;
}

std::size_t RecordSource::members() {
  if (given_ != nullptr) return json().object()->size();
  if (!members_) members_.emplace(raw_);
  return members_->size();
}

const Json* RecordSource::find(std::string_view key) {
  if (given_ != nullptr) return json().find(key);
  if (!members_) members_.emplace(raw_);
  found_ = members_->find(key);
  return found_ ? &*found_ : nullptr;
}

void open_records(lua_State* lua) {
  const luaL_Reg functions[] = {{"__index", guarded<get_member>},
                                {"__newindex", guarded<set_member>},
                                {"__pairs", guarded<member_pairs>},
                                {"__tostring", guarded<record_text>},
                                {nullptr, nullptr}};
  define_handle(lua, kRecord, functions);
}

void push_record(lua_State* lua, RecordSource& source) { push_handle(lua, kRecord, source); }

bool is_record(lua_State* lua, int index) { return luaL_testudata(lua, index, kRecord) != nullptr; }

const RecordSource* record_source(lua_State* lua, int index) { return is_record(lua, index) ? &record_of(lua, index) : nullptr; }

Json record_json(lua_State* lua, int index, Walk& walk, const Place& what) {
  index = lua_absindex(lua, index);
  RecordSource& source = record_of(lua, index);
  walk.take(source.json(), what);
  Json out = source.json();
  if (push_overlay(lua, index)) {
    lay_overlay(lua, lua_gettop(lua), out, source.name(), walk);
    lua_pop(lua, 1);
  }
  return out;
}

std::optional<Json> changed_record(lua_State* lua, int index) {
  index = lua_absindex(lua, index);
  RecordSource& source = record_of(lua, index);
  if (!push_overlay(lua, index)) return std::nullopt;
  Walk walk(LuaState::of(lua));
  const Walk::Level level(walk, source.name());
  Json out = source.json();
  const bool changed = lay_overlay(lua, lua_gettop(lua), out, source.name(), walk);
  lua_pop(lua, 1);
  if (!changed) return std::nullopt;
  return out;
}

}  // namespace lockstep::hook
