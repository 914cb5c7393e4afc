// The gateway's side of HTTP/1.1: a head read, an answer written as wrong as it is wanted. One request a connection.
#pragma once

#include <Poco/Net/StreamSocket.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/gateway.h"

namespace lockstep::conformance {

/// Request line and headers; empty when the client went away. A body, which a GET has none of, is not read.
std::string read_head(Poco::Net::StreamSocket& socket);
/// Path and query of the request line.
std::string target_of(std::string_view head);
/// The headers but those that belong to one connection or that the next client sets itself.
std::vector<std::pair<std::string, std::string>> headers_to_pass(std::string_view head);
/// Writes the answer, except for one that hangs.
void deliver(Poco::Net::StreamSocket& socket, const GatewayAnswer& answer);

}  // namespace lockstep::conformance
