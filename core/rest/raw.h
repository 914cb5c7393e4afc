// Raw: pieces of JSON text as they stand, so that every value stays as it was served, number by number.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rest/place.h"

namespace lockstep::rest {

/// Appends a JSON object with the members of all `layers` (each a JSON object): a member keeps the place where it came first and the value
/// that came last. Throws Error{Corrupt} for a layer that is no proper JSON object.
void overlay(const std::vector<std::string_view>& layers, std::string& out);
/// The value at the place in `text`, which json::parse() has taken; empty when nothing is there. Without steps `text` itself.
std::string raw_at(std::string_view text, const Steps& steps);

/// The names of an object's members, in its order. Throws Error{Corrupt} for what is no object.
std::vector<std::string> names_of(std::string_view item);

}  // namespace lockstep::rest
