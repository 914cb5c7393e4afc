// The rows of an option table judge a value as it is written: its type, its choices, its bounds.
#include "rest/options.h"

#include <gtest/gtest.h>

namespace lockstep::rest {
namespace {

std::string problem(const char* name, const char* text) {
  static constexpr auto kTable = http_options("K", "https://api.example.test");
  const OptionValues values(kTable, {});
  return option_problem(*values.option(name), text).value_or("");
}

TEST(OptionTest, BoundsStandInTheTable) {
  EXPECT_EQ(problem("concurrency", "0"), "must be between 1 and 64");
  EXPECT_EQ(problem("concurrency", "65"), "must be between 1 and 64");
  EXPECT_EQ(problem("concurrency", "64"), "");
  EXPECT_EQ(problem("page_size", "1000001"), "must be between 1 and 1000000");
  EXPECT_EQ(problem("rate", "-0.5"), "must be at least 0");
  EXPECT_EQ(problem("rate", "0"), "");
  EXPECT_EQ(problem("rate", "fast"), "expected a number");
  EXPECT_EQ(problem("timeout", "soon"), "expected a duration such as 30s, 250ms, 2m or 11h");
}

TEST(OptionTest, ChoicesStandInTheTable) {
  const Option mode{"mode", OptionType::Text, "prefer", false, false, nullptr, "how", "disable|prefer|require"};
  EXPECT_EQ(choices_of(mode), (std::vector<std::string>{"disable", "prefer", "require"}));
  EXPECT_EQ(option_problem(mode, "require"), std::nullopt);
  EXPECT_EQ(option_problem(mode, "requrie"), "expected one of disable, prefer, require; did you mean \"require\"?");
  Option secret = mode;
  secret.secret = true;
  EXPECT_EQ(option_problem(secret, "requrie"), "expected one of disable, prefer, require") << "says nothing of what was given";
  EXPECT_EQ(option_problem(Option{"free", OptionType::Text, nullptr, false, false, nullptr, "any"}, "x"), std::nullopt);
}

TEST(OptionTest, OneBoundIsToldAlone) {
  Option percent{"percent", OptionType::Integer, nullptr, false, false, nullptr, "part"};
  percent.most = 99.5;
  EXPECT_EQ(option_problem(percent, "100"), "must be at most 99.5");
  EXPECT_EQ(option_problem(percent, "-100"), std::nullopt);
}

}  // namespace
}  // namespace lockstep::rest
