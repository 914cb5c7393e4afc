// Named converters between what a document holds and what a column holds.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "data/arena.h"
#include "data/value.h"

namespace lockstep::transform {

/// Names of the built-in ones.
std::span<const std::string> names();
/// What one of them does on the way to the column, and back.
std::string_view help(std::string_view name);
bool is_builtin(std::string_view name);

/// From document to column. Null stays null. Throws Error{Rejected} ("expected a text") for a value that the converter does not take.
Value forward(std::string_view name, const Value& value, Arena& arena);
/// From column to document. A converter that only tidies (trim, lower, upper) hands the value through.
Value backward(std::string_view name, const Value& value, Arena& arena);

}  // namespace lockstep::transform
