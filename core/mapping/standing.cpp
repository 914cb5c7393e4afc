#include "mapping/standing.h"

#include <algorithm>

namespace lockstep {

bool EventRules::any(EventRule::On on) const {
  return std::any_of(rules.begin(), rules.end(), [&](const EventRule& rule) { return rule.on == on; });
}

}  // namespace lockstep
