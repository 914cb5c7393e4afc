// Mask: a body made fit for a log. Secret places of the resource and members that are named like secrets lose their values.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::rest {

/// `body` as compact JSON with "[set]" for secrets, registered secrets redacted; what is no JSON is shortened to its beginning.
/// `secrets`: patterns (format/path_patterns.h) beside secret_names(); they count from wherever an item may lie in the body.
std::string masked_body(std::string_view body, std::span<const std::string> secrets);

/// The texts at the secret places of a body, in every spelling; those that are too short to be told from other words are left out.
std::vector<std::string> secret_texts(std::string_view body, std::span<const std::string> secrets);
/// `text` with "[redacted]" for each of `texts`.
std::string without_texts(std::string_view text, std::span<const std::string> texts);

}  // namespace lockstep::rest
