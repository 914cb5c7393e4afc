// Control: the paths under /_sandbox, for programs that drive the sandbox from outside. No key: it listens on loopback alone.
#pragma once

#include "sandbox/reply.h"
#include "sandbox/request.h"

namespace lockstep::sandbox {

class Sandbox;

/// Answers {"ok": true} or what was asked for; 400 with {"error": "…"} for what it does not understand.
Reply control(Sandbox& sandbox, const Request& request);

}  // namespace lockstep::sandbox
