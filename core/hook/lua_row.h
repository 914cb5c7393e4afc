// Rows as a script sees them: cells by column name, made into Lua values when read, written back only when all went well.
#pragma once

#include <span>
#include <vector>

#include "data/arena.h"
#include "data/json.h"
#include "data/row.h"

struct lua_State;

namespace lockstep::hook {

class Walk;

/// The row of one call. Changes are kept apart until commit(), so that a hook that fails midway leaves the row as it was.
class RowSource {
 public:
  RowSource(const Shape& shape, std::span<Value> cells, Arena& arena) : shape_(shape), cells_(cells), arena_(arena) {}

  const Shape& shape() const { return shape_; }
  Arena& arena() { return arena_; }
  const Value& at(std::size_t ordinal) const { return written(ordinal) ? changed_[ordinal] : cells_[ordinal]; }
  void set(std::size_t ordinal, const Value& value);
  void commit();

 private:
  bool written(std::size_t ordinal) const { return !dirty_.empty() && dirty_[ordinal]; }

  const Shape& shape_;
  std::span<Value> cells_;
  Arena& arena_;
  std::vector<Value> changed_;  ///< as long as the row, once something was written
  std::vector<bool> dirty_;
};

/// Makes the metatable. Once a state.
void open_rows(lua_State* lua);
/// Pushes a handle, good until the call is over.
void push_row(lua_State* lua, RowSource& source);
bool is_row(lua_State* lua, int index);
/// Takes in what the script did to the tables of its `handle` and what it returned at `result`: the handle, or a table of columns to
/// set. Both are absolute indices. Throws Mistake for anything else.
void take_row(lua_State* lua, int handle, int result, RowSource& source);
/// The row as an object of its columns, without the absent ones: the part of a larger value that `walk` is at.
Json row_json(lua_State* lua, int index, Walk& walk);

}  // namespace lockstep::hook
