// Lua's patterns (reference manual, 6.4.1), matched in counted steps. Lua's own matcher runs in C, where no hook can stop it, and a
// pattern such as ("a*"):rep(30) .. "b" keeps it busy for ages; this one gives up when its steps are used.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lockstep::hook {

class LuaState;

/// One pattern against one subject; both are borrowed. Throws Mistake for a malformed pattern, and when the budget of the call is over.
class PatternMatcher {
 public:
  static constexpr int kMaxCaptures = 32;
  static constexpr std::ptrdiff_t kPosition = -2;  ///< length of a `()` capture

  struct Capture {
    const char* start = nullptr;
    std::ptrdiff_t length = 0;
  };

  /// Its steps are charged to `state`.
  PatternMatcher(LuaState& state, std::string_view subject, std::string_view pattern)
      : begin_(subject.data()),
        end_(begin_ + subject.size()),
        pattern_end_(pattern.data() + pattern.size()),
        pattern_(pattern.data()),
        state_(state) {}

  /// The end of the match that begins at `start`, or nullptr. A leading `^` is the caller's business.
  const char* match_at(const char* start);
  int captures() const { return level_; }
  /// Throws Mistake for an index that the pattern does not have and for a capture that was not closed.
  const Capture& capture(int index) const;

  const char* begin() const { return begin_; }
  const char* end() const { return end_; }

 private:
  static constexpr std::ptrdiff_t kOpen = -1;

  const char* match(const char* text, const char* item);
  const char* repeat_most(const char* text, const char* item, const char* after, std::ptrdiff_t least);
  const char* repeat_least(const char* text, const char* item, const char* after);
  const char* open_capture(const char* text, const char* item, std::ptrdiff_t length);
  const char* close_capture(const char* text, const char* item);
  const char* balance(const char* text, const char* item);
  const char* back_reference(const char* text, unsigned char digit);
  const char* frontier(const char* text, const char* item);
  const char* item_end(const char* item);
  bool matches_one(const char* text, const char* item, const char* after);
  bool matches_set(unsigned char byte, const char* set, const char* last);
  int open_level() const;
  void step(std::size_t count = 1);
  void pay();

  const char* begin_;
  const char* end_;
  const char* pattern_end_;
  const char* pattern_;
  LuaState& state_;
  std::uint64_t unpaid_ = 0;  ///< steps that are not charged yet
  int level_ = 0;
  int depth_ = 0;
  std::array<Capture, kMaxCaptures> captures_;
};

}  // namespace lockstep::hook
