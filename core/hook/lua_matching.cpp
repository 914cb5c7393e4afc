// string.find, match, gmatch and gsub with Lua's behaviour, on a matcher that counts its steps and a search that is linear.
#include <algorithm>
#include <cstring>
#include <lua.hpp>
#include <string>

#include "hook/lua_libraries.h"
#include "hook/lua_pattern.h"
#include "hook/lua_state.h"
#include "hook/lua_values.h"

namespace lockstep::hook {
namespace {

std::string_view text_argument(lua_State* lua, int index) {
  std::size_t size = 0;
  const char* text = luaL_checklstring(lua, index, &size);
  return {text, size};
}

PatternMatcher matcher_for(lua_State* lua, std::string_view subject, std::string_view pattern) {
  LuaState& state = LuaState::of(lua);
  const std::size_t most = state.limits().pattern_subject_bytes;
  if (subject.size() > most)
    throw Mistake("a pattern's subject may have " + std::to_string(most) + " bytes, not " + std::to_string(subject.size()));
  return {state, subject, pattern};
}

// Pushes capture `index`; the whole match stands in when the pattern has none.
void push_capture(lua_State* lua, const PatternMatcher& matcher, int index, const char* start, const char* end) {
  if (index == 0 && matcher.captures() == 0) return push_text(lua, {start, end});
  const PatternMatcher::Capture& found = matcher.capture(index);
  if (found.length == PatternMatcher::kPosition) return lua_pushinteger(lua, found.start - matcher.begin() + 1);
  push_text(lua, {found.start, static_cast<std::size_t>(found.length)});
}

int push_captures(lua_State* lua, const PatternMatcher& matcher, const char* start, const char* end) {
  const int count = matcher.captures() == 0 && start != nullptr ? 1 : matcher.captures();
  luaL_checkstack(lua, count, "too many captures");
  for (int i = 0; i < count; ++i) push_capture(lua, matcher, i, start, end);
  return count;
}

// Where to begin: `init` counts from 1, or from the end when negative. Past the end: npos.
std::size_t start_argument(lua_State* lua, int index, std::size_t length) {
  const lua_Integer init = luaL_optinteger(lua, index, 1);
  const auto size = static_cast<lua_Integer>(length);
  if (init > size + 1) return std::string_view::npos;
  if (init > 0) return static_cast<std::size_t>(init - 1);
  if (init == 0 || init < -size) return 0;
  return static_cast<std::size_t>(size + init);
}

bool has_specials(lua_State* lua, std::string_view pattern) {
  LuaState::of(lua).charge(pattern.size() / 4);
  return pattern.find_first_of("^$*+?.([%-") != std::string_view::npos;
}

/// Bytes that are searched between two looks at the budget.
constexpr std::size_t kSearchedAtOnce = 256U << 10U;
constexpr std::size_t kSearchedPerInstruction = 8;

/// Linear however often the needle nearly matches, which std::string_view::find is not.
std::size_t position_of(LuaState& state, std::string_view subject, std::string_view needle, std::size_t start) {
  const std::size_t stride = std::max(kSearchedAtOnce, needle.size());
  for (std::size_t at = start; needle.size() <= subject.size() - at; at += stride) {
    const std::string_view part = subject.substr(at, stride + needle.size() - 1);
    state.charge((part.size() + needle.size()) / kSearchedPerInstruction);
    if (needle.empty()) return at;
    if (const void* found = memmem(part.data(), part.size(), needle.data(), needle.size()))
      return static_cast<std::size_t>(static_cast<const char*>(found) - subject.data());
    if (stride > subject.size() - at) break;
  }
  return std::string_view::npos;
}

int find_plain(lua_State* lua, std::string_view subject, std::string_view needle, std::size_t start) {
  const std::size_t found = position_of(LuaState::of(lua), subject, needle, start);
  if (found == std::string_view::npos) {
    lua_pushnil(lua);
    return 1;
  }
  lua_pushinteger(lua, static_cast<lua_Integer>(found + 1));
  lua_pushinteger(lua, static_cast<lua_Integer>(found + needle.size()));
  return 2;
}

int search(lua_State* lua, bool find) {
  const std::string_view subject = text_argument(lua, 1);
  std::string_view pattern = text_argument(lua, 2);
  const std::size_t start = start_argument(lua, 3, subject.size());
  if (start == std::string_view::npos) {
    lua_pushnil(lua);
    return 1;
  }
  if (find && (lua_toboolean(lua, 4) != 0 || !has_specials(lua, pattern))) return find_plain(lua, subject, pattern, start);
  const bool anchored = pattern.starts_with('^');
  if (anchored) pattern.remove_prefix(1);
  PatternMatcher matcher = matcher_for(lua, subject, pattern);
  const char* last = matcher.end();
  for (const char* place = subject.data() + start; place <= last; ++place) {
    if (const char* end = matcher.match_at(place)) {
      if (!find) return push_captures(lua, matcher, place, end);
      lua_pushinteger(lua, place - subject.data() + 1);
      lua_pushinteger(lua, end - subject.data());
      return push_captures(lua, matcher, nullptr, nullptr) + 2;
    }
    if (anchored) break;
  }
  lua_pushnil(lua);
  return 1;
}

int string_find(lua_State* lua) { return search(lua, true); }
int string_match(lua_State* lua) { return search(lua, false); }

// Upvalues: subject, pattern, next place, end of the last match (an empty match there would be the same again); -1 for none.
int next_match(lua_State* lua) {
  const std::string_view subject = text_argument(lua, lua_upvalueindex(1));
  PatternMatcher matcher = matcher_for(lua, subject, text_argument(lua, lua_upvalueindex(2)));
  const lua_Integer last = lua_tointeger(lua, lua_upvalueindex(4));
  for (lua_Integer offset = lua_tointeger(lua, lua_upvalueindex(3)); offset <= static_cast<lua_Integer>(subject.size()); ++offset) {
    const char* place = subject.data() + offset;
    const char* end = matcher.match_at(place);
    if (end == nullptr || end - subject.data() == last) continue;
    lua_pushinteger(lua, end - subject.data());
    lua_copy(lua, -1, lua_upvalueindex(3));
    lua_replace(lua, lua_upvalueindex(4));
    return push_captures(lua, matcher, place, end);
  }
  return 0;
}

int gmatch(lua_State* lua) {
  const std::string_view subject = text_argument(lua, 1);
  text_argument(lua, 2);
  std::size_t start = start_argument(lua, 3, subject.size());
  if (start == std::string_view::npos) start = subject.size() + 1;
  lua_settop(lua, 2);
  lua_pushinteger(lua, static_cast<lua_Integer>(start));
  lua_pushinteger(lua, -1);
  lua_pushcclosure(lua, guarded<next_match>, 4);
  return 1;
}

// The text under construction, kept within what one text may have.
class Output {
 public:
  explicit Output(lua_State* lua) : state_(LuaState::of(lua)) {}
  void add(std::string_view text) {
    if (text_.size() + text.size() > state_.longest_text()) throw Mistake("the result of gsub is too long");
    state_.charge(1 + text.size() / 32);
    text_ += text;
  }
  const std::string& text() const { return text_; }

 private:
  LuaState& state_;
  std::string text_;
};

void add_capture(lua_State* lua, Output& out, const PatternMatcher& matcher, int index, const char* start, const char* end) {
  push_capture(lua, matcher, index, start, end);
  std::size_t size = 0;
  const char* text = luaL_tolstring(lua, -1, &size);
  out.add({text, size});
  lua_pop(lua, 2);
}

// A replacement text: %0 is the match, %1 a capture, %% a percent sign.
void add_template(lua_State* lua, Output& out, const PatternMatcher& matcher, const char* start, const char* end) {
  std::string_view left = text_argument(lua, 3);
  while (true) {
    const std::size_t percent = left.find('%');
    out.add(left.substr(0, percent));
    if (percent == std::string_view::npos) return;
    const char name = percent + 1 < left.size() ? left[percent + 1] : '\0';
    if (name == '%') {
      out.add("%");
    } else if (name == '0') {
      out.add({start, end});
    } else if (name >= '1' && name <= '9') {
      add_capture(lua, out, matcher, name - '1', start, end);
    } else {
      throw Mistake("invalid use of '%' in replacement string");
    }
    left.remove_prefix(percent + 2);
  }
}

// True when the match was replaced.
bool add_replacement(lua_State* lua, Output& out, const PatternMatcher& matcher, const char* start, const char* end) {
  switch (lua_type(lua, 3)) {
    case LUA_TFUNCTION: {
      lua_pushvalue(lua, 3);
      const int count = push_captures(lua, matcher, start, end);
      lua_call(lua, count, 1);
      break;
    }
    case LUA_TTABLE:
      push_capture(lua, matcher, 0, start, end);
      lua_gettable(lua, 3);
      break;
    default: add_template(lua, out, matcher, start, end); return true;
  }
  const bool keep = lua_toboolean(lua, -1) == 0;
  if (keep) {
    out.add({start, end});
  } else if (lua_isstring(lua, -1) != 0) {
    out.add(text_argument(lua, -1));
  } else {
    throw Mistake(std::string("invalid replacement value (a ") + luaL_typename(lua, -1) + ")");
  }
  lua_pop(lua, 1);
  return !keep;
}

int gsub(lua_State* lua) {
  const std::string_view subject = text_argument(lua, 1);
  std::string_view pattern = text_argument(lua, 2);
  const int kind = lua_type(lua, 3);
  if (kind != LUA_TNUMBER && kind != LUA_TSTRING && kind != LUA_TFUNCTION && kind != LUA_TTABLE) {
    return luaL_typeerror(lua, 3, "string/function/table");
  }
  const lua_Integer most = luaL_optinteger(lua, 4, static_cast<lua_Integer>(subject.size()) + 1);
  const bool anchored = pattern.starts_with('^');
  if (anchored) pattern.remove_prefix(1);
  PatternMatcher matcher = matcher_for(lua, subject, pattern);
  Output out(lua);
  const char* place = subject.data();
  const char* const last = place + subject.size();
  const char* last_match = nullptr;
  lua_Integer count = 0;
  while (count < most) {
    const char* end = matcher.match_at(place);
    if (end != nullptr && end != last_match) {
      ++count;
      add_replacement(lua, out, matcher, place, end);
      place = last_match = end;
    } else if (place < last) {
      out.add({place++, 1});
    } else {
      break;
    }
    if (anchored) break;
  }
  out.add({place, last});
  push_text(lua, out.text());
  lua_pushinteger(lua, count);
  return 2;
}

}  // namespace

void set_pattern_functions(lua_State* lua) {
  const luaL_Reg functions[] = {{"find", guarded<string_find>},
                                {"match", guarded<string_match>},
                                {"gmatch", guarded<gmatch>},
                                {"gsub", guarded<gsub>},
                                {nullptr, nullptr}};
  luaL_setfuncs(lua, functions, 0);
}

}  // namespace lockstep::hook
