// Control of the model lists: the paths under /_sandbox/models.
#pragma once

#include <string_view>

#include "data/json.h"
#include "sandbox/reply.h"

namespace lockstep::sandbox {

class Sandbox;

/// `path` begins after "/_sandbox". Throws Error for what it does not understand.
Reply control_models(Sandbox& sandbox, std::string_view method, std::string_view path, const Json& body);

}  // namespace lockstep::sandbox
