#include "engine/sides/like_ids.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(LikeIds, AreAlikeUpToCaseBlanksLeadingZerosAndUnicodeForm) {
  const std::string composed = "caf\xc3\xa9";
  const std::vector<std::pair<std::string, std::string>> pairs{
      {"a-0001", "A-0001"},
      {"a-0001", "a-0001 "},
      {"a-0001", "\ta-0001\n"},
      {"7", "007"},
      {composed, "cafe\xcc\x81"},
      {composed, "CAF\xc3\x89"},
      {"abc",
       "a\xc2\xa0"
       "bc"},
      {"abc",
       "\xef\xbd\x81"
       "bc"},
      {"abc",
       "ab\xe2\x80\x8b"
       "c"},
      {"0", "000"},
  };
  for (const auto& [one, other] : pairs) EXPECT_EQ(like_form(one), like_form(other)) << one << " " << other;
}

TEST(LikeIds, AreNotAlikeOtherwise) {
  EXPECT_NE(like_form("a-0001"), like_form("a-1"));
  EXPECT_NE(like_form("a-0001"), like_form("a-0002"));
  EXPECT_NE(like_form("10"), like_form("1"));
  EXPECT_NE(like_form("\xff"), like_form("\xfe")) << "text that is no UTF-8";
}

TEST(LikeIds, FindsTheOthersAndNotItself) {
  LikeIds ids;
  ids.add("abc", 1);
  ids.add("ABC", 2);
  ids.add("xyz", 3);
  const auto others = ids.others("abc");
  ASSERT_EQ(others.size(), 1U);
  EXPECT_EQ(others[0].id, "ABC");
  EXPECT_EQ(others[0].tag, 2U);
  EXPECT_EQ(ids.others(" Abc").size(), 2U);
  EXPECT_TRUE(ids.others("zzz").empty());
}

}  // namespace
}  // namespace lockstep
