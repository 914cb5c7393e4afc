// Random: bytes that nobody can foresee.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace lockstep {

/// So many random bytes.
using RandomBytes = std::function<std::string(std::size_t)>;

/// From the generator of the operating system. Throws std::system_error when it has none.
std::string system_random(std::size_t bytes);

/// Lower-case hexadecimal digits of `bytes`, and back; of what is no such text nothing is left.
std::string to_hex(std::string_view bytes);
std::string from_hex(std::string_view digits);

}  // namespace lockstep
