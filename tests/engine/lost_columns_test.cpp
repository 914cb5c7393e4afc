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

using Renamed = std::map<std::string, std::string>;

Renamed renamed(const Json& before, const Json& now, std::initializer_list<const char*> uniform = {},
                const std::set<std::string>& contested = {}) {
  std::vector<std::size_t> ordinals;
  for (const char* column : uniform) ordinals.push_back(ordinal(column));
  return renamed_columns(before, now, ordinals, contested, item_mapping());
}

TEST(RenamedColumns, StandWhereOneStoodThatIsGone) {
  const Json met = definition({"id", "title", "note", "amount"}, "7");
  EXPECT_EQ(renamed(met, kMet), (Renamed{{"title", "name"}, {"amount", "count"}}));
  EXPECT_EQ(renamed(met, definition({"id", "NAME", "note", "amount", "fresh"}, "9")), (Renamed{{"title", "name"}}));
}

TEST(RenamedColumns, AreNoneWhereAnotherMovedOrIsGone) {
  const Json met = definition({"id", "title", "note", "count"}, "7");
  EXPECT_EQ(renamed(met, definition({"id", "note", "count", "name"}, "9")), Renamed()) << "dropped, and another one added";
  EXPECT_EQ(renamed(met, definition({"id", "name", "count"}, "9")), Renamed());
  EXPECT_EQ(renamed(kMet, kMet), Renamed());
  EXPECT_EQ(renamed(Json(), kMet), Renamed());
}

TEST(RenamedColumns, AreNoneWhereEveryRowHoldsTheSame) {
  EXPECT_EQ(renamed(definition({"id", "name", "note", "amount"}, "7"), kMet, {"count"}), Renamed());
}

TEST(RenamedColumns, AreToldByAnOpenConflictAboutThem) {
  EXPECT_EQ(renamed(definition({"id", "name", "note", "amount"}, "7"), kMet, {"count"}, {"amount"}), (Renamed{{"amount", "count"}}));
}

}  // namespace
}  // namespace lockstep::test
