#include "serve/notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include "common/text.h"

namespace lockstep::serve {

void notify_manager(std::string_view state) {
  const char* place = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  if (place == nullptr || (place[0] != '/' && place[0] != '@') || std::strlen(place) >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, place, std::strlen(place));
  // "@" stands for the NUL that begins an abstract name.
  if (place[0] == '@') address.sun_path[0] = '\0';
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(place));
  ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), size);
  ::close(socket);
}

std::optional<Millis> watchdog_period() {
  const char* period = std::getenv("WATCHDOG_USEC");
  const char* process = std::getenv("WATCHDOG_PID");
  if (period == nullptr || (process != nullptr && std::to_string(::getpid()) != process)) return std::nullopt;
  const std::int64_t micros = std::atoll(period);
  return micros > 0 ? std::optional(Millis(micros / 1000)) : std::nullopt;
}

}  // namespace lockstep::serve
