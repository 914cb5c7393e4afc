#include "rest/place.h"

#include <algorithm>
#include <span>

#include "format/path.h"

namespace lockstep::rest {
namespace {

bool any_from(const Json& here, std::span<const std::string> steps, const std::function<bool(const Json&)>& fits) {
  if (const Json::Array* elements = here.array()) {
    const auto rest = !steps.empty() && steps.front() == "*" ? steps.subspan(1) : steps;
    if (steps.empty() && fits(here)) return true;
    return std::any_of(elements->begin(), elements->end(), [&](const Json& element) { return any_from(element, rest, fits); });
  }
  if (steps.empty()) return fits(here);
  const Json* inner = here.find(steps.front());
  return inner != nullptr && any_from(*inner, steps.subspan(1), fits);
}

}  // namespace

Steps steps_of(std::string_view path) { return path.empty() ? Steps() : path_keys(path); }

const Json* at_place(const Json& root, const Steps& steps) {
  const Json* here = &root;
  for (const std::string& step : steps) {
    here = here->find(step);
    if (here == nullptr) return nullptr;
  }
  return here;
}

bool any_at_place(const Json& root, const Steps& steps, const std::function<bool(const Json&)>& fits) {
  return any_from(root, steps, fits);
}

}  // namespace lockstep::rest
