#include "format/form.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace lockstep::yaml {
namespace {

Form sample() {
  return map({{"name", text(), "a name", true},
              {"size", integer(1, 9), "a size"},
              {"more", either({text(), map({{"deep", text(), "inside"}})}), "or"}});
}

TEST(FormTest, OnlyTheKeysOfTheTableAreAccepted) {
  Problems problems;
  const Node root = load_text(
      "{name: x, siez: 3}", "f", [](std::string_view) { return std::nullopt; }, problems);
  only_keys(root, sample(), problems);
  EXPECT_EQ(problems.errors(), std::vector<std::string>{"f:1:11: unknown option \"siez\"; did you mean \"size\"?"});
}

TEST(FormTest, KeysAreFoundThroughAlternatives) {
  EXPECT_EQ(key_names(sample()), (std::vector<std::string>{"name", "size", "more"}));
  EXPECT_EQ(key_names(key(sample(), "more").form), std::vector<std::string>{"deep"});
  EXPECT_THROW(key(sample(), "other"), std::logic_error);
}

TEST(FormTest, NamesFollowTheirPatternAndAreNotTaken) {
  Form form = names(text(), "[a-z][a-z-]*");
  form.taken = {"help"};
  EXPECT_TRUE(may_be_named(form, "user-id"));
  EXPECT_FALSE(may_be_named(form, "User"));
  EXPECT_FALSE(may_be_named(form, ""));
  EXPECT_FALSE(may_be_named(form, "help"));
  EXPECT_TRUE(may_be_named(names(text()), "what ever"));
}

}  // namespace
}  // namespace lockstep::yaml
