// Endpoint: from a path of the table and an identity to what is asked.
#pragma once

#include <string>
#include <string_view>

namespace lockstep::rest {

/// `path` with the identity in the place of "{id}" (one segment) or "{+id}" (its slashes are the path's). Throws Error{Invalid} for an
/// identity that would name another address.
std::string item_target(const std::string& path, std::string_view id);

}  // namespace lockstep::rest
