#include "engine/sides/lost_columns.h"

#include <gtest/gtest.h>

#include "engine/decide_world.h"

namespace lockstep::test {
namespace {

using Names = std::vector<std::string>;

Json definition(std::initializer_list<const char*> columns, const char* version) {
  Json::Array names;
  for (const char* column : columns) names.emplace_back(column);
  return Json::Object{{"columns", std::move(names)}, {"version", version}};
}

Names lost(const Json& before, const Json& now, std::initializer_list<const char*> uniform, bool varies = false) {
  std::vector<std::size_t> ordinals;
  for (const char* column : uniform) ordinals.push_back(ordinal(column));
  return lost_columns(
      before, now, ordinals, [&](std::size_t) { return varies; }, item_mapping());
}

const Json kMet = definition({"id", "name", "note", "count"}, "7");

TEST(LostColumns, StandBehindThoseThatTheyStoodBefore) {
  EXPECT_EQ(lost(kMet, definition({"id", "name", "count", "NOTE"}, "9"), {}), Names{"note"}) << "whatever the application has filled in";
  EXPECT_EQ(lost(kMet, definition({"id", "name", "count", "note", "fresh"}, "9"), {"note"}), Names{"note"});
  EXPECT_EQ(lost(kMet, definition({"id", "count", "note", "name"}, "9"), {}), (Names{"name", "note"}));
}

TEST(LostColumns, AtTheEndAreToldByAnotherDefinition) {
  EXPECT_EQ(lost(kMet, definition({"id", "name", "note", "count"}, "9"), {"count"}), Names{"count"});
  EXPECT_EQ(lost(kMet, definition({"id", "name", "note", "count"}, "9"), {"count", "note"}), (Names{"count", "note"}));
}

TEST(LostColumns, AreNotThoseWhoseCellsWereMoved) {
  EXPECT_EQ(lost(kMet, definition({"id", "name", "count", "note"}, "9"), {}, true), Names());
}

TEST(LostColumns, AreNotThoseThatWereEdited) {
  EXPECT_EQ(lost(kMet, kMet, {"count"}), Names()) << "the table is as it was";
  EXPECT_EQ(lost(kMet, definition({"id", "name", "note", "count"}, "9"), {}), Names()) << "rows hold different things";
  EXPECT_EQ(lost(kMet, definition({"id", "name", "note", "count"}, "9"), {"note"}), Names()) << "another one stands behind it";
  EXPECT_EQ(lost(kMet, definition({"id", "name", "note", "count", "fresh"}, "9"), {"count"}), Names()) << "a column came behind it";
  EXPECT_EQ(lost(kMet, definition({"id", "note", "count"}, "9"), {"count"}), Names()) << "another one was dropped";
  EXPECT_EQ(lost(kMet, definition({"id", "name", "note", "count", "mine"}, "9"), {"count", "note"}), Names());
}

TEST(LostColumns, AreNotToldOfATableThatNoRunHasMet) {
  EXPECT_EQ(lost(Json(), kMet, {"count"}), Names());
  EXPECT_EQ(lost(Json::Object{{"columns", "damaged"}}, kMet, {"count"}), Names());
  EXPECT_EQ(lost(kMet, Json(), {"count"}), Names());
}

using InPlace = std::vector<ColumnInPlace>;

InPlace in_place(const Json& before, const Json& now) { return columns_in_place(before, now, item_mapping()); }

TEST(ColumnsInPlace, StandWhereOneStoodThatIsGone) {
  const Json met = definition({"id", "title", "note", "amount"}, "7");
  EXPECT_EQ(in_place(met, kMet), (InPlace{{"title", ordinal("name"), true}, {"amount", ordinal("count"), false}}));
  EXPECT_EQ(in_place(met, definition({"id", "NAME", "note", "amount", "fresh"}, "9")), (InPlace{{"title", ordinal("name"), true}}));
}

TEST(ColumnsInPlace, AreNoneWhereAnotherMovedOrIsGone) {
  const Json met = definition({"id", "title", "note", "count"}, "7");
  EXPECT_EQ(in_place(met, definition({"id", "note", "count", "name"}, "9")), InPlace()) << "dropped, and another one added";
  EXPECT_EQ(in_place(met, definition({"id", "name", "count"}, "9")), InPlace());
  EXPECT_EQ(in_place(met, definition({"id", "mine", "note", "count"}, "9")), InPlace()) << "not mapped";
  EXPECT_EQ(in_place(kMet, kMet), InPlace());
  EXPECT_EQ(in_place(Json(), kMet), InPlace());
}

TEST(ColumnsMadeAnew, AreToldByTheirPlaceAndTheDefinition) {
  const auto told = [](std::initializer_list<const char*> columns, const char* column, const char* version = "9") {
    return may_be_made_anew(kMet, definition(columns, version), column);
  };
  EXPECT_TRUE(told({"id", "name", "count"}, "note")) << "it is gone";
  EXPECT_TRUE(told({"id", "name", "count", "note"}, "Note")) << "it stands behind one that it stood before";
  EXPECT_TRUE(told({"id", "name", "note", "count"}, "count")) << "nothing stands behind it";
  EXPECT_TRUE(told({"id", "name", "note"}, "note")) << "nor does anything that stayed";
  EXPECT_TRUE(told({"id", "name", "count", "note", "fresh"}, "note"));
  EXPECT_FALSE(told({"id", "name", "note", "count"}, "note"));
  EXPECT_FALSE(told({"id", "name", "note", "count"}, "count", "7")) << "the table is as it was";
  EXPECT_FALSE(told({"id", "name", "note", "count", "fresh"}, "fresh")) << "it was not there";
}

}  // namespace
}  // namespace lockstep::test
