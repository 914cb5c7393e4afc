#include "engine/sides/former_columns.h"

#include <gtest/gtest.h>

#include "engine/decide_world.h"

namespace lockstep::test {
namespace {

const Field& field(std::string_view column) { return item_mapping().fields()[ordinal(column)]; }

/// Rows: what the former column held and what the present one holds, as prints.
FormerColumn column(std::initializer_list<std::pair<CellPrint, CellPrint>> rows) {
  FormerColumn column;
  column.by_rule = true;
  for (const auto& [then, now] : rows) column.note(then, now);
  return column;
}
SameColumn judged(FormerColumn column, std::string_view of = "name") { return judge(column, field(of)); }

TEST(FormerColumns, AreToldByWhatRowsHold) {
  EXPECT_EQ(judged(column({{10, 10}, {20, 20}, {30, 99}})), SameColumn::Yes);
  EXPECT_EQ(judged(column({{10, 10}, {20, 20}, {30, 30}, {40, 1}, {50, 99}, {60, 99}, {70, 99}})), SameColumn::Yes) << "by many values";
  EXPECT_EQ(judged(column({{10, 10}})), SameColumn::Yes);
  EXPECT_EQ(judged(column({{kNotKnown, 10}, {10, 10}, {20, kEmpty}, {30, kEmpty}})), SameColumn::Unknown) << "most are empty";
  EXPECT_EQ(judged(column({{10, 10}, {20, 99}})), SameColumn::Unknown);
  EXPECT_EQ(judged(column({{kEmpty, 99}})), SameColumn::Unknown);
  EXPECT_EQ(judged(column({{10, kEmpty}, {20, kEmpty}})), SameColumn::No);
}

TEST(FormerColumns, OfFewValuesAreNotToldByChance) {
  EXPECT_EQ(judged(column({{10, 10}, {20, 20}, {10, 10}, {10, 20}, {20, 10}})), SameColumn::Unknown);
  EXPECT_EQ(judged(column({{10, 10}, {20, 20}, {30, 99}}), "enabled"), SameColumn::Unknown);
  EXPECT_EQ(judged(column({{10, 10}, {20, 20}}), "enabled"), SameColumn::Yes) << "there is no edit to decide about";
}

TEST(FormerColumns, AreToldByTheirPlace) {
  FormerColumn amid = column({{10, 99}, {20, 98}});
  amid.in_place = amid.amid = true;
  EXPECT_EQ(judged(amid), SameColumn::Yes) << "though each row was edited";
  amid.uniform = true;
  EXPECT_EQ(judged(amid), SameColumn::Unknown) << "or it was added there, with a default";
  amid.alike = true;
  EXPECT_EQ(judged(amid), SameColumn::No);
  amid.contested = true;
  EXPECT_EQ(judged(amid), SameColumn::Yes);
  FormerColumn other = column({{10, 99}, {20, 98}});
  other.by_rule = false;
  EXPECT_EQ(judged(other), SameColumn::No) << "it has another rule";
}

TEST(FormerColumns, AreFoundByTheirRule) {
  const Field& note = field("note");
  const RuleSets sets{{1, Json(Json::Object{{"remark", note.rule.hex()}, {"name", field("name").rule.hex()}})},
                      {2, Json(Json::Object{{"note", note.rule.hex()}})},
                      {3, Json()}};
  const std::vector<FormerColumn> found = columns_by_rule(item_mapping(), sets);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].former, "remark");
  EXPECT_EQ(found[0].ordinal, ordinal("note"));
  EXPECT_EQ(found[0].sets, std::set<std::int64_t>{1});
  const RuleSets both{{1, Json(Json::Object{{"remark", note.rule.hex()}, {"comment", note.rule.hex()}})}};
  EXPECT_TRUE(columns_by_rule(item_mapping(), both).empty()) << "one cannot be told from the other";
}

TEST(FormerColumns, AreTakenOnBySetsThatDoNotKnowThePresentOne) {
  FormerColumn column;
  column.former = "remark";
  Json set = Json::Object{{"Remark", Json("rule")}};
  EXPECT_FALSE(take_on(set, column, "note", SameColumn::No, 7));
  EXPECT_TRUE(take_on(set, column, "note", SameColumn::Unknown, 7));
  EXPECT_EQ(*set.find("Remark")->find("now")->text(), "note");
  EXPECT_EQ(*set.find("Remark")->find("since")->integer(), 7);
  EXPECT_TRUE(CellOrder(item_mapping(), set).doubts(ordinal("note")));
  Json newer = Json::Object{{"remark", Json("rule")}, {"note", Json("rule")}};
  EXPECT_FALSE(take_on(newer, column, "note", SameColumn::Yes, 7));
  Json none;
  EXPECT_FALSE(take_on(none, column, "note", SameColumn::Yes, 7));
}

TEST(FormerColumns, AreKeptUpToABound) {
  Json set{Json::Object{{"gone", Json()}}};
  for (int i = 10; i < 60; ++i) set["old_" + std::to_string(i)] = Json("rule");
  const Json rules = with_kept(Json::Object{{"name", Json("rule")}}, item_mapping(), {{1, set}});
  EXPECT_EQ(rules.object()->size(), 33U);
  EXPECT_NE(rules.find("old_10")->find("kept"), nullptr);
  EXPECT_EQ(rules.find("gone"), nullptr);
}

TEST(FormerColumns, ThatWereMadeAnewAreJudgedOnceTheyAreMapped) {
  Json set = Json::Object{{"remark", Json("rule")}, {"name", Json("rule")}};
  EXPECT_TRUE(mark_moved(set, item_mapping(), [](const std::string&) { return true; }));
  EXPECT_FALSE(mark_moved(set, item_mapping(), [](const std::string&) { return true; })) << "it is known";
  EXPECT_TRUE(columns_made_anew(item_mapping(), {{1, set}}).empty());
  set["note"] = Json(*set.find("remark"));
  std::vector<FormerColumn> found = columns_made_anew(item_mapping(), {{1, set}});
  ASSERT_EQ(found.size(), 1U);
  Json same = set;
  EXPECT_TRUE(take_on(same, found[0], "note", SameColumn::Yes, 7));
  EXPECT_TRUE(columns_made_anew(item_mapping(), {{1, same}}).empty());
  EXPECT_TRUE(take_on(set, found[0], "note", SameColumn::No, 7));
  EXPECT_TRUE(set.find("note")->is_null());
}

}  // namespace
}  // namespace lockstep::test
