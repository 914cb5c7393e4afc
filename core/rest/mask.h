// Mask: a body made fit for a log. Secret paths of the resource and members that are named like secrets lose their values.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lockstep::rest {

/// `body` as compact JSON with "[set]" for secrets, registered secrets redacted; what is no JSON is shortened to its beginning.
/// `secret_paths`: dotted, "*" for every element (see Resource); they count from each element when the body is an array.
std::string masked_body(std::string_view body, std::span<const std::string> secret_paths);

}  // namespace lockstep::rest
