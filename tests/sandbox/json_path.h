// json_path: "model.messages.0.content" in a document that a test edits.
#pragma once

#include <string_view>

#include "data/json.h"

namespace lockstep::sandbox {

/// The value at the path, added as null where an object lacks it. Throws Error{Invalid} when the path leads through anything else.
Json& value_at(Json& document, std::string_view path);

}  // namespace lockstep::sandbox
