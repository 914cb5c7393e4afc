// Signals: a wish to stop from outside becomes a std::stop_token.
#pragma once

#include <functional>
#include <stop_token>

namespace lockstep {

/// From now on SIGINT, SIGTERM and (unless it is ignored) SIGHUP request a stop; a second one ends the process at once with 130. SIGPIPE is
/// ignored, so that a reader that goes away shows as a failed write. Called once, before any other thread is started.
void stop_on_signals(std::stop_source source);

/// From now on SIGHUP calls this instead, on a thread of its own, until it is called with nothing. It comes back once no call is under way.
void on_hangup(std::function<void()> work);

}  // namespace lockstep
