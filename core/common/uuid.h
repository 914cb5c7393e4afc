// UUIDs of version 4: keys that nobody else has.
#pragma once

#include <cstdint>
#include <string>

namespace lockstep {

/// "f81d4fae-7dec-41d0-a765-00a0c91e6bf6" from 128 random bits, six of which say version and variant (RFC 9562).
std::string make_uuid(std::uint64_t high, std::uint64_t low);
/// From the system's random source.
std::string make_uuid();

}  // namespace lockstep
