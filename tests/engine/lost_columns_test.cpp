#include "engine/lost_columns.h"

#include <gtest/gtest.h>

#include "engine/decide_world.h"

namespace lockstep::test {
namespace {

Json definition(std::initializer_list<const char*> columns, const char* version) {
  Json::Array names;
  for (const char* column : columns) names.emplace_back(column);
  return Json::Object{{"columns", std::move(names)}, {"version", version}};
}

std::vector<std::string> lost(const Json& before, const Json& now, std::initializer_list<const char*> blank) {
  std::vector<std::size_t> ordinals;
  for (const char* column : blank) ordinals.push_back(ordinal(column));
  return lost_columns(before, now, ordinals, item_mapping());
}

using Names = std::vector<std::string>;

const Json kMet = definition({"id", "name", "note", "count"}, "7");

TEST(LostColumns, AreBlankAndAtTheEndOfATableThatHasChanged) {
  EXPECT_EQ(lost(kMet, definition({"id", "name", "note", "count"}, "9"), {"count"}), Names{"count"});
  EXPECT_EQ(lost(kMet, definition({"id", "name", "count", "note"}, "9"), {"note"}), Names{"note"});
  EXPECT_EQ(lost(kMet, definition({"id", "name", "count", "note", "fresh"}, "9"), {"note"}), Names{"note"});
  EXPECT_EQ(lost(kMet, definition({"id", "name", "count", "note"}, "9"), {"note", "count"}), (Names{"note", "count"}));
}

TEST(LostColumns, AreNotThoseThatWereEmptied) {
  EXPECT_EQ(lost(kMet, kMet, {"count"}), Names()) << "the table is as it was";
  EXPECT_EQ(lost(kMet, definition({"id", "name", "note", "count"}, "9"), {"note"}), Names()) << "another one stands behind it";
  EXPECT_EQ(lost(kMet, definition({"id", "name", "count", "note"}, "9"), {}), Names()) << "rows hold something";
}

TEST(LostColumns, AreNotToldOfATableThatNoRunHasMet) {
  EXPECT_EQ(lost(Json(), kMet, {"count"}), Names());
  EXPECT_EQ(lost(Json::Object{{"columns", "damaged"}}, kMet, {"count"}), Names());
  EXPECT_EQ(lost(kMet, Json(), {"count"}), Names());
}

}  // namespace
}  // namespace lockstep::test
