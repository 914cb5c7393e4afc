#include "common/words.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

enum class Season { Spring, Summer, Winter };

constexpr Words<Season> kSeasons({{Season::Winter, "winter", "cold"}, {Season::Spring, "spring"}, {Season::Summer, "summer"}});

TEST(WordsTest, AValueHasOneWordAndAWordOneValue) {
  EXPECT_EQ(kSeasons.word(Season::Summer), "summer");
  EXPECT_EQ(kSeasons.find("winter"), Season::Winter);
  EXPECT_EQ(kSeasons.find("autumn"), std::nullopt);
  EXPECT_EQ(kSeasons.find(""), std::nullopt);
}

TEST(WordsTest, TheOrderIsThatOfTheTable) {
  EXPECT_EQ(kSeasons.texts(), (std::vector<std::string>{"winter", "spring", "summer"}));
  EXPECT_EQ(kSeasons.rows().front().help, "cold");
}

TEST(WordsTest, TheCompilerCountsTheValues) {
  static_assert(words::count<Season>() == 3);
  static_assert(words::is_enumerator<Season::Winter>());
  static_assert(!words::is_enumerator<static_cast<Season>(3)>());
}

}  // namespace
}  // namespace lockstep
