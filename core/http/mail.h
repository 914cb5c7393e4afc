// Mail: one message of plain text to a server that takes mail, over TLS beyond this machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/time.h"

namespace lockstep::http {

struct MailServer {
  enum class Security {
    Clear,     ///< for this machine
    StartTls,  ///< the server has to offer it
    Tls        ///< from the first byte
  };
  std::string host;
  std::uint16_t port = 0;
  Security security = Security::StartTls;
  std::string user, password;  ///< empty: it asks for none
  std::string ca_file;         ///< PEM; empty: the system's authorities
};

struct Mail {
  std::string from;  ///< an address, as every one of `to`
  std::vector<std::string> to;
  std::string subject, text;  ///< UTF-8, whatever they hold: neither can become a header
};

/// Any thread; ten seconds for each step. Throws Error{Unreachable} where it was not taken, {Rejected} where the server offers no TLS.
void send_mail(const MailServer& server, const Mail& mail, Micros now);

}  // namespace lockstep::http
