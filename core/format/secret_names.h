// Secret names: what holds a secret in whatever API, told by its name. The list is one, for state, output and logs alike.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/resource.h"

namespace lockstep {

/// Patterns (format/path_patterns.h) that hold for every resource. They come first, so that a resource or a mapping may take some out.
std::span<const std::string> secret_names();
/// Every pattern of a resource: secret_names(), then its write-only and its secret places.
std::vector<std::string> secret_patterns_of(const Resource& resource);

}  // namespace lockstep
