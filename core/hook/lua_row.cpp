#include "hook/lua_row.h"

#include <lua.hpp>

#include "common/text.h"
#include "format/json.h"
#include "hook/lua_handle.h"
#include "hook/lua_values.h"
#include "hook/lua_walk.h"

namespace lockstep::hook {
namespace {

constexpr const char* kRow = "row";

RowSource& row_of(lua_State* lua, int index) { return source_of<RowSource>(lua, kRow, index); }

std::optional<std::size_t> known_column(lua_State* lua, int index, const RowSource& source) {
  if (lua_type(lua, index) != LUA_TSTRING) return std::nullopt;
  std::size_t size = 0;
  const char* column = lua_tolstring(lua, index, &size);
  return source.shape().find({column, size});
}

std::size_t column_at(lua_State* lua, int index, const RowSource& source) {
  if (const auto ordinal = known_column(lua, index, source)) return *ordinal;
  const std::string_view column = to_text(lua, index, "a column of the row");
  const std::string near = did_you_mean(column, source.shape().columns());
  throw Mistake("the row has no column \"" + std::string(column) + "\"" +
                (near.empty() ? "; put a column of the application under owned, where assign_owner fills it in new rows" : near));
}

// Tables of JSON cells that were handed out or assigned, by ordinal: the script may go on changing them.
void push_tables(lua_State* lua, int index) { push_attached(lua, index, true); }

void keep_table(lua_State* lua, int handle, std::size_t ordinal, int value) {
  push_tables(lua, handle);
  lua_pushvalue(lua, value);
  lua_rawseti(lua, -2, static_cast<lua_Integer>(ordinal));
  lua_pop(lua, 1);
}

void push_cell(lua_State* lua, int handle, std::size_t ordinal) {
  if (lua_getiuservalue(lua, handle, 1) == LUA_TTABLE) {
    if (lua_rawgeti(lua, -1, static_cast<lua_Integer>(ordinal)) != LUA_TNIL) return lua_remove(lua, -2);
    lua_pop(lua, 1);
  }
  lua_pop(lua, 1);
  push_value(lua, row_of(lua, handle).at(ordinal));
  if (lua_istable(lua, -1)) keep_table(lua, handle, ordinal, lua_gettop(lua));
}

int get_cell(lua_State* lua) {
  const RowSource& source = row_of(lua, 1);
  const auto ordinal = known_column(lua, 2, source);
  if (!ordinal) return 0;
  push_cell(lua, 1, *ordinal);
  return 1;
}

void set_cell_at(lua_State* lua, int handle, std::size_t ordinal, int value) {
  RowSource& source = row_of(lua, handle);
  if (lua_istable(lua, value)) return keep_table(lua, handle, ordinal, value);
  if (lua_getiuservalue(lua, handle, 1) == LUA_TTABLE) {
    lua_pushnil(lua);
    lua_rawseti(lua, -2, static_cast<lua_Integer>(ordinal));
  }
  lua_pop(lua, 1);
  const Place row("row");
  source.set(ordinal, to_value(lua, value, source.arena(), Place(row, source.shape()[ordinal])));
}

int set_cell(lua_State* lua) {
  set_cell_at(lua, 1, column_at(lua, 2, row_of(lua, 1)), 3);
  return 0;
}

// The iterator of pairs(): the upvalue is the ordinal to begin at; absent cells are passed over.
int next_cell(lua_State* lua) {
  RowSource& source = row_of(lua, 1);
  for (auto ordinal = static_cast<std::size_t>(lua_tointeger(lua, lua_upvalueindex(1))); ordinal < source.shape().size(); ++ordinal) {
    lua_settop(lua, 1);
    push_text(lua, source.shape()[ordinal]);
    push_cell(lua, 1, ordinal);
    if (lua_isnil(lua, -1)) continue;
    lua_pushinteger(lua, static_cast<lua_Integer>(ordinal + 1));
    lua_replace(lua, lua_upvalueindex(1));
    return 2;
  }
  return 0;
}

int row_pairs(lua_State* lua) {
  row_of(lua, 1);
  lua_pushinteger(lua, 0);
  lua_pushcclosure(lua, guarded<next_cell>, 1);
  lua_pushvalue(lua, 1);
  return 2;
}

int row_length(lua_State* lua) {
  lua_pushinteger(lua, static_cast<lua_Integer>(row_of(lua, 1).shape().size()));
  return 1;
}

int row_text(lua_State* lua) {
  lua_pushliteral(lua, "row");
  return 1;
}

// Tables that the script only read come out as they went in, and are then no change.
void take_tables(lua_State* lua, int handle, RowSource& source) {
  if (lua_getiuservalue(lua, handle, 1) != LUA_TTABLE) return lua_pop(lua, 1);
  const int tables = lua_gettop(lua);
  for (lua_pushnil(lua); lua_next(lua, tables) != 0; lua_pop(lua, 1)) {
    const auto ordinal = static_cast<std::size_t>(lua_tointeger(lua, -2));
    Json json = source.at(ordinal).tag() == Value::Tag::Json ? json::from_value(source.at(ordinal)) : Json();
    merge_json(lua, -1, json, "row." + source.shape()[ordinal]);
    const Value value = json::to_value(json, source.arena());
    if (!identical(value, source.at(ordinal))) source.set(ordinal, value);
  }
  lua_pop(lua, 1);
}

void take_columns(lua_State* lua, int index, RowSource& source) {
  refuse_stand_in(lua, index, "what row returned");
  const Place row("row");
  for (lua_pushnil(lua); lua_next(lua, index) != 0; lua_pop(lua, 1)) {
    const std::size_t ordinal = column_at(lua, -2, source);
    source.set(ordinal, to_value(lua, -1, source.arena(), Place(row, source.shape()[ordinal])));
  }
}

}  // namespace

void RowSource::set(std::size_t ordinal, const Value& value) {
  if (dirty_.empty()) {
    dirty_.resize(cells_.size());
    changed_.resize(cells_.size());
  }
  dirty_[ordinal] = true;
  changed_[ordinal] = value;
}

void RowSource::commit() {
  for (std::size_t i = 0; i < dirty_.size(); ++i) {
    if (dirty_[i]) cells_[i] = changed_[i];
  }
}

void open_rows(lua_State* lua) {
  const luaL_Reg functions[] = {{"__index", guarded<get_cell>}, {"__newindex", guarded<set_cell>}, {"__pairs", guarded<row_pairs>},
                                {"__len", guarded<row_length>}, {"__tostring", guarded<row_text>}, {nullptr, nullptr}};
  define_handle(lua, kRow, functions);
}

void push_row(lua_State* lua, RowSource& source) { push_handle(lua, kRow, source); }

bool is_row(lua_State* lua, int index) { return luaL_testudata(lua, index, kRow) != nullptr; }

void take_row(lua_State* lua, int handle, int result, RowSource& source) {
  if (is_row(lua, result)) {
    row_of(lua, result);
  } else if (lua_istable(lua, result)) {
    take_columns(lua, result, source);
  } else {
    throw Mistake("row must return the row, or nil and a reason; it returned " + type_text(lua, result));
  }
  take_tables(lua, handle, source);
}

Json row_json(lua_State* lua, int index, Walk& walk) {
  index = lua_absindex(lua, index);
  RowSource& source = row_of(lua, index);
  Json out = Json::Object{};
  for (std::size_t i = 0; i < source.shape().size(); ++i) {
    push_cell(lua, index, i);
    if (!lua_isnil(lua, -1)) out[source.shape()[i]] = to_json(lua, -1, "row." + source.shape()[i], walk);
    lua_pop(lua, 1);
  }
  return out;
}

}  // namespace lockstep::hook
