// TLS: the one context of a client, and that of a server. Poco's own default verifies the chain and not the host name; this one verifies
// both.
#pragma once

#include <Poco/Net/Context.h>

#include <string>

namespace lockstep::http {

/// Certificates of the system, or those of `ca_file` (PEM) when it is not empty; TLS 1.2 at least.
/// Throws Error{Invalid} when the file cannot be used.
Poco::Net::Context::Ptr make_client_context(const std::string& ca_file);

/// Of a server with this certificate and its chain, and its key, both PEM; TLS 1.2 at least. Throws Error{Invalid} naming the file that
/// cannot be used.
Poco::Net::Context::Ptr make_server_context(const std::string& certificate, const std::string& key);

}  // namespace lockstep::http
