// Histories drawn at random. LOCKSTEP_HISTORIES says how many are played; LOCKSTEP_SEED repeats the one that failed.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <tuple>

#include "scenarios/database_kind.h"
#include "support/slowdown.h"

namespace lockstep::test {

/// They are played in parts, so that these run side by side.
inline constexpr std::uint64_t kParts = 4;

inline std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

/// A kind of database, and a part of the histories that are played on it.
using KindAndPart = std::tuple<const DatabaseKind*, std::uint64_t>;

inline auto all_parts(const DatabaseKind& kind) {
  return testing::Combine(testing::Values(&kind), testing::Range(std::uint64_t{0}, kParts));
}

inline constexpr auto kPart = [](const auto& named) { return "Part" + std::to_string(std::get<1>(named.param)); };

/// On a server one history takes as long as many on a file.
inline std::uint64_t how_many(const DatabaseKind& kind, std::uint64_t on_a_file) {
  return &kind == &sqlite_kind() ? on_a_file : kParts * kSlowdown;
}

/// Plays those of one part. `start(seed)` gives a history, which has play() and steps(); `many` is how many there are of all parts, fewer
/// where a sanitizer makes each take several times as long.
template <class Start>
void play_histories(std::uint64_t part, std::uint64_t first_seed, std::uint64_t many, const Start& start) {
  const std::uint64_t first = number_from_environment("LOCKSTEP_SEED", first_seed);
  const std::uint64_t count = number_from_environment("LOCKSTEP_HISTORIES", many / kSlowdown);
  for (std::uint64_t i = part; i < count && !testing::Test::HasFailure(); i += kParts) {
    auto history = start(first + i);
    try {
      history.play();
    } catch (const std::exception& failure) {
      ADD_FAILURE() << failure.what();
    }
    if (testing::Test::HasFailure()) FAIL() << "LOCKSTEP_HISTORIES=1 LOCKSTEP_SEED=" << first + i << "\n" << history.steps();
  }
}

}  // namespace lockstep::test
