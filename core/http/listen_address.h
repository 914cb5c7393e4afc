// ListenAddress: where a server is reached: an address of this machine, a Unix socket, or a socket that systemd opened for it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lockstep::http {

struct ListenAddress {
  enum class Kind { Tcp, Unix, Inherited } kind = Kind::Tcp;
  std::string host = {};
  std::uint16_t port = 0;  ///< 0: any that is free
  std::string path = {};   ///< of a Unix socket

  /// "127.0.0.1:8787", "[::1]:8787", "unix:/run/lockstep/http.sock", "systemd".
  std::string text() const;
  /// Only programs of this machine reach it, as far as the address tells.
  bool local() const;
};

/// Reads what text() writes; a host may be "localhost" too. Throws Error{Invalid} that says what an address looks like.
ListenAddress parse_listen(std::string_view text);

}  // namespace lockstep::http
