// Keyed hash: who does not know the key can neither make nor compare one.
#pragma once

#include <string>
#include <string_view>

namespace lockstep {

/// HMAC-SHA-256 in 64 hexadecimal digits.
std::string keyed_hash(std::string_view key, std::string_view bytes);

}  // namespace lockstep
