// kSlowdown: how many times as long a test may take where a sanitizer watches; those that repeat one thing divide by it.
#pragma once

#include <cstddef>

namespace lockstep::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr std::size_t kSlowdown = 5;
#else
inline constexpr std::size_t kSlowdown = 1;
#endif

}  // namespace lockstep::test
