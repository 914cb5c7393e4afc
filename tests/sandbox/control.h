// Control: the paths under /_sandbox, for programs that drive the sandbox from outside. No key: it listens on loopback alone.
#pragma once

#include <initializer_list>
#include <string_view>

#include "data/json.h"
#include "sandbox/reply.h"
#include "sandbox/request.h"

namespace lockstep::sandbox {

class Sandbox;

/// Answers {"ok": true} or what was asked for; 400 with {"error": "…"} for what it does not understand.
Reply control(Sandbox& sandbox, const Request& request);

/// {"ok": true}.
Reply done();
/// Throws Error{Invalid} unless the body is an object of known members.
void expect_only(const Json& body, std::initializer_list<std::string_view> known);

}  // namespace lockstep::sandbox
