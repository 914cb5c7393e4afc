#include "common/uuid.h"

#include <array>
#include <cstdio>
#include <random>

namespace lockstep {

std::string make_uuid(std::uint64_t high, std::uint64_t low) {
  high = (high & ~0xF000ULL) | 0x4000ULL;
  low = (low & ~(3ULL << 62U)) | (2ULL << 62U);
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(high >> 32U),
                static_cast<unsigned>((high >> 16U) & 0xFFFFU), static_cast<unsigned>(high & 0xFFFFU), static_cast<unsigned>(low >> 48U),
                static_cast<unsigned long long>(low & 0xFFFFFFFFFFFFULL));
  return text.data();
}

std::string make_uuid() {
  std::random_device random;
  const auto word = [&] { return (std::uint64_t{random()} << 32U) | random(); };
  const std::uint64_t high = word();
  return make_uuid(high, word());
}

}  // namespace lockstep
