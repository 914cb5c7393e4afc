#include "common/random.h"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

namespace lockstep {
namespace {

constexpr std::string_view kHexadecimal = "0123456789abcdef";

}  // namespace

std::string system_random(std::size_t bytes) {
  std::string out(bytes, '\0');
  std::size_t got = 0;
  while (got < bytes) {
    const ssize_t more = getrandom(out.data() + got, bytes - got, 0);
    if (more < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "the system gives no random bytes");
    if (more > 0) got += static_cast<std::size_t>(more);
  }
  return out;
}

std::string to_hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    out += kHexadecimal[static_cast<unsigned char>(byte) >> 4U];
    out += kHexadecimal[static_cast<unsigned char>(byte) & 15U];
  }
  return out;
}

std::string from_hex(std::string_view digits) {
  std::string out;
  if (digits.size() % 2 != 0) return out;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const std::size_t high = kHexadecimal.find(digits[i]);
    const std::size_t low = kHexadecimal.find(digits[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return {};
    out += static_cast<char>(high << 4U | low);
  }
  return out;
}

}  // namespace lockstep
