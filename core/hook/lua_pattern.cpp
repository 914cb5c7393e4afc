#include "hook/lua_pattern.h"

#include <cctype>
#include <cstring>
#include <utility>

#include "hook/lua_state.h"

namespace lockstep::hook {
namespace {

/// Recursion of one match, as in Lua itself.
constexpr int kMaxDepth = 200;
/// Steps that are charged together.
constexpr std::uint64_t kSlice = 256;
/// A set is read from end to end wherever it is tried.
constexpr std::size_t kSetBytesPerStep = 4;

unsigned char byte_at(const char* place) { return static_cast<unsigned char>(*place); }

// The C locale's classes; the program never sets another.
bool in_class(unsigned char byte, unsigned char name) {
  const int c = byte;
  bool inside = false;
  switch (std::tolower(name)) {
    case 'a': inside = std::isalpha(c) != 0; break;
    case 'c': inside = std::iscntrl(c) != 0; break;
    case 'd': inside = std::isdigit(c) != 0; break;
    case 'g': inside = std::isgraph(c) != 0; break;
    case 'l': inside = std::islower(c) != 0; break;
    case 'p': inside = std::ispunct(c) != 0; break;
    case 's': inside = std::isspace(c) != 0; break;
    case 'u': inside = std::isupper(c) != 0; break;
    case 'w': inside = std::isalnum(c) != 0; break;
    case 'x': inside = std::isxdigit(c) != 0; break;
    default: return name == byte;
  }
  return (std::isupper(name) != 0) ? !inside : inside;
}

class Deeper {
 public:
  explicit Deeper(int& depth) : depth_(depth) {
    if (++depth_ > kMaxDepth) {
      --depth_;
      throw Mistake("pattern too complex");
    }
  }
  ~Deeper() { --depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  int& depth_;
};

}  // namespace

void PatternMatcher::step(std::size_t count) {
  unpaid_ += count;
  if (unpaid_ >= kSlice) pay();
}

void PatternMatcher::pay() { state_.charge(std::exchange(unpaid_, 0)); }

const char* PatternMatcher::match_at(const char* start) {
  level_ = 0;
  const char* end = match(start, pattern_);
  pay();
  return end;
}

const PatternMatcher::Capture& PatternMatcher::capture(int index) const {
  if (index < 0 || index >= level_) throw Mistake("invalid capture index %" + std::to_string(index + 1));
  const Capture& found = captures_[static_cast<std::size_t>(index)];
  if (found.length == kOpen) throw Mistake("unfinished capture");
  return found;
}

const char* PatternMatcher::match(const char* text, const char* item) {
  const Deeper deeper(depth_);
  while (item != pattern_end_) {
    step();
    if (*item == '(') {
      const bool position = item + 1 != pattern_end_ && item[1] == ')';
      return position ? open_capture(text, item + 2, kPosition) : open_capture(text, item + 1, kOpen);
    }
    if (*item == ')') return close_capture(text, item + 1);
    if (*item == '$' && item + 1 == pattern_end_) return text == end_ ? text : nullptr;
    if (*item == '%' && item + 1 != pattern_end_) {
      const unsigned char kind = byte_at(item + 1);
      const bool special = kind == 'b' || kind == 'f' || std::isdigit(kind) != 0;
      if (special) {
        if (kind == 'f') {
          item = frontier(text, item + 2);
          if (item == nullptr) return nullptr;
          continue;
        }
        text = kind == 'b' ? balance(text, item + 2) : back_reference(text, kind);
        if (text == nullptr) return nullptr;
        item += kind == 'b' ? 4 : 2;
        continue;
      }
    }
    const char* after = item_end(item);
    switch (after == pattern_end_ ? '\0' : *after) {
      case '?':
        if (matches_one(text, item, after)) {
          if (const char* end = match(text + 1, after + 1)) return end;
        }
        item = after + 1;
        continue;
      case '*': return repeat_most(text, item, after, 0);
      case '+': return repeat_most(text, item, after, 1);
      case '-': return repeat_least(text, item, after);
      default: break;
    }
    if (!matches_one(text, item, after)) return nullptr;
    ++text;
    item = after;
  }
  return text;
}

const char* PatternMatcher::repeat_most(const char* text, const char* item, const char* after, std::ptrdiff_t least) {
  std::ptrdiff_t count = 0;
  while (matches_one(text + count, item, after)) {
    step();
    ++count;
  }
  for (; count >= least; --count) {
    if (const char* end = match(text + count, after + 1)) return end;
  }
  return nullptr;
}

const char* PatternMatcher::repeat_least(const char* text, const char* item, const char* after) {
  while (true) {
    if (const char* end = match(text, after + 1)) return end;
    if (!matches_one(text, item, after)) return nullptr;
    ++text;
  }
}

const char* PatternMatcher::open_capture(const char* text, const char* item, std::ptrdiff_t length) {
  if (level_ == kMaxCaptures) throw Mistake("too many captures");
  captures_[static_cast<std::size_t>(level_)] = {text, length};
  ++level_;
  const char* end = match(text, item);
  if (end == nullptr) --level_;
  return end;
}

const char* PatternMatcher::close_capture(const char* text, const char* item) {
  Capture& open = captures_[static_cast<std::size_t>(open_level())];
  open.length = text - open.start;
  const char* end = match(text, item);
  if (end == nullptr) open.length = kOpen;
  return end;
}

int PatternMatcher::open_level() const {
  for (int level = level_ - 1; level >= 0; --level) {
    if (captures_[static_cast<std::size_t>(level)].length == kOpen) return level;
  }
  throw Mistake("invalid pattern capture");
}

const char* PatternMatcher::balance(const char* text, const char* item) {
  if (pattern_end_ - item < 2) throw Mistake("malformed pattern (missing arguments to '%b')");
  if (text == end_ || *text != item[0]) return nullptr;
  std::ptrdiff_t depth = 1;
  for (const char* place = text + 1; place < end_; ++place) {
    step();
    if (*place == item[1]) {
      if (--depth == 0) return place + 1;
    } else if (*place == item[0]) {
      ++depth;
    }
  }
  return nullptr;
}

const char* PatternMatcher::back_reference(const char* text, unsigned char digit) {
  const int index = digit - '1';
  if (index < 0 || index >= level_ || captures_[static_cast<std::size_t>(index)].length == kOpen) {
    throw Mistake("invalid capture index %" + std::to_string(index + 1));
  }
  // A position has no text to repeat, and Lua's own matcher finds none either.
  const Capture& found = captures_[static_cast<std::size_t>(index)];
  if (found.length < 0 || end_ - text < found.length) return nullptr;
  const auto length = static_cast<std::size_t>(found.length);
  step(length / 32);
  return std::memcmp(found.start, text, length) == 0 ? text + found.length : nullptr;
}

// The item behind the frontier's set, or nullptr when the place is no frontier.
const char* PatternMatcher::frontier(const char* text, const char* item) {
  if (item == pattern_end_ || *item != '[') throw Mistake("missing '[' after '%f' in pattern");
  const char* after = item_end(item);
  const unsigned char before = text == begin_ ? '\0' : byte_at(text - 1);
  const unsigned char here = text == end_ ? '\0' : byte_at(text);
  return !matches_set(before, item, after - 1) && matches_set(here, item, after - 1) ? after : nullptr;
}

const char* PatternMatcher::item_end(const char* item) {
  const char first = *item++;
  if (first == '%') {
    if (item == pattern_end_) throw Mistake("malformed pattern (ends with '%')");
    return item + 1;
  }
  if (first != '[') return item;
  if (item != pattern_end_ && *item == '^') ++item;
  // A `]` right after the opening stands for itself.
  const char* const begin = item;
  do {
    if (item == pattern_end_) throw Mistake("malformed pattern (missing ']')");
    if (*item++ == '%') {
      if (item == pattern_end_) throw Mistake("malformed pattern (missing ']')");
      ++item;
    }
  } while (item == pattern_end_ || *item != ']');
  step(static_cast<std::size_t>(item - begin) / kSetBytesPerStep);
  return item + 1;
}

bool PatternMatcher::matches_one(const char* text, const char* item, const char* after) {
  if (text >= end_) return false;
  const unsigned char byte = byte_at(text);
  switch (*item) {
    case '.': return true;
    case '%': return in_class(byte, byte_at(item + 1));
    case '[': return matches_set(byte, item, after - 1);
    default: return byte_at(item) == byte;
  }
}

// `set` is the opening bracket, `last` the closing one.
bool PatternMatcher::matches_set(unsigned char byte, const char* set, const char* last) {
  step(static_cast<std::size_t>(last - set) / kSetBytesPerStep);
  bool inside = true;
  if (set[1] == '^') {
    inside = false;
    ++set;
  }
  while (++set < last) {
    if (*set == '%') {
      ++set;
      if (in_class(byte, byte_at(set))) return inside;
    } else if (set[1] == '-' && set + 2 < last) {
      if (byte_at(set) <= byte && byte <= byte_at(set + 2)) return inside;
      set += 2;
    } else if (byte_at(set) == byte) {
      return inside;
    }
  }
  return !inside;
}

}  // namespace lockstep::hook
