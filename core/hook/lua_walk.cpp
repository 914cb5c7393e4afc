#include "hook/lua_walk.h"

#include <algorithm>

#include "common/text.h"
#include "format/json.h"
#include "hook/lua_values.h"

namespace lockstep::hook {
namespace {

/// A text is checked, copied and written with its escapes.
constexpr std::size_t kTextPerInstruction = 8;
/// What JSON writes as \u0001, and by how much longer that is.
constexpr std::uint64_t kEscapeCost = 16;
constexpr std::size_t kEscapeBytes = 5;

}  // namespace

Walk::Level::Level(Walk& walk, const Place& what) : walk_(walk) {
  if (walk.depth_ == json::kMaxDepth)
    throw Mistake(ellipsize(what.text(), 80) + " is nested deeper than " + std::to_string(json::kMaxDepth) + " levels");
  walk.state_.charge(kNodeCost);
  walk.weigh(sizeof(Json::Member));
  ++walk.depth_;
}

void Walk::text(std::string_view text) {
  const auto is_escaped = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
  const auto escapes = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_escaped));
  text_bytes_ += text.size() + kEscapeBytes * escapes;
  if (text_bytes_ > longest_) throw Mistake("the value is larger than a text of " + std::to_string(longest_) + " bytes can tell");
  state_.charge(text.size() / kTextPerInstruction + kEscapeCost * escapes);
  weigh(text.size());
}

void Walk::take(const Json& part, const Place& what) {
  const Level level(*this, what);
  if (const std::string* spelled = part.text()) text(*spelled);
  if (const Json::Verbatim* number = part.verbatim()) text(number->digits);
  if (const Json::Array* items = part.array()) {
    for (const Json& item : *items) take(item, what);
  } else if (const Json::Object* members = part.object()) {
    for (const Json::Member& member : *members) {
      text(member.first);
      take(member.second, what);
    }
  }
}

void Walk::weigh(std::size_t bytes) {
  bytes_ += bytes;
  if (bytes_ > state_.limits().memory_bytes) throw Mistake("the value is larger than the memory that a hook may use");
}

}  // namespace lockstep::hook
