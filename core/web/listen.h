// Listen: opens the socket of a server.
#pragma once

#include <Poco/Net/ServerSocket.h>

#include "http/listen_address.h"

namespace lockstep::web {

/// Throws Error{Storage, Busy} naming the address: another server has it, it is not this machine's. A socket's file that a server left
/// behind is replaced, one that somebody serves is not. Inherited: the first of systemd's (LISTEN_FDS).
Poco::Net::ServerSocket open_listener(const http::ListenAddress& address);

}  // namespace lockstep::web
