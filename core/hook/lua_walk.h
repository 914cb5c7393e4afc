// Walk: how deep and how large a value has become while it is read out of Lua. Whoever reads a part of it (a table, a record or a row
// inside it) goes on with the same walk, so that no cycle has an end of its own to run to.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "data/json.h"
#include "hook/lua_place.h"
#include "hook/lua_state.h"

namespace lockstep::hook {

class Walk {
 public:
  /// `longest`: how many bytes all texts of the value may have.
  explicit Walk(LuaState& state) : Walk(state, state.limits().memory_bytes) {}
  Walk(LuaState& state, std::size_t longest) : state_(state), longest_(longest) {}

  /// One value, for as long as its parts are read. Throws Mistake below json::kMaxDepth: such a document could not be read again.
  class Level {
   public:
    Level(Walk& walk, const Place& what);
    ~Level() { --walk_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Walk& walk_;
  };

  /// The tree lies outside Lua's memory, and tables that name each other can unfold into far more than they are.
  void text(std::string_view text);
  /// A document that becomes part of the value as it is.
  void take(const Json& part, const Place& what);

 private:
  void weigh(std::size_t bytes);

  LuaState& state_;
  std::size_t longest_;
  std::size_t depth_ = 0;
  std::size_t bytes_ = 0;
  std::size_t text_bytes_ = 0;
};

}  // namespace lockstep::hook
