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

TEST(Same, TheOrderOfASetIsNoDifferenceAlsoInsideAnObjectAndInItsWrapping) {
  const Mapping sets =
      test::mapping_of("  meta: json\n  tags: {from: meta.tags, type: json, as: set}\n  list: {from: meta.list, type: json}\n");
  const Field& tags = sets.fields()[sets.find("tags").value()];
  const Field& meta = sets.fields()[sets.find("meta").value()];
  const Field& list = sets.fields()[sets.find("list").value()];
  EXPECT_TRUE(same(tags, Value::json("[1,\"b\",{\"c\":1}]"), Value::text(R"([{"c": 1.0}, "b", 1, 1])")));
  EXPECT_FALSE(same(tags, Value::json("[1,2]"), Value::json("[1,2,3]")));
  EXPECT_FALSE(same(tags, Value::json("[]"), Value::null()));
  EXPECT_FALSE(same(list, Value::json("[1,2]"), Value::json("[2,1]")));
  EXPECT_TRUE(same(meta, Value::json(R"({"list":[1],"tags":[1,2]})"), Value::json(R"({"list":[1],"tags":[2,1]})")));
  EXPECT_FALSE(same(meta, Value::json(R"({"list":[1,2],"tags":[]})"), Value::json(R"({"list":[2,1],"tags":[]})")));
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

TEST(Normalise, WhatCannotBeReadAsTheTypeIsUnreadableAsItIsStored) {
  Arena arena;
  const auto is = [&](std::string_view column, const Value& cell, Value::Storage storage, std::string_view bytes) {
    EXPECT_TRUE(identical(normalise(field(column), cell, arena), Value::unreadable(storage, bytes))) << column << " " << to_display(cell);
  };
  is("i", Value::text("many"), Value::Storage::Text, "many");
  is("i", Value::real(1.5), Value::Storage::Real, "1.5");
  is("i", Value::text("12345678901234567890"), Value::Storage::Text, "12345678901234567890");
  is("b", Value::text("maybe"), Value::Storage::Text, "maybe");
  is("b", Value::integer(7), Value::Storage::Integer, "7");
  is("w", Value::text("soon"), Value::Storage::Text, "soon");
  is("w", Value::integer(5), Value::Storage::Integer, "5");
  is("t", Value::text("a\xff"), Value::Storage::Text, "a\xff");
  for (const std::string_view broken : {"{broken", "", "it", R"({"a":1,"a":2})", "1 2"}) {
    is("j", Value::json(broken), Value::Storage::Text, broken);
  }
  is("j", Value::json(std::string(300, '[') + std::string(300, ']')), Value::Storage::Text, std::string(300, '[') + std::string(300, ']'));
  EXPECT_EQ(normalise(field("r"), Value(), arena).tag(), Value::Tag::Null);
}

TEST(Same, AnUnreadableCellEqualsTheIdenticalOneAlone) {
  const Value text = Value::unreadable(Value::Storage::Text, "5");
  for (const std::string_view column : {"i", "b", "w", "t", "j", "r"}) {
    EXPECT_TRUE(same(field(column), text, text)) << column;
    EXPECT_FALSE(same(field(column), text, Value::unreadable(Value::Storage::Blob, "5"))) << column;
    EXPECT_FALSE(same(field(column), text, Value::null())) << column;
  }
  EXPECT_FALSE(same(field("t"), text, Value::text("5")));
  EXPECT_FALSE(same(field("j"), Value::unreadable(Value::Storage::Text, "it"), Value::json("\"it\"")));
}

TEST(CellOf, AJsonValueInAJsonColumnIsItsJsonText) {
  Arena arena;
  EXPECT_TRUE(identical(cell_of(field("j"), Json("it"), arena), Value::json("\"it\"")));
  EXPECT_TRUE(identical(cell_of(field("j"), Json(5), arena), Value::json("5")));
  EXPECT_TRUE(identical(cell_of(field("j"), Json(true), arena), Value::json("true")));
  EXPECT_TRUE(identical(cell_of(field("j"), Json(), arena), Value::null()));
  EXPECT_TRUE(identical(cell_of(field("t"), Json("it"), arena), Value::text("it")));
}

TEST(KeptCell, WhatTheJournalKeepsComesBackAsItWas) {
  Arena arena;
  const auto comes_back = [&](std::string_view column, const Value& cell) {
    const Json kept = json::parse(json::to_text(json::to_kept(cell)));
    EXPECT_TRUE(identical(kept_cell(field(column), kept, arena), cell)) << json::to_text(kept);
  };
  comes_back("j", Value::json("\"it\""));
  comes_back("j", Value::json(R"({"$unreadable":{"text":"it"}})"));
  comes_back("j", Value::json(R"({"$$unreadable":1})"));
  for (const std::string_view column : {"j", "t", "b"}) {
    comes_back(column, Value::unreadable(Value::Storage::Text, "{bad"));
    comes_back(column, Value::unreadable(Value::Storage::Text, ""));
    comes_back(column, Value::unreadable(Value::Storage::Text, std::string_view("\xff\0\x80", 3)));
    comes_back(column, Value::unreadable(Value::Storage::Blob, std::string_view("\0\1\2", 3)));
    comes_back(column, Value::unreadable(Value::Storage::Blob, ""));
    comes_back(column, Value::unreadable(Value::Storage::Real, "inf"));
    comes_back(column, Value::unreadable(Value::Storage::Integer, "7"));
  }
}

}  // namespace
}  // namespace lockstep
