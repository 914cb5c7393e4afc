// Vapi: the remote API's behaviour: its gate (User-Agent, key), its routes, its answers. The rules come from the public
// OpenAPI description and from answers that were observed.
#pragma once

#include <string>

#include "sandbox/request.h"
#include "sandbox/world.h"

namespace lockstep::sandbox {

struct Manners {
  std::string key = "sandbox-key";
  Order order = Order::NewestFirst;
};

/// Answers a request and changes `world` as the API would.
Reply answer(World& world, const Request& request, const Manners& manners);

}  // namespace lockstep::sandbox
