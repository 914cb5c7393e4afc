// Links in memory, and primary keys as text.
#include <gtest/gtest.h>

#include "state/state.h"

namespace lockstep {
namespace {

Link link_of(std::string_view remote_id, std::string_view local_key, std::int64_t id = 0) {
  Link link;
  link.id = id;
  link.remote_id = remote_id;
  link.local_key = local_key;
  return link;
}

TEST(Links, AreFoundByEitherIdentity) {
  Links links;
  {
    std::string remote = "r1", local = "1";  // the texts are copied
    EXPECT_EQ(links.put(link_of(remote, local)), 0U);
  }
  EXPECT_EQ(links.put(link_of("r2", "")), 1U);
  EXPECT_EQ(links.by_remote("r1"), 0U);
  EXPECT_EQ(links.by_key("1"), 0U);
  EXPECT_EQ(links.by_key(""), std::nullopt) << "no row known is no key";
  EXPECT_EQ(links.by_remote("r3"), std::nullopt);
}

TEST(Links, AReplacedLinkKeepsItsPlaceAndForgetsItsOldKey) {
  Links links;
  links.put(link_of("r1", "1", 5));
  links.put(link_of("r2", "2", 6));
  EXPECT_EQ(links.put(link_of("r1", "9", 5)), 0U);
  EXPECT_EQ(links.size(), 2U);
  EXPECT_EQ(links.by_key("1"), std::nullopt);
  EXPECT_EQ(links.by_key("9"), 0U);
  EXPECT_EQ(links[0].remote_id, "r1");
}

TEST(Links, AKeyBelongsToTheLinkThatGotItLast) {
  Links links;
  links.put(link_of("r1", "1"));
  links.put(link_of("r2", "1"));
  EXPECT_EQ(links.by_key("1"), 1U);
  links.put(link_of("r1", "7"));
  EXPECT_EQ(links.by_key("1"), 1U) << "the former holder took the key away from the new one";
}

TEST(Links, ARecreatedItemIsFoundByItsNewId) {
  Links links;
  links.put(link_of("old", "1"));
  links.relink(0, "new");
  EXPECT_EQ(links.by_remote("old"), std::nullopt);
  EXPECT_EQ(links.by_remote("new"), 0U);
  EXPECT_EQ(links.by_key("1"), 0U);
  EXPECT_EQ(links[0].remote_id, "new");
}

TEST(Links, ManyStayFoundWhileTheyGrow) {
  Links links;
  for (int i = 0; i < 5000; ++i) links.put(link_of("remote-" + std::to_string(i), std::to_string(i)));
  const Links moved = std::move(links);
  for (int i = 0; i < 5000; ++i) {
    ASSERT_EQ(moved.by_remote("remote-" + std::to_string(i)), static_cast<std::size_t>(i));
    ASSERT_EQ(moved.by_key(std::to_string(i)), static_cast<std::size_t>(i));
  }
}

std::string there_and_back(const std::vector<Value>& key, const std::vector<ColumnType>& types) {
  const OwnedRow back = key_values(key_text(key), types);
  EXPECT_EQ(back.size(), key.size());
  for (std::size_t i = 0; i < key.size(); ++i) EXPECT_TRUE(identical(back[i], key[i])) << to_display(key[i]);
  return key_text(key);
}

TEST(KeyText, IsReadBackAsTheSameKey) {
  using enum ColumnType;
  EXPECT_EQ(there_and_back({Value::integer(-42)}, {Integer}), "-42");
  EXPECT_EQ(there_and_back({Value::text("42")}, {Key}), "42");
  EXPECT_EQ(there_and_back({Value::text("[not a list")}, {Text}), "[not a list");
  EXPECT_EQ(there_and_back({Value::text("a"), Value::integer(1)}, {Key, Integer}), R"(["a",1])");
  EXPECT_EQ(there_and_back({Value::text("1"), Value::text("x\"y")}, {Key, Key}), R"(["1","x\"y"])");
}

TEST(KeyText, AnIntegerKeyThatHoldsTextKeepsIt) {
  using enum ColumnType;
  there_and_back({Value::text("abc")}, {Integer});
  there_and_back({Value::text("007")}, {Integer});
  there_and_back({Value::text("99999999999999999999")}, {Integer});
}

TEST(KeyText, ACompositeKeyOfAnotherWidthIsCorrupt) {
  const std::vector<ColumnType> types = {ColumnType::Key, ColumnType::Key};
  EXPECT_THROW(key_values(R"(["only"])", types), Error);
}

}  // namespace
}  // namespace lockstep
