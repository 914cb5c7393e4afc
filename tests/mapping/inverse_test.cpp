// Rows → documents, and what is refused before anything is sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.h"

namespace lockstep {
namespace {

using test::mapping_of;
using testing::ElementsAre;
using testing::IsEmpty;

std::string laid(const Mapping& mapping, std::string_view column, const Value& value, std::string_view document,
                 const Transformer& transformer = {}) {
  Json json = json::parse(document);
  lay(mapping, mapping.find(column).value(), value, json, transformer);
  return json::to_text(json);
}

const Mapping& plain() {
  static const Mapping mapping = mapping_of(R"(  name: text
  model: json
  temperature: {from: model.temperature, type: real}
  prompt: {from: "model.messages[role=system].content", type: text}
  enabled: {from: plan.enabled, type: boolean}
  type: {from: metadata.type, type: enum, values: [demo, production], default: demo}
  silence_timeout_seconds: integer
  made: timestamp
)");
  return mapping;
}

TEST(Lay, SetsTopLevelNestedAndSelectedValues) {
  EXPECT_EQ(laid(plain(), "name", Value::text("n"), R"({"a":1})"), R"({"a":1,"name":"n"})");
  EXPECT_EQ(laid(plain(), "temperature", Value::real(0.5), R"({"model":{"provider":"x"}})"),
            R"({"model":{"provider":"x","temperature":0.5}})");
  EXPECT_EQ(laid(plain(), "temperature", Value::real(1.0), "{}"), R"({"model":{"temperature":1}})");
  EXPECT_EQ(laid(plain(), "prompt", Value::text("p"), R"({"model":{"messages":[{"role":"user"},{"role":"system","content":"o","x":1}]}})"),
            R"({"model":{"messages":[{"role":"user"},{"role":"system","content":"p","x":1}]}})");
  EXPECT_EQ(laid(plain(), "prompt", Value::text("p"), "{}"), R"({"model":{"messages":[{"role":"system","content":"p"}]}})");
  EXPECT_EQ(laid(plain(), "model", Value::json(R"({"b":12345678901234567890})"), R"({"model":1})"),
            R"({"model":{"b":12345678901234567890}})");
}

TEST(Lay, TakesCellsAsADatabaseGivesThem) {
  EXPECT_EQ(laid(plain(), "enabled", Value::integer(1), "{}"), R"({"plan":{"enabled":true}})");
  EXPECT_EQ(laid(plain(), "model", Value::text(R"({"b": 1, "a": 2})"), "{}"), R"({"model":{"a":2,"b":1}})");
  EXPECT_EQ(laid(plain(), "temperature", Value::text("0.5"), "{}"), R"({"model":{"temperature":0.5}})");
  EXPECT_EQ(laid(plain(), "made", Value::text("2026-11-21 02:24:23"), "{}"), R"({"made":"2026-11-21T02:24:23.000Z"})");
  EXPECT_THROW(laid(plain(), "model", Value::text("{broken"), "{}"), Error);
  EXPECT_THROW(laid(plain(), "enabled", Value::text("maybe"), "{}"), Error);
}

TEST(Lay, NullIsNullOnTopAndRemovesInside) {
  EXPECT_EQ(laid(plain(), "name", Value::null(), R"({"name":"n"})"), R"({"name":null})");
  EXPECT_EQ(laid(plain(), "temperature", Value::null(), R"({"model":{"a":1,"temperature":1}})"), R"({"model":{"a":1}})");
  EXPECT_EQ(laid(plain(), "prompt", Value::null(), R"({"model":{"messages":[{"role":"system","content":"o"},{"role":"user"}]}})"),
            R"({"model":{"messages":[{"role":"user"}]}})");
  EXPECT_EQ(laid(plain(), "name", Value::null(), "{}"), "{}");
  EXPECT_EQ(laid(plain(), "temperature", Value(), R"({"model":"off"})"), R"({"model":"off"})");
}

TEST(Lay, NullIsRefusedWhereAnotherElementWouldBeReadInItsPlace) {
  const std::string two = R"({"model":{"messages":[{"role":"system","content":"o"},{"role":"system","content":"p"}]}})";
  EXPECT_THROW(laid(plain(), "prompt", Value::null(), two), Error);
  EXPECT_EQ(laid(plain(), "prompt", Value::text("q"), two),
            R"({"model":{"messages":[{"role":"system","content":"q"},{"role":"system","content":"p"}]}})");
  EXPECT_EQ(laid(plain(), "prompt", Value::null(), R"({"model":{"messages":[{"role":"system","content":"o"},{"role":"system"}]}})"),
            R"({"model":{"messages":[{"role":"system"}]}})");
}

TEST(Lay, NullDoesNotRemoveWhatItsFieldCouldNotTake) {
  const std::string document = R"({"model":{"temperature":"warm"}})";
  EXPECT_EQ(laid(plain(), "temperature", Value::null(), document), document);
}

TEST(Lay, ADefaultIsNotWrittenWhereTheDocumentHasNothing) {
  EXPECT_EQ(laid(plain(), "type", Value::text("demo"), R"({"metadata":{"a":1}})"), R"({"metadata":{"a":1}})");
  EXPECT_EQ(laid(plain(), "type", Value::text("production"), R"({"metadata":{"a":1}})"), R"({"metadata":{"a":1,"type":"production"}})");
  EXPECT_EQ(laid(plain(), "type", Value::text("demo"), R"({"metadata":{"type":"production"}})"), R"({"metadata":{"type":"demo"}})");
}

TEST(Lay, ALegacyKeyIsWrittenOnlyWhereItStands) {
  EXPECT_EQ(laid(plain(), "silence_timeout_seconds", Value::integer(30), "{}"), "{}");
  EXPECT_EQ(laid(plain(), "silence_timeout_seconds", Value::integer(30), R"({"silenceTimeoutSeconds":20})"),
            R"({"silenceTimeoutSeconds":30})");
}

TEST(Lay, ATextThatCameFromANumberGoesBackAsOne) {
  EXPECT_EQ(laid(plain(), "name", Value::text("6"), R"({"name":5})"), R"({"name":6})");
  EXPECT_EQ(laid(plain(), "name", Value::text("six"), R"({"name":5})"), R"({"name":"six"})");
  EXPECT_EQ(laid(plain(), "name", Value::text("false"), R"({"name":true})"), R"({"name":false})");
  EXPECT_EQ(laid(plain(), "name", Value::text("6"), R"({"name":"5"})"), R"({"name":"6"})");
}

TEST(Lay, WhatStandsInTheWayIsAConflict) {
  try {
    laid(plain(), "temperature", Value::real(1), R"({"model":"off"})");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Conflict);
  }
}

TEST(Lay, NullOverWhatReadsAsNothingChangesNothing) {
  const Mapping mapping = mapping_of(
      "  n: integer\n  made: {type: timestamp, transform: epoch_seconds}\n  at: timestamp\n  e: {type: enum, values: [a]}\n  t: text\n");
  const std::string standing = R"({"n":"many","made":0,"at":"","e":"b","t":"x"})";
  for (const char* column : {"n", "made", "at", "e"}) EXPECT_EQ(laid(mapping, column, Value::null(), standing), standing) << column;
  EXPECT_EQ(laid(mapping, "t", Value::null(), standing), R"({"n":"many","made":0,"at":"","e":"b","t":null})");
}

TEST(Lay, TransformsAreUndoneInReverse) {
  const Mapping mapping = mapping_of(R"(  open: {from: closed, type: boolean, transform: not}
  tags: {type: text, transform: join}
  wait_ms: {from: waitSeconds, type: integer, transform: seconds_to_milliseconds}
  made: {type: timestamp, transform: epoch_seconds}
  email: {type: text, transform: [trim, lower]}
  price: {type: integer, transform: [cents, plus]}
)",
                                     {"cents", "cents_inverse", "plus", "plus_inverse"});
  EXPECT_EQ(laid(mapping, "open", Value::boolean(true), "{}"), R"({"closed":false})");
  EXPECT_EQ(laid(mapping, "tags", Value::text("a,b"), "{}"), R"({"tags":["a","b"]})");
  EXPECT_EQ(laid(mapping, "wait_ms", Value::integer(400), "{}"), R"({"waitSeconds":0.4})");
  EXPECT_EQ(laid(mapping, "made", Value::text("2023-11-14T22:13:20.000Z"), "{}"), R"({"made":1700000000})");
  EXPECT_EQ(laid(mapping, "email", Value::text("a@b.c"), "{}"), R"({"email":"a@b.c"})");
  std::vector<std::string> called;
  const Transformer transformer = [&](std::string_view name, const Value& value, Arena&) {
    called.emplace_back(name);
    return value;
  };
  laid(mapping, "price", Value::integer(5), "{}", transformer);
  EXPECT_THAT(called, ElementsAre("plus_inverse", "cents_inverse"));
}

TEST(ToDocument, HoldsEveryExportableFieldAndNothingElse) {
  const Mapping mapping = mapping_of(R"(  org_id: text
  temperature: {from: model.temperature, type: real}
  model: json
  copy: {from: name, type: text, derived: true}
  name: text
  silence_timeout_seconds: integer
  empty: text
  type: {from: metadata.type, type: enum, values: [demo], default: demo}
)");
  const std::vector<Value> row{
      Value::text("remote"), Value::text("org"),  Value::real(0.5),  Value::json(R"({"provider":"x","temperature":0.7})"),
      Value::text("copy"),   Value::text("name"), Value::integer(3), Value::null(),
      Value::text("demo")};
  EXPECT_EQ(json::canonical(to_document(mapping, row)),
            R"({"metadata":{"type":"demo"},"model":{"provider":"x","temperature":0.5},"name":"name"})");
}

TEST(Validate, TellsEverythingThatTheRulesRefuse) {
  const Mapping mapping = mapping_of(R"(  name: {type: text, required: true, min_length: 2, max_length: 4}
  n: {type: integer, min: 10, max: 20}
  r: {type: real, max: 0.5}
  kind: {type: enum, values: [a, b]}
  model: json
  on: {type: boolean}
  org_id: {type: text, required: true}
)");
  const auto problems = [&](std::vector<Value> row) {
    std::vector<std::string> out;
    for (const FieldProblem& problem : validate(mapping, row)) out.push_back(problem.message);
    return out;
  };
  const auto row = [](Value name, Value n, Value r, Value kind, Value model, Value on) {
    return std::vector<Value>{Value::null(), name, n, r, kind, model, on, Value::null()};
  };
  EXPECT_THAT(problems(row(Value::text("\u00e9\u00e9\u00e9\u00e9"), Value::integer(10), Value::real(0.5), Value::text("a"),
                           Value::text("[1]"), Value::integer(0))),
              IsEmpty());
  EXPECT_THAT(problems(row(Value::null(), Value::integer(5), Value::real(0.6), Value::text("c"), Value::text("{"), Value::text("yes"))),
              ElementsAre("name: is required", "n: 5 is less than 10", "r: 0.6 is more than 0.5", "kind: expected one of a, b, not \"c\"",
                          "model: not JSON at byte 1: a member's name in quotes is missing", "on: expected true or false, not \"yes\""));
  EXPECT_THAT(problems(row(Value::text("abcde"), Value::integer(21), {}, {}, {}, {})),
              ElementsAre("name: 5 characters are more than 4", "n: 21 is more than 20"));
  EXPECT_THAT(problems(row(Value::text("a"), Value::text("x"), {}, {}, {}, {})),
              ElementsAre("name: 1 characters are fewer than 2", "n: expected an integer, not \"x\""));
  EXPECT_THAT(problems(row(Value::text("a\xff"), {}, {}, {}, {}, {})), ElementsAre("name: the text is not valid UTF-8"));
}

TEST(Lay, WhatAConverterMakesTheSameCellOfStays) {
  const Mapping mapping = mapping_of("  mode: {from: model.mode, type: text, transform: lower}\n");
  Json document = json::parse(R"({"model":{"mode":"Fast"}})");
  lay(mapping, 1, Value::text("fast"), document);
  EXPECT_EQ(json::to_text(document), R"({"model":{"mode":"Fast"}})");
  lay(mapping, 1, Value::text("slow"), document);
  EXPECT_EQ(json::to_text(document), R"({"model":{"mode":"slow"}})");
}

TEST(Validate, SecretsAreNotQuoted) {
  const Mapping mapping = mapping_of("  secret: {from: server.secret, type: integer}\n");
  const std::vector<Value> row{Value::null(), Value::text("hunter2")};
  ASSERT_EQ(validate(mapping, row).size(), 1U);
  EXPECT_EQ(validate(mapping, row)[0].message, "secret: expected an integer, not what is there");
}

}  // namespace
}  // namespace lockstep
