// Place: where something stands in an answer: "meta.next", "error.details.reason"; spelled as a Path (format/path.h).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "data/json.h"

namespace lockstep::rest {

using Steps = std::vector<std::string>;

/// The steps of a path; none for an empty one. Throws Error{Invalid} as path_keys().
Steps steps_of(std::string_view path);
/// The value at the place, or nullptr. Members only: an array is no step.
const Json* at_place(const Json& root, const Steps& steps);
/// Every value at the place; arrays on the way are gone through element by element, with or without a step "*". Ends early on true.
bool any_at_place(const Json& root, const Steps& steps, const std::function<bool(const Json&)>& fits);

}  // namespace lockstep::rest
