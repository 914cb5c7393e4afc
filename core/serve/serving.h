// Serving: the life of `lockstep serve`, from its first to its last request.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "serve/service.h"

namespace lockstep::serve {

struct ServingInput {
  ServiceParts parts;
  std::stop_token stop;
  /// Registers what is called when a reload is asked for from outside (SIGHUP); called with nothing at the end.
  std::function<void(std::function<void()>)> on_hangup = [](std::function<void()>) {};
  /// Hears where it listens, once it does: "http://127.0.0.1:8787".
  std::function<void(const std::string&)> ready = [](const std::string&) {};
  Millis grace{30'000};  ///< that runs have to end by themselves when it stops
};

/// Serves until `stop` is requested. Throws what the configuration, its state and the address have against it.
void serve_until_stopped(ServingInput input);

/// Where people reach the page by these settings; empty where only who runs it knows: a socket, or a port that is chosen at the start.
std::string page_address(const ServeSettings& settings);

}  // namespace lockstep::serve
