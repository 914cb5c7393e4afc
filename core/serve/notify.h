// Notify: what a service tells systemd (sd_notify(3)): a datagram to the socket that NOTIFY_SOCKET names. Without one nothing happens.
#pragma once

#include <optional>
#include <string_view>

#include "common/time.h"

namespace lockstep::serve {

/// "READY=1", "STOPPING=1", "STATUS=…", "WATCHDOG=1"; several with newlines.
void notify_manager(std::string_view state);
/// How often it wants to hear WATCHDOG=1 at least; nullopt: not at all.
std::optional<Millis> watchdog_period();

}  // namespace lockstep::serve
