// Values between C++ and Lua. The types survive the round trip: 64-bit integers, 1 against 1.0, null against absent, [] against {},
// numbers beyond both kept by their digits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "data/arena.h"
#include "data/json.h"
#include "data/value.h"
#include "hook/lua_place.h"

struct lua_State;

namespace lockstep::hook {

class Walk;

/// What one value costs on its way, in instructions: about what a table entry and a node of the tree take.
inline constexpr std::uint64_t kNodeCost = 8;
/// An object's members are looked through one by one; so many of them take about as long as one instruction.
inline constexpr std::size_t kMembersPerInstruction = 2;

/// Makes `null` and the metatables of arrays and big numbers. Once a state, before anything is pushed.
void open_values(lua_State* lua);

void push_null(lua_State* lua);
bool is_null(lua_State* lua, int index);
/// Pushes any JSON; arrays and objects become fresh tables. Counts its work.
void push_json(lua_State* lua, const Json& json);
/// Absent becomes nil; JSON text becomes a table.
void push_value(lua_State* lua, const Value& value);
void push_text(lua_State* lua, std::string_view text);
/// Throws Mistake when the table at `index` only stands in for another (ctx, a library): it is empty itself, and to take it for an empty
/// object would hide a slip.
void refuse_stand_in(lua_State* lua, int index, const Place& what);
bool is_marked_array(lua_State* lua, int index);
/// The digits of the number at `index` that neither a 64-bit integer nor a double can hold; nullopt when it is none.
std::optional<std::string> big_number(lua_State* lua, int index);
/// Marks the table at the top as a JSON array. Throws Mistake when it has a metatable of its own.
void mark_array(lua_State* lua);

/// The value at `index` as JSON; nil becomes null; keys of objects are sorted. Throws Mistake, naming the place inside `what`, for
/// anything that JSON has no word for: functions, NaN, text that is not UTF-8, tables with holes or mixed keys, depth beyond
/// json::kMaxDepth.
Json to_json(lua_State* lua, int index, const Place& what);
/// The same of a part of a larger value.
Json to_json(lua_State* lua, int index, const Place& what, Walk& walk);
/// Lays the value at `index` into `into`: members that stay keep their order, new ones follow. An empty table where an array was
/// stays an array. True when anything differs. Throws like to_json().
bool merge_json(lua_State* lua, int index, Json& into, const Place& what);
bool merge_json(lua_State* lua, int index, Json& into, const Place& what, Walk& walk);
/// nil becomes absent. Bytes go into `arena`. Throws like to_json().
Value to_value(lua_State* lua, int index, Arena& arena, const Place& what);
/// The text at `index`, which must be UTF-8. Borrowed from Lua. Throws Mistake: `what must be text, not a table`.
std::string_view to_text(lua_State* lua, int index, const Place& what);
/// What people call the type of the value at `index`: "nil", "null", "an integer", "a table", …
std::string type_text(lua_State* lua, int index);

}  // namespace lockstep::hook
