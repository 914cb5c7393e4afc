#include "hook/lua_state.h"

#include <algorithm>
#include <cstdlib>
#include <lua.hpp>
#include <new>

#include "common/text.h"

namespace lockstep::hook {
namespace {
// Some of Lua's own buffers report a refusal as an ordinary error with this text.
constexpr std::string_view kNoMemory = "not enough memory";
/// One instruction can walk through all of a long text or table (a comparison, `next`, a number read from text), so a script that has one
/// is looked at more often: after what so many bytes may cost at their worst, some 20 ms.
constexpr std::size_t kLongBlock = 64U << 10U;
constexpr std::size_t kBytesBetweenLooks = 2U << 20U;
/// Charged between two looks at the clock.
constexpr std::uint64_t kLook = 1000;

std::string size_text(std::size_t bytes) {
  return bytes % (1U << 20U) == 0 ? std::to_string(bytes >> 20U) + " MiB" : std::to_string(bytes >> 10U) + " KiB";
}

// Lua keeps the end of a long file name (luaO_chunkid with LUA_IDSIZE).
std::string shortened(const std::string& shown) {
  return shown.size() < LUA_IDSIZE ? shown : "..." + shown.substr(shown.size() - (LUA_IDSIZE - 4));
}

// The text of an error object: what a script threw may be anything. Runs protected, since __tostring is the script's.
std::string object_text(lua_State* lua, int index) {
  if (lua_isnil(lua, index)) return "failed with error(nil), which has no message";
  if (lua_type(lua, index) != LUA_TSTRING && luaL_getmetafield(lua, index, "__tostring") == LUA_TNIL && lua_istable(lua, index)) {
    lua_pushliteral(lua, "message");
    if (lua_rawget(lua, index) == LUA_TSTRING) return lua_tostring(lua, -1);
    return "failed with an error object that has neither __tostring nor a message";
  }
  std::size_t size = 0;
  const char* text = luaL_tolstring(lua, index, &size);
  return {text, size};
}
}  // namespace

LuaState::LuaState(const LuaLimits& limits, std::string shown, const Clock& clock)
    : limits_(limits),
      shown_(std::move(shown)),
      chunk_(shortened(shown_)),
      clock_(clock),
      interval_(static_cast<int>(std::clamp<std::uint64_t>(limits.instructions, 1, 1000))) {
  lua_ = lua_newstate(&LuaState::allocate, this);
  if (lua_ == nullptr) throw std::bad_alloc();
  *static_cast<LuaState**>(lua_getextraspace(lua_)) = this;
  arm(interval_);
}

LuaState::~LuaState() {
  lua_sethook(lua_, nullptr, 0, 0);
  lua_close(lua_);
}

LuaState& LuaState::of(lua_State* lua) { return **static_cast<LuaState**>(lua_getextraspace(lua)); }

void LuaState::arm(int every) { lua_sethook(lua_, &LuaState::on_count, LUA_MASKCOUNT, every); }

void LuaState::begin() {
  used_ = 0;
  since_look_ = 0;
  patience_ends_.reset();
  place_ = 0;
  if (trip_ != Trip::None) arm(interval_);
  trip_ = Trip::None;
  ++generation_;
}

std::optional<std::string> LuaState::run(const std::function<void(lua_State*)>& body, int definition_line) {
  begin();
  lua_pushcfunction(lua_, &LuaState::on_error);
  lua_pushcfunction(lua_, &LuaState::trampoline);
  lua_pushlightuserdata(lua_, const_cast<std::function<void(lua_State*)>*>(&body));
  running_ = true;
  const int status = lua_pcall(lua_, 1, 0, 1);
  std::optional<std::string> failure;
  // A script that ends in `return pcall(…)` comes back without an error although its budget is over.
  if (trip_ != Trip::None) {
    failure = placed(trip_text(), definition_line);
  } else if (status != LUA_OK) {
    failure = placed(failure_text(status), definition_line);
  }
  // Half of what the call was about may stand in the script's own variables, _ENV among them.
  if (failure) spent_ = true;
  running_ = false;
  ++generation_;
  lua_settop(lua_, 0);
  return failure;
}

int LuaState::trampoline(lua_State* lua) {
  const auto& body = *static_cast<const std::function<void(lua_State*)>*>(lua_touserdata(lua, 1));
  std::string message;
  try {
    body(lua);
    return 0;
  } catch (const std::exception& error) {
    message = error.what();
  }
  lua_pushlstring(lua, message.data(), message.size());
  return lua_error(lua);
}

int raise(lua_State* lua, std::string_view message) {
  luaL_where(lua, 1);
  lua_pushlstring(lua, message.data(), message.size());
  lua_concat(lua, 2);
  return lua_error(lua);
}

// ---- budgets ----

// Raising once is not enough, since the script may catch the error: from now on every further instruction raises again,
// until nothing is left that could catch. Nothing here may call back into Lua code, where hooks are off.
void LuaState::on_count(lua_State* lua, lua_Debug*) {
  LuaState& self = of(lua);
  if (self.trip_ == Trip::None) {
    self.count(static_cast<std::uint64_t>(self.interval_));
    if (self.used_ >= self.limits_.instructions) {
      self.trip(Trip::Instructions);
    } else if (self.over_time()) {
      self.trip(Trip::Time);
    }
  }
  if (self.trip_ == Trip::None) return;
  self.remember_place();
  lua_pushliteral(lua, "the budget of this call is over");
  lua_error(lua);
}

// The clock is first read at the first count, so that short hooks never ask it.
bool LuaState::over_time() {
  const SteadyTime now = clock_.steady();
  if (!patience_ends_) patience_ends_ = now + limits_.patience;
  return now >= *patience_ends_;
}

void LuaState::trip(Trip why) {
  if (trip_ != Trip::None) return;
  trip_ = why;
  spent_ = true;
  arm(1);
}

/// Never past the largest number: a sum that began anew would be a fresh budget.
void LuaState::count(std::uint64_t instructions) { used_ += std::min(instructions, ~std::uint64_t{0} - used_); }

void LuaState::look_often(std::size_t block) {
  const int wanted = static_cast<int>(std::max<std::size_t>(kBytesBetweenLooks / block, 1));
  if (interval_ <= wanted || trip_ != Trip::None) return;
  interval_ = wanted;
  arm(interval_);
}

/// C code that calls C code (an __index, a comparator) passes no instruction, so that the clock has to be looked at here, too.
bool LuaState::look_is_due(std::uint64_t instructions) {
  since_look_ += std::min(instructions, kLook);
  if (since_look_ < std::min<std::uint64_t>(kLook, static_cast<std::uint64_t>(interval_))) return false;
  since_look_ = 0;
  return true;
}

void LuaState::charge(std::uint64_t instructions) {
  count(instructions);
  if (used_ >= limits_.instructions) {
    trip(Trip::Instructions);
  } else if (trip_ == Trip::None) {
    if (!look_is_due(instructions) || !over_time()) return;
    trip(Trip::Time);
  }
  remember_place();
  throw Mistake("the budget of this call is over");
}

// New bytes count as work too: without it a handful of instructions could copy gigabytes. Past the budget only the hook is armed here,
// since memory given back by a refusal would start a collection in the middle of anything.
void* LuaState::allocate(void* self_pointer, void* block, std::size_t old_size, std::size_t new_size) {
  LuaState& self = *static_cast<LuaState*>(self_pointer);
  const std::size_t held = block == nullptr ? 0 : old_size;
  if (new_size == 0) {
    std::free(block);
    self.memory_ -= held;
    return nullptr;
  }
  if (new_size > held) {
    // Without a block, `old_size` tells the kind of object (reference manual, lua_Alloc).
    const bool long_text = block == nullptr && old_size == LUA_TSTRING && new_size > self.longest_text() + 64;
    if (long_text || self.memory_ - held + new_size > self.limits_.memory_bytes) return self.refuse();
    if (self.running_) self.count((new_size - held) / kBytesPerInstruction);
    if (self.running_ && new_size > kLongBlock) self.look_often(new_size);
  }
  void* moved = std::realloc(block, new_size);
  if (moved != nullptr) self.memory_ += new_size - held;
  return moved;
}

// Each refusal makes Lua collect all garbage, which costs as much as the memory is full.
void* LuaState::refuse() {
  if (!running_) return nullptr;
  count(memory_ / kBytesPerInstruction);
  if (trip_ == Trip::None) {
    place_ = 0;
    remember_place();
  }
  if (used_ >= limits_.instructions) trip(Trip::Instructions);
  return nullptr;
}

// ---- failures in words ----

std::string cut_reason(std::string_view text) {
  constexpr std::size_t kLongestReason = 300;
  return ellipsize(printable(ellipsize(text, kLongestReason), true), kLongestReason);
}

// Only looks, never allocates: it is called out of the allocator and out of the hook.
void LuaState::remember_place() {
  if (place_ != 0) return;
  lua_Debug frame;
  for (int level = 0; lua_getstack(lua_, level, &frame) != 0; ++level) {
    lua_getinfo(lua_, "l", &frame);
    if (frame.currentline > 0) {
      place_ = frame.currentline;
      return;
    }
  }
}

int LuaState::on_error(lua_State* lua) {
  LuaState& self = of(lua);
  if (self.trip_ == Trip::None) self.place_ = 0;
  self.remember_place();
  return 1;
}

std::string LuaState::trip_text() const {
  if (trip_ == Trip::Time) return "ran longer than " + std::to_string(limits_.patience.count()) + " ms";
  return "ran over its budget of " + std::to_string(limits_.instructions) + " instructions";
}

int LuaState::describe(lua_State* lua) {
  std::string& out = *static_cast<std::string*>(lua_touserdata(lua, 2));
  out = object_text(lua, 1);
  return 0;
}

std::string LuaState::failure_text(int status) {
  const bool text = lua_type(lua_, -1) == LUA_TSTRING;
  if (status == LUA_ERRMEM || (text && lua_tostring(lua_, -1) == kNoMemory)) {
    spent_ = true;
    return "used more memory than it may (" + size_text(limits_.memory_bytes) + ", a single text " + size_text(longest_text()) + ")";
  }
  if (status == LUA_ERRERR) return "failed while its failure was handled";
  std::string message;
  const int object = lua_gettop(lua_);
  lua_pushcfunction(lua_, &LuaState::describe);
  lua_pushvalue(lua_, object);
  lua_pushlightuserdata(lua_, &message);
  if (lua_pcall(lua_, 2, 0, 0) != LUA_OK) return trip_ != Trip::None ? trip_text() : "failed with an error object whose __tostring fails";
  return message;
}

std::string LuaState::placed(std::string message, int definition_line) const {
  // Lua shortens long file names in its own messages; people get the name they know.
  if (chunk_ != shown_ && message.starts_with(chunk_ + ":")) message.replace(0, chunk_.size(), shown_);
  message = cut_reason(message);
  if (message.starts_with(shown_ + ":")) return message;
  const int line = place_ != 0 ? place_ : definition_line;
  return shown_ + ":" + std::to_string(line) + ": " + message;
}

}  // namespace lockstep::hook
