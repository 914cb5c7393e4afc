// `where`: what it reads as, what it refuses, and which cells meet it.
#include <gmock/gmock.h>

#include "mapping/sets.h"
#include "mapping/support.h"

namespace lockstep::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kHead = "table: things\nkey: {column: thing_id, from: id}\nfields:\n  status: text\nowned: {region: text}\n";

Loaded with_where(std::string_view where) { return load(std::string(kHead) + "where: {" + std::string(where) + "}\n"); }

RowCondition condition(std::string_view where) {
  const Loaded loaded = with_where(where);
  EXPECT_THAT(loaded.problems.errors(), IsEmpty());
  EXPECT_EQ(loaded.mapping.conditions().size(), 1U);
  return loaded.mapping.conditions().at(0);
}

std::string mistake(std::string_view where) {
  const std::vector<std::string> errors = with_where(where).problems.errors();
  return errors.size() == 1 ? errors[0] : std::to_string(errors.size()) + " mistakes";
}

TEST(Conditions, NothingAndSomething) {
  EXPECT_TRUE(condition("deleted_at: null").holds(Value::null()));
  EXPECT_TRUE(condition("deleted_at: null").holds(Value()));
  EXPECT_FALSE(condition("deleted_at: null").holds(Value::text("")));
  EXPECT_FALSE(condition("deleted_at: {not: null}").holds(Value::null()));
  EXPECT_TRUE(condition("deleted_at: {not: null}").holds(Value::text("")));
  EXPECT_TRUE(condition("deleted_at: {not: gone}").holds(Value::null()));
}

TEST(Conditions, ListsTakeTheirElementsAndNumbersCompareAsNumbers) {
  EXPECT_TRUE(condition("region: [us, eu]").holds(Value::text("eu")));
  EXPECT_FALSE(condition("region: [us, eu]").holds(Value::text("EU")));
  EXPECT_FALSE(condition("region: [us, eu]").holds(Value::null()));
  EXPECT_TRUE(condition("region: [us, null]").holds(Value::null()));
  EXPECT_FALSE(condition("region: {not: [us, eu]}").holds(Value::text("us")));
  EXPECT_TRUE(condition("kind: [1, 2]").holds(Value::real(2.0)));
  EXPECT_TRUE(condition("kind: [1, 2]").holds(Value::text("1.0")));
  EXPECT_FALSE(condition("kind: [\"1\"]").holds(Value::text("1.0")));
  EXPECT_TRUE(condition("active: [true]").holds(Value::integer(1)));
  EXPECT_FALSE(condition("active: [true]").holds(Value::boolean(false)));
}

TEST(Conditions, RangesHoldNumbersAndTimesWithBothEnds) {
  const RowCondition price = condition("price: {from: 2, to: 10}");
  EXPECT_TRUE(price.holds(Value::integer(10)));
  EXPECT_TRUE(price.holds(Value::real(2.0)));
  EXPECT_FALSE(price.holds(Value::real(10.5)));
  EXPECT_FALSE(price.holds(Value::null()));
  const RowCondition since = condition("made_at: {from: 2026-01-02}");
  EXPECT_TRUE(since.holds(Value::text("2026-01-02 00:00:00")));
  EXPECT_TRUE(since.holds(Value::text("2026-01-02T02:00:00+02:00")));
  EXPECT_FALSE(since.holds(Value::text("2026-01-01T23:59:59.000Z")));
  EXPECT_FALSE(condition("price: {from: 1, not: 5}").holds(Value::integer(5)));
}

TEST(Conditions, WhatCannotBeMeantIsRefused) {
  EXPECT_THAT(mistake("status: x"), HasSubstr("\"status\" is a column of another kind already"));
  EXPECT_THAT(mistake("REGION: x"), HasSubstr("\"REGION\" is a column of another kind already"));
  EXPECT_THAT(mistake("kind: []"), HasSubstr("the list is empty"));
  EXPECT_THAT(mistake("kind: [[1]]"), HasSubstr("expected values in the list"));
  EXPECT_THAT(mistake("kind: {nott: 1}"), HasSubstr("nott"));
  EXPECT_THAT(mistake("kind: {not: {a: 1}}"), HasSubstr("expected a value or a list of values"));
  EXPECT_THAT(mistake("kind: \"${UNSET_VARIABLE_OF_THIS_TEST}\""), HasSubstr("null"));
}

TEST(Conditions, AColumnThatWhereAloneNamesIsOfTheTable) {
  const Loaded loaded = with_where("deleted_at: null, region: [us, eu], active: [true]");
  ASSERT_THAT(loaded.problems.errors(), IsEmpty());
  const Table table = loaded.mapping.table();
  ASSERT_NE(table.find("deleted_at"), nullptr);
  EXPECT_TRUE(table.find("deleted_at")->nullable);
  EXPECT_EQ(table.find("active")->type, ColumnType::Boolean);
  EXPECT_EQ(std::count_if(table.columns.begin(), table.columns.end(), [](const Column& c) { return c.name == "region"; }), 1);
}

TEST(OwnedKeys, AnOwnedIdIsThePrimaryKeyOfATableThatIsMade) {
  const Loaded loaded = load("table: things\nkey: {column: thing_id, from: id}\nfields: {status: text}\nowned: {id: uuid, code: uuid}\n");
  ASSERT_THAT(loaded.problems.errors(), IsEmpty());
  const Table table = loaded.mapping.table();
  EXPECT_EQ(table.primary_key, std::vector<std::string>{"id"});
  EXPECT_EQ(table.find("id")->type, ColumnType::Key);
  EXPECT_FALSE(table.find("id")->nullable);
  EXPECT_FALSE(table.generates("id"));
  EXPECT_TRUE(loaded.mapping.owned()[1].uuid);
  EXPECT_TRUE(load("table: things\nkey: {column: thing_id, from: id}\nfields: {ID: text}\n").problems.errors().size() == 1);
}

TEST(Sets, ARecordWhoseSetsStandInAnotherOrderIsTheSameRecord) {
  const Mapping sets = mapping_of("  tags: {type: json, as: set}\n  list: json\n");
  EXPECT_EQ(hash_of_record(sets, R"({"tags":[1,2],"list":[1]})"), hash_of_record(sets, R"({"tags":[2,1],"list":[1]})"));
  EXPECT_FALSE(hash_of_record(sets, R"({"tags":[],"list":[1,2]})") == hash_of_record(sets, R"({"tags":[],"list":[2,1]})"));
  EXPECT_FALSE(hash_of_record(sets, R"({"tags":[1]})") == hash_of_record(sets, R"({"tags":[1,2]})"));
}

}  // namespace
}  // namespace lockstep::test
