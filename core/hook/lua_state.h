// LuaState: one sandboxed interpreter and the limits of one call: instructions, memory, time. Whatever a script does, run() comes back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/time.h"
#include "hook/hook.h"
#include "hook/lua.h"

struct lua_State;
struct lua_Debug;

namespace lockstep::hook {

/// What C++ code that Lua called throws for a mistake of the script; it becomes a Lua error with the script's line.
class Mistake : public std::exception {
 public:
  explicit Mistake(std::string message) : message_(std::move(message)) {}
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

/// Not movable: Lua holds its address. One thread at a time.
class LuaState {
 public:
  LuaState(const LuaLimits& limits, std::string shown, const Clock& clock);
  ~LuaState();
  LuaState(const LuaState&) = delete;
  LuaState& operator=(const LuaState&) = delete;

  static LuaState& of(lua_State* lua);
  lua_State* lua() { return lua_; }
  const LuaLimits& limits() const { return limits_; }

  /// Runs `body` in protected mode with fresh budgets, then empties the stack. Answers nullopt, or "file:line: message";
  /// `definition_line` stands in where no line of the script was at work (a result of a wrong type).
  std::optional<std::string> run(const std::function<void(lua_State*)>& body, int definition_line);
  /// True once a call failed: what the script left behind is not to be trusted, so the owner makes a new state.
  bool spent() const { return spent_; }

  /// Counts work done in C or C++ on the script's behalf, and looks at the clock now and then. Throws Mistake when a budget is over.
  void charge(std::uint64_t instructions);
  void charge_bytes(std::size_t bytes) { charge(bytes / kBytesPerInstruction); }
  /// Longest text that a script may build.
  std::size_t longest_text() const { return limits_.memory_bytes / 16; }
  /// Increases with every run(): what was lent for one call knows that it is over.
  std::uint64_t generation() const { return generation_; }

  // What the call at hand may know; set by the stages, read by ctx.
  HookHost* host = nullptr;
  const Json* data = nullptr;  ///< what ctx.data:find looks in
  const HookSubject* subject = nullptr;
  std::string_view stage;
  bool loading = false;  ///< the script's own body runs: it may define globals

 private:
  /// Moving 32 bytes takes about as long as one instruction.
  static constexpr std::size_t kBytesPerInstruction = 32;
  enum class Trip { None, Instructions, Time };

  static void* allocate(void* self, void* block, std::size_t old_size, std::size_t new_size);
  static void on_count(lua_State* lua, lua_Debug* record);
  static int on_error(lua_State* lua);
  static int trampoline(lua_State* lua);
  static int describe(lua_State* lua);

  void begin();
  void count(std::uint64_t instructions);
  void look_often(std::size_t block);
  bool look_is_due(std::uint64_t instructions);
  void trip(Trip why);
  bool over_time();
  void arm(int every);
  void remember_place();
  void* refuse();
  std::string trip_text() const;
  std::string failure_text(int status);
  std::string placed(std::string message, int definition_line) const;

  LuaLimits limits_;
  std::string shown_;
  std::string chunk_;  ///< as Lua shortens `shown_`
  const Clock& clock_;
  lua_State* lua_ = nullptr;
  int interval_ = 1000;
  std::uint64_t used_ = 0;
  std::uint64_t since_look_ = 0;  ///< charged since charge() looked at the clock
  std::size_t memory_ = 0;
  std::uint64_t generation_ = 0;
  std::optional<SteadyTime> patience_ends_;
  Trip trip_ = Trip::None;
  int place_ = 0;  ///< line at which the call failed; 0: unknown
  bool running_ = false;
  bool spent_ = false;
};

/// Wraps a function so that its call costs an instruction, wherever it is called from, and C++ exceptions become Lua errors with the
/// script's line. Lua's own errors pass: this Lua is compiled as C++, so they are exceptions and destructors run.
template <int (*Function)(lua_State*)>
int guarded(lua_State* lua);

/// The reason of a failure as it is printed, logged and kept: what a script says may be megabytes.
std::string cut_reason(std::string_view text);

/// Raises `message` with the place of the script's line that called. Does not return.
int raise(lua_State* lua, std::string_view message);

template <int (*Function)(lua_State*)>
int guarded(lua_State* lua) {
  std::string message;
  try {
    LuaState::of(lua).charge(1);
    return Function(lua);
  } catch (const std::exception& error) {
    message = error.what();
  }
  return raise(lua, message);
}

}  // namespace lockstep::hook
