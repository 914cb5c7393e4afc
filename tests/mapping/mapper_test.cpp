// Documents → rows: what each type takes, what is refused, and that one walk meets every field.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.h"

namespace lockstep {
namespace {

// The object's own column tells what a leaf could not take, unless it was a hook that failed: its failure costs the record.
TEST(MapperHook, AFailingTransformOfALeafIsNoMismatch) {
  const Mapping mapping = test::mapping_of("  model: json\n  temperature: {from: model.temperature, type: real, transform: shout}\n",
                                           {"shout", "shout_inverse"});
  const auto failing = [](std::string_view, const Value&, Arena&) -> Value { throw Error(ErrorKind::Rejected, "x.lua:1: no luck"); };
  const auto wrong = [](std::string_view, const Value&, Arena&) { return Value::text("warm"); };
  const auto fine = [](std::string_view, const Value& value, Arena&) { return value; };
  constexpr std::string_view kRaw = R"({"id":"a","model":{"temperature":0.5}})";
  EXPECT_EQ(test::map(mapping, kRaw, failing).problems, std::vector<std::string>{"temperature: x.lua:1: no luck"});
  EXPECT_EQ(test::map(mapping, kRaw, wrong).problems, std::vector<std::string>{"temperature: expected a number, not \"warm\""});
  EXPECT_EQ(test::map(mapping, kRaw, fine).problems, std::vector<std::string>{});
}

using test::map;
using test::mapping_of;
using testing::ElementsAre;
using testing::IsEmpty;

const Mapping& typed() {
  static const Mapping mapping = mapping_of(R"(  t: text
  i: integer
  r: real
  b: boolean
  j: json
  w: timestamp
  e: {type: enum, values: [demo, production]}
)");
  return mapping;
}

std::string cell(std::string_view column, std::string_view value) {
  const auto mapped = map(typed(), std::string(R"({"id":"x",")").append(column).append("\":").append(value).append("}"));
  EXPECT_THAT(mapped.problems, IsEmpty());
  return mapped.unread.empty() ? mapped.cell(typed(), column) : mapped.unread.front();
}

TEST(Mapper, EveryTypeTakesItsJson) {
  EXPECT_EQ(cell("t", R"("a\n\u00e9")"), "text a\n\u00e9");
  EXPECT_EQ(cell("i", "600"), "600");
  EXPECT_EQ(cell("i", "600.0"), "600");
  EXPECT_EQ(cell("i", "6e2"), "600");
  EXPECT_EQ(cell("i", "9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(cell("r", "1"), "real 1");
  EXPECT_EQ(cell("r", "0.7"), "real 0.7");
  EXPECT_EQ(cell("r", "12345678901234567890"), "real 12345678901234567168");
  EXPECT_EQ(cell("b", "false"), "false");
  EXPECT_EQ(cell("j", R"({ "b": 1.0, "a": [ ] })"), R"(json {"a":[],"b":1})");
  EXPECT_EQ(cell("j", R"("off")"), R"(json "off")");
  EXPECT_EQ(cell("j", "0.50"), "json 0.5");
  EXPECT_EQ(cell("w", R"("2026-11-21T04:24:23+02:00")"), "text 2026-11-21T02:24:23.000Z");
  EXPECT_EQ(cell("e", R"("demo")"), "text demo");
}

TEST(Mapper, ATextColumnTakesScalarsInTheirCanonicalSpelling) {
  EXPECT_EQ(cell("t", "5"), "text 5");
  EXPECT_EQ(cell("t", "5.0"), "text 5");
  EXPECT_EQ(cell("t", "1E400"), "text 1e400");
  EXPECT_EQ(cell("t", "true"), "text true");
  EXPECT_EQ(cell("t", "12345678901234567890"), "text 12345678901234567890");
}

TEST(Mapper, AbsentAndNullAreNull) {
  const auto mapped = map(typed(), R"({"id":"x","t":null,"j":null})");
  EXPECT_THAT(mapped.problems, IsEmpty());
  for (std::size_t i = 1; i < mapped.row.size(); ++i) EXPECT_EQ(mapped.row[i].tag(), Value::Tag::Null);
}

TEST(Mapper, WhatAColumnCannotHoldIsUnknownAndSaidWhy) {
  EXPECT_EQ(cell("t", "{}"), "t: expected a text, not {}");
  EXPECT_EQ(cell("t", "[1]"), "t: expected a text, not [1]");
  EXPECT_EQ(cell("i", "\"600\""), "i: expected an integer, not \"600\"");
  EXPECT_EQ(cell("i", "0.5"), "i: expected an integer, not 0.5");
  EXPECT_EQ(cell("i", "9223372036854775808"), "i: expected an integer, not 9223372036854775808");
  EXPECT_EQ(cell("r", "1e400"), "r: expected a number, not 1e400");
  EXPECT_EQ(cell("r", "true"), "r: expected a number, not true");
  EXPECT_EQ(cell("b", "1"), "b: expected true or false, not 1");
  EXPECT_EQ(cell("b", "\"true\""), "b: expected true or false, not \"true\"");
  EXPECT_EQ(cell("w", "\"soon\""), "w: expected a time, not \"soon\"");
  EXPECT_EQ(cell("w", "1700000000"), "w: expected a time, not 1700000000");
  EXPECT_EQ(cell("e", "\"Demo\""), "e: expected one of demo, production, not \"Demo\"");
}

TEST(Mapper, AnUnknownCellIsAbsentAndTheOthersAreFilled) {
  const auto mapped = map(typed(), R"({"id":"x","i":"bad","t":"good"})");
  EXPECT_THAT(mapped.problems, IsEmpty());
  EXPECT_THAT(mapped.unread, ElementsAre("i: expected an integer, not \"bad\""));
  EXPECT_EQ(mapped.cell(typed(), "i"), "absent");
  EXPECT_EQ(mapped.cell(typed(), "t"), "text good");
}

TEST(Mapper, ForeignTextInAMessageIsCutAndMadeVisible) {
  const std::string problem = cell("i", std::string("\"\\u001b[31m").append(200, 'x').append("\""));
  EXPECT_LT(problem.size(), 100U);
  EXPECT_EQ(problem.find('\x1b'), std::string::npos);
}

TEST(Mapper, SecretsAreNotQuotedInMessages) {
  const Mapping mapping = mapping_of("  secret: {from: server.secret, type: text}\n");
  EXPECT_THAT(map(mapping, R"({"id":"x","server":{"secret":["hunter2"]}})").unread,
              ElementsAre("secret: expected a text, not what is there"));
}

TEST(Mapper, BoundsAreNoReasonToRefuseWhatTheServerHolds) {
  const Mapping mapping = mapping_of("  name: {type: text, max_length: 4}\n  n: {type: integer, min: 10}\n");
  const auto mapped = map(mapping, R"({"id":"x","name":"far too long","n":1})");
  EXPECT_THAT(mapped.problems, IsEmpty());
  EXPECT_EQ(mapped.cell(mapping, "name"), "text far too long");
}

TEST(Mapper, DefaultsFillAbsentAndNull) {
  const Mapping mapping = mapping_of(
      "  type: {from: metadata.type, type: enum, values: [demo, production], default: demo}\n  j: {type: json, default: [1]}\n  n: {type: "
      "integer, default: 3}\n");
  for (const char* raw : {R"({"id":"x"})", R"({"id":"x","metadata":null,"n":null})", R"({"id":"x","metadata":{"type":null}})",
                          R"({"id":"x","metadata":"none"})"}) {
    const auto mapped = map(mapping, raw);
    EXPECT_THAT(mapped.problems, IsEmpty());
    EXPECT_EQ(mapped.cell(mapping, "type"), "text demo");
    EXPECT_EQ(mapped.cell(mapping, "j"), "json [1]");
    EXPECT_EQ(mapped.cell(mapping, "n"), "3");
  }
  EXPECT_EQ(map(mapping, R"({"id":"x","metadata":{"type":"production"}})").cell(mapping, "type"), "text production");
}

TEST(Mapper, OnlyTheKeyAndWhatIsRequiredCostTheRecord) {
  const Mapping mapping = mapping_of("  n: {type: integer, required: true}\n  i: integer\n");
  EXPECT_THAT(map(mapping, R"({"id":"x","n":"bad","i":"bad"})").problems, ElementsAre("n: expected an integer, not \"bad\""));
  EXPECT_EQ(map(mapping, R"({"id":{},"n":1})").problems.size(), 1U);
}

TEST(Mapper, HalfASurrogatePairIsNoTextAndCostsNoRecord) {
  const auto mapped = map(typed(), R"({"id":"x","t":"cut \ud83d","j":{"t":"cut \ud83d","\udc00":1},"other":"\udfff"})");
  EXPECT_THAT(mapped.problems, IsEmpty());
  EXPECT_THAT(mapped.unread, ElementsAre("t: expected a text, not one with half a surrogate pair"));
  EXPECT_EQ(mapped.cell(typed(), "t"), "absent");
  EXPECT_EQ(mapped.cell(typed(), "j"), R"(json {"\udc00":1,"t":"cut \ud83d"})");
}

TEST(Mapper, AZeroIsNoTime) {
  const Mapping mapping = mapping_of(
      "  s: {type: timestamp, transform: epoch_seconds}\n  m: {type: timestamp, transform: epoch_milliseconds}\n  w: timestamp\n  g: "
      "timestamp\n");
  for (const char* raw : {R"({"id":"x","s":0,"m":0,"w":"","g":"0001-01-01T00:00:00Z"})", R"({"id":"x","s":0.0,"m":-0,"w":"0000-00-00"})"}) {
    const auto mapped = map(mapping, raw);
    EXPECT_THAT(mapped.problems, IsEmpty());
    EXPECT_THAT(mapped.unread, IsEmpty());
    for (const char* column : {"s", "m", "w", "g"}) EXPECT_EQ(mapped.cell(mapping, column), "null") << column;
  }
}

TEST(Mapper, CountedTimesAreExactInEveryYear) {
  const Mapping mapping =
      mapping_of("  s: {type: timestamp, transform: epoch_seconds}\n  m: {type: timestamp, transform: epoch_milliseconds}\n");
  const auto read = [&](const std::string& column, const std::string& count) {
    const auto mapped = map(mapping, R"({"id":"x",")" + column + "\":" + count + "}");
    return mapped.unread.empty() ? mapped.cell(mapping, column) : mapped.unread.front();
  };
  EXPECT_EQ(read("s", "9223372037"), "text 2262-04-11T23:47:17.000Z");
  EXPECT_EQ(read("s", "-1"), "text 1969-12-31T23:59:59.000Z");
  EXPECT_EQ(read("m", "95617584000001"), "text 5000-01-01T00:00:00.001Z");
  EXPECT_EQ(read("m", "-1.5"), "text 1969-12-31T23:59:59.998500Z");
  EXPECT_EQ(read("s", "253402300799"), "text 9999-12-31T23:59:59.000Z");
  EXPECT_EQ(read("s", "-62167219200"), "text 0000-01-01T00:00:00.000Z");
  for (const char* count : {"253402300800", "-62167219201", "9223372036854775807", "-9223372036854775808", "1e300", "-1e300"}) {
    EXPECT_EQ(read("s", count), "s: expected a time of the years 0 to 9999") << count;
  }
  for (const char* count : {"253402300800000", "9223372036854775807", "-1e300"}) {
    EXPECT_EQ(read("m", count), "m: expected a time of the years 0 to 9999") << count;
  }
  EXPECT_EQ(read("s", "1e400"), "s: expected a number");
}

TEST(Mapper, AnUnknownEnumValueIsUnknownAlsoInsideAMappedObject) {
  const Mapping mapping = mapping_of("  metadata: json\n  type: {from: metadata.type, type: enum, values: [demo], default: demo}\n");
  const auto mapped = map(mapping, R"({"id":"x","metadata":{"type":"staging"}})");
  EXPECT_THAT(mapped.problems, IsEmpty());
  EXPECT_THAT(mapped.unread, ElementsAre("type: expected one of demo, not \"staging\""));
  EXPECT_EQ(mapped.cell(mapping, "type"), "absent") << "a default does not hide a refused value";
}

TEST(Mapper, RequiredFieldsAndTheKeyMustBeThere) {
  const Mapping mapping = mapping_of("  name: {type: text, required: true}\n");
  EXPECT_THAT(map(mapping, "{}").problems,
              ElementsAre("remote_id: is required and id is missing", "name: is required and name is missing"));
  EXPECT_THAT(map(mapping, R"({"id":"x","name":null})").problems, ElementsAre("name: is required and name is missing"));
  EXPECT_THAT(map(mapping, R"({"id":"x","name":""})").problems, IsEmpty()) << "an empty text is a value";
}

TEST(Mapper, LeavesAndParentsComeFromOneWalk) {
  const Mapping mapping = mapping_of(R"(  model: json
  messages: {from: model.messages, type: json}
  prompt: {from: "model.messages[role=system].content", type: text}
  first: {from: "model.messages[0].content", type: text, derived: true}
  temperature: {from: model.temperature, type: real}
  nothing: {from: model.temperature.deeper, type: text, derived: true}
)");
  const auto mapped = map(
      mapping,
      R"({"model":{"temperature":1,"messages":[{"content":"hi","role":"user"},{"content":"be\tkind","role":"system"},{"role":"system","content":"second"}],"a":0},"id":"x"})");
  EXPECT_THAT(mapped.problems, IsEmpty());
  EXPECT_EQ(mapped.cell(mapping, "messages"),
            R"(json [{"content":"hi","role":"user"},{"content":"be\tkind","role":"system"},{"content":"second","role":"system"}])");
  EXPECT_EQ(mapped.cell(mapping, "model"),
            "json {\"a\":0,\"messages\":" + mapped.cell(mapping, "messages").substr(5) + ",\"temperature\":1}");
  EXPECT_EQ(mapped.cell(mapping, "prompt"), "text be\tkind");
  EXPECT_EQ(mapped.cell(mapping, "first"), "text hi");
  EXPECT_EQ(mapped.cell(mapping, "temperature"), "real 1");
  EXPECT_EQ(mapped.cell(mapping, "nothing"), "null");
}

TEST(Mapper, SelectionsNest) {
  const Mapping mapping =
      mapping_of("  v: {from: 'a[k=x].b[k=y].v', type: integer}\n  w: {from: 'a[1].b[0].v', type: integer, derived: true}\n");
  const auto mapped = map(
      mapping,
      R"({"id":"x","a":[{"b":[{"k":"y","v":1}],"k":"z"},{"b":[{"v":2,"k":"q"},{"v":3,"k":"y"},{"v":4,"k":"y"}],"k":"x"},{"k":"x","b":[{"k":"y","v":5}]}]})");
  EXPECT_EQ(mapped.cell(mapping, "v"), "3");
  EXPECT_EQ(mapped.cell(mapping, "w"), "2");
}

TEST(Mapper, AProblemInAnElementThatIsNotSelectedIsNone) {
  const Mapping mapping = mapping_of("  v: {from: 'a[k=x].v', type: integer}\n");
  EXPECT_THAT(map(mapping, R"({"id":"x","a":[{"k":"q","v":"bad"},{"v":1,"k":"x"}]})").unread, IsEmpty());
  EXPECT_THAT(map(mapping, R"({"id":"x","a":[{"v":"bad","k":"x"}]})").unread, ElementsAre("v: expected an integer, not \"bad\""));
}

TEST(Mapper, ALeafOfAnotherTypeIsNullWhereItsObjectHasAColumn) {
  const Mapping mapping = mapping_of("  voice: json\n  speed: {from: voice.speed, type: real}\n");
  const auto mapped = map(mapping, R"({"id":"x","voice":{"speed":"fast"}})");
  EXPECT_THAT(mapped.problems, IsEmpty());
  EXPECT_THAT(mapped.mismatched, ElementsAre(2U));
  EXPECT_EQ(mapped.cell(mapping, "speed"), "null");
  EXPECT_EQ(mapped.cell(mapping, "voice"), R"(json {"speed":"fast"})");
}

TEST(Mapper, NamesTheKeysThatNoRuleNames) {
  const Mapping mapping = mapping_of("  name: text\n");
  const auto mapped = map(mapping, R"({"id":"x","orgId":"o","server":{"secret":"s"},"new\u0046ield":{"a":[1]},"name":"n","other":2})");
  EXPECT_THAT(mapped.unmapped, ElementsAre("newField", "other"));
  EXPECT_THAT(map(mapping, R"({"id":"x"})").unmapped, IsEmpty());
}

TEST(Mapper, TextIsBorrowedUnlessItHoldsEscapes) {
  const Mapping mapping = mapping_of("  a: text\n  b: text\n");
  const auto mapped = map(mapping, R"({"id":"x","a":"plain","b":"es\u0063aped"})");
  const auto inside = [&](const Value& value) {
    return value.as_view().data() >= mapped.raw->data() && value.as_view().data() < mapped.raw->data() + mapped.raw->size();
  };
  EXPECT_TRUE(inside(mapped.row[1]));
  EXPECT_FALSE(inside(mapped.row[2]));
  EXPECT_EQ(mapped.cell(mapping, "b"), "text escaped");
}

TEST(Mapper, MembersAreFoundHoweverTheirNamesAreEscaped) {
  const Mapping mapping = mapping_of("  model: json\n  t: {from: model.temperature, type: real}\n");
  EXPECT_EQ(map(mapping, R"({"\u0069d":"x","mod\u0065l":{"t\u0065mperature":0.5}})").cell(mapping, "t"), "real 0.5");
}

TEST(Mapper, TheWholeTextIsValidated) {
  const Mapping mapping = mapping_of("  name: text\n");
  for (const char* raw :
       {"", "[]", "\"x\"", "{", R"({"id":"x"} x)", R"({"id":"x","other":nope})", R"({"id":"x","other":{"a":[1,]}})",
        R"({"id":"x","id":"y"})", R"({"id":"x","other":1,"other":2})", R"({"id":"x","orgId":1,"orgId":2})",
        R"({"id":"x","name":{"a":1,"a":2}})", R"({"id":"x","other":"\x"})", R"({"id":"x",})", "{\"id\":\"x\",\"o\":\"\xff\"}"}) {
    try {
      map(mapping, raw);
      ADD_FAILURE() << "accepted: " << raw;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::Corrupt) << raw;
    }
  }
}

TEST(Mapper, IsUsableAgainAfterACorruptRecord) {
  const Mapping mapping = mapping_of("  prompt: {from: 'm[r=s].c', type: text}\n");
  Mapper mapper(mapping);
  Arena arena;
  std::vector<Value> row(2);
  const auto run = [&](std::string raw) {
    raw.reserve(raw.size() + kPagePadding);
    return mapper.map(raw, row, arena);
  };
  EXPECT_THROW(run(R"({"id":"x","m":[{"c":"stale","r":"s","x":nope}]})"), Error);
  EXPECT_THAT(run(R"({"id":"x","m":[{"r":"other","c":"not selected"}]})"), IsEmpty());
  EXPECT_EQ(row[1].tag(), Value::Tag::Null);
  EXPECT_THAT(run(R"({"id":"x","m":[{"r":"s","c":"whole"}]})"), IsEmpty());
  EXPECT_EQ(row[1].tag(), Value::Tag::Text);
}

TEST(Mapper, TransformsRunInTheirOrderOnTheDocumentsValue) {
  const Mapping mapping = mapping_of(R"(  email: {type: text, transform: [trim, lower]}
  up: {type: text, transform: upper}
  open: {from: closed, type: boolean, transform: not}
  tags: {type: text, transform: join}
  words: {type: json, transform: split}
  wait_ms: {from: waitSeconds, type: integer, transform: seconds_to_milliseconds}
  wait_s: {from: waitMs, type: real, transform: milliseconds_to_seconds}
  made: {type: timestamp, transform: epoch_seconds}
  seen: {type: timestamp, transform: epoch_milliseconds}
  note: {type: text, transform: empty_to_null}
)");
  const auto mapped = map(
      mapping,
      R"({"id":"x","email":"  A@B.c ","up":"ab","closed":true,"tags":["a","b"],"words":"x, y","waitSeconds":0.4,"waitMs":1500,"made":1700000000,"seen":1700000000123,"note":""})");
  EXPECT_THAT(mapped.problems, IsEmpty());
  EXPECT_EQ(mapped.cell(mapping, "email"), "text a@b.c");
  EXPECT_EQ(mapped.cell(mapping, "up"), "text AB");
  EXPECT_EQ(mapped.cell(mapping, "open"), "false");
  EXPECT_EQ(mapped.cell(mapping, "tags"), "text a,b");
  EXPECT_EQ(mapped.cell(mapping, "words"), R"(json ["x","y"])");
  EXPECT_EQ(mapped.cell(mapping, "wait_ms"), "400");
  EXPECT_EQ(mapped.cell(mapping, "wait_s"), "real 1.5");
  EXPECT_EQ(mapped.cell(mapping, "made"), "text 2023-11-14T22:13:20.000Z");
  EXPECT_EQ(mapped.cell(mapping, "seen"), "text 2023-11-14T22:13:20.123Z");
  EXPECT_EQ(mapped.cell(mapping, "note"), "null");
  EXPECT_THAT(map(mapping, R"({"id":"x","email":5,"closed":"no","tags":["a,b"]})").unread,
              ElementsAre("email: expected a text", "open: expected true or false", "tags: expected a list of texts without commas"));
}

TEST(Mapper, TransformsOfTheHookAreCalledAndMayReject) {
  const Mapping mapping = mapping_of("  price: {type: integer, transform: cents, derived: true}\n", {"cents"});
  const Transformer cents = [](std::string_view name, const Value& value, Arena&) {
    EXPECT_EQ(name, "cents");
    if (value.tag() != Value::Tag::Real) throw Error(ErrorKind::Rejected, "scripts/x.lua:3: no price");
    return Value::integer(static_cast<std::int64_t>(value.as_real() * 100));
  };
  EXPECT_EQ(map(mapping, R"({"id":"x","price":1.5})", cents).cell(mapping, "price"), "150");
  EXPECT_THAT(map(mapping, R"({"id":"x","price":"?"})", cents).problems, ElementsAre("price: scripts/x.lua:3: no price"));
}

}  // namespace
}  // namespace lockstep
