#include "hook/lua_walk.h"

#include "common/text.h"
#include "format/json.h"
#include "hook/lua_values.h"

namespace lockstep::hook {

Walk::Level::Level(Walk& walk, const Place& what) : walk_(walk) {
  if (walk.depth_ == json::kMaxDepth)
    throw Mistake(ellipsize(what.text(), 80) + " is nested deeper than " + std::to_string(json::kMaxDepth) + " levels");
  walk.state_.charge(kNodeCost);
  walk.weigh(sizeof(Json::Member));
  ++walk.depth_;
}

void Walk::text(std::size_t bytes) {
  text_bytes_ += bytes;
  if (text_bytes_ > longest_) throw Mistake("the value is larger than a text of " + std::to_string(longest_) + " bytes can tell");
  state_.charge_bytes(bytes);
  weigh(bytes);
}

void Walk::take(const Json& part, const Place& what) {
  const Level level(*this, what);
  if (const std::string* spelled = part.text()) text(spelled->size());
  if (const Json::Verbatim* number = part.verbatim()) text(number->digits.size());
  if (const Json::Array* items = part.array()) {
    for (const Json& item : *items) take(item, what);
  } else if (const Json::Object* members = part.object()) {
    for (const Json::Member& member : *members) {
      text(member.first.size());
      take(member.second, what);
    }
  }
}

void Walk::weigh(std::size_t bytes) {
  bytes_ += bytes;
  if (bytes_ > state_.limits().memory_bytes) throw Mistake("the value is larger than the memory that a hook may use");
}

}  // namespace lockstep::hook
