// What counts as the same value, and what becomes of the cells that databases give back.
#include <gtest/gtest.h>

#include "support.h"

namespace lockstep {
namespace {

const Mapping& mapping() {
  static const Mapping made = test::mapping_of(
      "  t: text\n  i: integer\n  r: real\n  b: boolean\n  j: json\n  w: timestamp\n  l: {references: agents.remote_id}\n");
  return made;
}

const Field& field(std::string_view column) { return mapping().fields()[mapping().find(column).value()]; }

bool same_as(std::string_view column, const Value& a, const Value& b) {
  const bool forward = same(field(column), a, b);
  EXPECT_EQ(forward, same(field(column), b, a)) << "not symmetric";
  return forward;
}

TEST(Same, NullAndAbsentAreOneThingAndEmptyValuesAreNot) {
  EXPECT_TRUE(same_as("t", Value(), Value::null()));
  EXPECT_FALSE(same_as("t", Value::null(), Value::text("")));
  EXPECT_FALSE(same_as("j", Value::null(), Value::json("[]")));
  EXPECT_FALSE(same_as("j", Value::json("{}"), Value::json("[]")));
  EXPECT_FALSE(same_as("i", Value::null(), Value::integer(0)));
  EXPECT_FALSE(same_as("b", Value::null(), Value::boolean(false)));
}

TEST(Same, NumbersAreComparedByValue) {
  EXPECT_TRUE(same_as("r", Value::integer(1), Value::real(1.0)));
  EXPECT_TRUE(same_as("r", Value::text("0.50"), Value::real(0.5)));
  EXPECT_TRUE(same_as("i", Value::real(600), Value::integer(600)));
  EXPECT_TRUE(same_as("i", Value::text("600"), Value::integer(600)));
  EXPECT_FALSE(same_as("i", Value::integer(600), Value::integer(601)));
  EXPECT_FALSE(same_as("r", Value::real(0.5), Value::real(0.25)));
}

TEST(Same, BooleansAreAsTheDatabaseSpellsThem) {
  EXPECT_TRUE(same_as("b", Value::integer(1), Value::boolean(true)));
  EXPECT_TRUE(same_as("b", Value::text("f"), Value::boolean(false)));
  EXPECT_FALSE(same_as("b", Value::integer(0), Value::boolean(true)));
  EXPECT_FALSE(same_as("b", Value::integer(2), Value::boolean(true)));
}

TEST(Same, JsonIsComparedByMeaning) {
  EXPECT_TRUE(same_as("j", Value::text(R"({"b": 1.0, "a": "\u00e9"})"), Value::json("{\"a\":\"\u00e9\",\"b\":1}")));
  EXPECT_FALSE(same_as("j", Value::json("[1,2]"), Value::json("[2,1]")));
  EXPECT_FALSE(same_as("j", Value::text("{broken"), Value::json("{}")));
  EXPECT_TRUE(same_as("j", Value::integer(5), Value::json("5"))) << "a JSON scalar in a column without a JSON type";
}

TEST(Same, TimesAreComparedAsInstants) {
  EXPECT_TRUE(same_as("w", Value::text("2026-11-21 02:24:23"), Value::text("2026-11-21T02:24:23.000Z")));
  EXPECT_TRUE(same_as("w", Value::text("2026-11-21T04:24:23+02:00"), Value::text("2026-11-21T02:24:23.000Z")));
  EXPECT_FALSE(same_as("w", Value::text("2026-11-21 02:24:24"), Value::text("2026-11-21T02:24:23.000Z")));
}

TEST(Same, TextIsComparedByBytes) {
  EXPECT_FALSE(same_as("t", Value::text("a"), Value::text("A")));
  EXPECT_FALSE(same_as("t", Value::text("5"), Value::text("5.0")));
  EXPECT_TRUE(same_as("t", Value::integer(5), Value::text("5"))) << "a column without a text type gives numbers back";
}

TEST(Same, ALookupIsTheKeyOfAnotherTable) {
  EXPECT_TRUE(same_as("l", Value::integer(5), Value::integer(5)));
  EXPECT_FALSE(same_as("l", Value::integer(5), Value::integer(6)));
}

TEST(Normalise, WhatCannotBeReadAsTheTypeStaysAsItIs) {
  Arena arena;
  EXPECT_EQ(normalise(field("i"), Value::text("many"), arena).as_view(), "many");
  EXPECT_EQ(normalise(field("j"), Value::text("{broken"), arena).tag(), Value::Tag::Text);
  EXPECT_EQ(normalise(field("w"), Value::text("soon"), arena).as_view(), "soon");
  EXPECT_EQ(normalise(field("b"), Value::text("maybe"), arena).as_view(), "maybe");
  EXPECT_EQ(normalise(field("r"), Value(), arena).tag(), Value::Tag::Null);
}

}  // namespace
}  // namespace lockstep
