// Link: the address of the next page as servers give it, in a header (RFC 8288) or in the body.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/url.h"

namespace lockstep::rest {

/// The address with rel="next" among the values of Link headers; empty when there is none.
std::string next_link(const std::vector<std::string_view>& headers);
/// Path and query of an address, which may be relative to the list at `path`, to be asked of `base` itself: servers behind a proxy name
/// themselves by another scheme or port, and the key goes to nobody else. Throws Error{Corrupt} when it names another host or is no
/// address.
std::string target_of_link(std::string_view address, const http::Url& base, std::string_view path);
/// `target` without the query parameter of that name.
std::string without_parameter(std::string_view target, std::string_view name);

}  // namespace lockstep::rest
