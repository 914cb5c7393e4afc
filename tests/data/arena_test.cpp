// Memory that is handed out until clear().
#include "data/arena.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>

namespace lockstep {
namespace {

TEST(Arena, CopiesLiveUntilClear) {
  Arena arena(64);
  std::vector<std::string_view> views;
  for (int i = 0; i < 1000; ++i) views.push_back(arena.copy("text number " + std::to_string(i)));
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(views[static_cast<std::size_t>(i)], "text number " + std::to_string(i));
}

TEST(Arena, EmptyTextNeedsNoMemory) {
  Arena arena;
  EXPECT_EQ(arena.copy(""), "");
  EXPECT_EQ(arena.capacity(), 0U);
}

TEST(Arena, HandsOutAlignedMemory) {
  Arena arena(128);
  for (std::size_t bytes = 1; bytes < 300; bytes += 7) EXPECT_EQ(reinterpret_cast<std::uintptr_t>(arena.allocate(bytes)) % 8, 0U);
}

TEST(Arena, GivesABlockOfItsOwnToWhatIsLarger) {
  Arena arena(64);
  char* large = arena.allocate(10'000);
  std::memset(large, 'x', 10'000);
  EXPECT_GE(arena.capacity(), 10'000U);
  EXPECT_EQ(arena.copy("small"), "small");
}

TEST(Arena, ClearKeepsTheMemoryForTheNextUse) {
  Arena arena(1024);
  for (int i = 0; i < 100; ++i) arena.allocate(500);
  const std::size_t before = arena.capacity();
  arena.clear();
  for (int i = 0; i < 100; ++i) arena.allocate(500);
  EXPECT_EQ(arena.capacity(), before);
}

TEST(Arena, PassesOverBlocksThatAreTooSmallAfterClear) {
  Arena arena(64);
  arena.allocate(64);
  arena.allocate(1000);
  arena.clear();
  char* large = arena.allocate(900);
  std::memset(large, 'y', 900);
  EXPECT_EQ(arena.capacity(), 64U + 1000U);
}

TEST(Arena, MakesZeroedSpans) {
  Arena arena;
  std::memset(arena.allocate(800), 0xFF, 800);
  arena.clear();
  const std::span<std::int64_t> numbers = arena.make<std::int64_t>(100);
  ASSERT_EQ(numbers.size(), 100U);
  for (const std::int64_t number : numbers) EXPECT_EQ(number, 0);
  EXPECT_TRUE(arena.make<std::int64_t>(0).empty());
}

TEST(Arena, MovesWithWhatItHandedOut) {
  Arena first(64);
  const std::string_view view = first.copy("kept");
  Arena second(std::move(first));
  EXPECT_EQ(view, "kept");
  EXPECT_EQ(first.capacity(), 0U);  // NOLINT(bugprone-use-after-move): a moved-from arena is empty and usable
  EXPECT_EQ(first.copy("new"), "new");
  second = Arena(32);
  EXPECT_EQ(second.copy("other"), "other");
}

}  // namespace
}  // namespace lockstep
