#include "hook/lua_place.h"

#include "common/text.h"

namespace lockstep::hook {
namespace {

/// Of a place in a message; of one name in it.
constexpr std::size_t kLongest = 300;
constexpr std::size_t kLongestName = 60;

}  // namespace

std::string Place::text() const {
  std::string out;
  append_to(out);
  return ellipsize(out, kLongest);
}

void Place::append_to(std::string& out) const {
  if (around_ != nullptr) around_->append_to(out);
  if (out.size() > kLongest) return;
  if (position_ != 0) {
    out += "[" + std::to_string(position_) + "]";
    return;
  }
  if (around_ != nullptr) out += '.';
  out += printable(ellipsize(name_, kLongestName));
}

}  // namespace lockstep::hook
