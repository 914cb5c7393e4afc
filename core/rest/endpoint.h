// Endpoint: from a path of the table and an identity to what is asked.
#pragma once

#include <string>
#include <string_view>

namespace lockstep::rest {

/// `path` with the identity in the place of "{id}" (one segment) or "{+id}" (its slashes are the path's). Throws Error{Invalid} for an
/// identity that would name another address.
std::string item_target(const std::string& path, std::string_view id);

/// The identity in the address of an item that `item`, a path of the table, describes: "https://h/v1/things/7" of "/things/{id}" is "7".
/// Empty when it is none.
std::string identity_in_address(std::string_view address, const std::string& item);

}  // namespace lockstep::rest
