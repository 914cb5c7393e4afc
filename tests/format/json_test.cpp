// What JSON text is accepted, how it is written, and the laws of its canonical form.
#include "format/json.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "common/error.h"

namespace lockstep {
namespace {

using std::string_view_literals::operator""sv;

std::string refusal(std::string_view text) {
  try {
    json::parse(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Corrupt) << text;
    try {
      json::canonical(text);
      ADD_FAILURE() << "canonical() accepts what parse() refuses: " << text;
    } catch (const Error&) {
    }
    return error.message();
  }
  ADD_FAILURE() << "accepted: " << text;
  return {};
}

TEST(JsonParse, KeepsKeyOrderAndEveryKindOfValue) {
  const Json json = json::parse(R"( {"b" : [1, -2.5, true, false, null], "a": {"x": "y"}, "" : []} )");
  EXPECT_EQ(json::to_text(json), R"({"b":[1,-2.5,true,false,null],"a":{"x":"y"},"":[]})");
}

TEST(JsonParse, NumbersStayWhatTheyAre) {
  EXPECT_EQ(*json::parse("9223372036854775807").integer(), INT64_MAX);
  EXPECT_EQ(*json::parse("-9223372036854775808").integer(), INT64_MIN);
  EXPECT_EQ(json::parse("9223372036854775808").verbatim()->digits, "9223372036854775808");
  EXPECT_EQ(json::parse("12345678901234567890").verbatim()->digits, "12345678901234567890");
  EXPECT_EQ(json::parse("1e400").verbatim()->digits, "1e400");
  EXPECT_EQ(json::parse("1e-400").verbatim()->digits, "1e-400");
  EXPECT_EQ(*json::parse("1.0").real(), 1.0);
  EXPECT_EQ(*json::parse("1e2").real(), 100.0);
  EXPECT_EQ(*json::parse("0.1").real(), 0.1);
  EXPECT_EQ(json::parse("3.14159265358979323846").verbatim()->digits, "3.14159265358979323846");
  EXPECT_EQ(json::to_text(json::parse("[1.0,1,1e20,0.30000000000000004]")), "[1.0,1,1e+20,0.30000000000000004]");
}

TEST(JsonParse, RefusesWhatTheGrammarDoesNotAllow) {
  for (const std::string_view text : {""sv,
                                      " "sv,
                                      "{"sv,
                                      "}"sv,
                                      "["sv,
                                      "]"sv,
                                      "[1"sv,
                                      "[1,"sv,
                                      "[1,]"sv,
                                      "[,1]"sv,
                                      "[1 2]"sv,
                                      "[1:2]"sv,
                                      "[\"a\":1]"sv,
                                      "{\"a\":1,}"sv,
                                      "{\"a\"}"sv,
                                      "{\"a\":}"sv,
                                      "{\"a\":1 \"b\":2}"sv,
                                      "{a:1}"sv,
                                      "{1:1}"sv,
                                      "{\"a\":1]"sv,
                                      "[1}"sv,
                                      "[1]]"sv,
                                      "1 2"sv,
                                      "[][]"sv,
                                      "\"a\"b"sv,
                                      "\"a\"\"b\""sv,
                                      "tru"sv,
                                      "truee"sv,
                                      "True"sv,
                                      "nul"sv,
                                      "NaN"sv,
                                      "Infinity"sv,
                                      "-"sv,
                                      "+1"sv,
                                      "01"sv,
                                      "-01"sv,
                                      "1."sv,
                                      ".5"sv,
                                      "1e"sv,
                                      "1e+"sv,
                                      "0x10"sv,
                                      "1_0"sv,
                                      "'a'"sv,
                                      "\"a"sv,
                                      "\"\\x\""sv,
                                      "\"\\u12\""sv,
                                      "\"\\u12g4\""sv,
                                      "\"\\"sv,
                                      "\"a\nb\""sv,
                                      "\"a\tb\""sv,
                                      "// c\n1"sv,
                                      "/* */1"sv,
                                      "[1]\0"sv,
                                      "\0"sv,
                                      "\x0C[1]"sv,
                                      "[1\x1A"sv,
                                      "\xEF\xBB\xBF[1]"sv,
                                      "[\xA0]"sv,
                                      ":"sv,
                                      ","sv,
                                      "\"\xFF\""sv,
                                      "\"\xC0\x80\""sv,
                                      "\"\xED\xA0\x80\""sv}) {
    EXPECT_NE(refusal(text), "");
  }
}

TEST(JsonParse, HalfASurrogatePairIsSpelledBackAsItCame) {
  for (const char* text : {R"("\ud800")", R"("\udc00")", R"("\ud800x")", R"("\ud800\n")", R"("\ud800\ud800")", R"("\udc00\udc00")",
                           R"({"\udfff":1})", R"("a\ud83d b\u0000")"}) {
    EXPECT_EQ(json::to_text(json::parse(text)), text);
    EXPECT_EQ(json::canonical(std::string_view(text)), text);
  }
  EXPECT_EQ(json::canonical(R"("\uD800\u0041")"sv), R"("\ud800A")");
  EXPECT_EQ(*json::parse(R"("\ud83d\ude00")").text(), "\xF0\x9F\x98\x80");
  refusal(R"({"\ud800":1,"\uD800":2})");
}

TEST(JsonParse, ReadsEveryEscape) {
  EXPECT_EQ(*json::parse(R"("\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC")").text(), "\"\\/\b\f\n\r\tA\u00e9\u20ac");
  EXPECT_EQ(*json::parse(R"("a\u0000b")").text(), "a\0b"sv);
}

TEST(JsonParse, RefusesDuplicateKeysAlsoWhenSpelledDifferently) {
  EXPECT_EQ(refusal(R"({"a":1,"a":2})"), R"(not JSON at byte 13: the object before holds the key "a" twice)");
  refusal(R"({"a":1,"b":2,"a":3})");
  refusal(R"({"a":1,"\u0061":2})");
  refusal(R"([{"x":{"k":1,"k":1}}])");
  refusal(R"({"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"a":1})");
}

TEST(JsonParse, SaysAtWhichByteATextWentWrong) {
  EXPECT_EQ(refusal(R"({"a": 1, "b": nope})"), "not JSON at byte 14: no value starts like this");
  EXPECT_EQ(refusal("[1, 2"), "not JSON at byte 5: a comma or ] is missing");
  EXPECT_EQ(refusal("[1] x"), "not JSON at byte 4: something follows the value");
}

TEST(JsonParse, DepthIsCapped) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_NO_THROW(json::parse(nested(json::kMaxDepth)));
  refusal(nested(json::kMaxDepth + 1));
  refusal(nested(200'000));
}

TEST(JsonParse, NeedsNoPaddingAndStopsAtTheEnd) {
  const std::string text = "[1,2]garbage";
  EXPECT_EQ(json::to_text(json::parse(std::string_view(text).substr(0, 5))), "[1,2]");
  EXPECT_EQ(*json::parse(std::string_view("123").substr(0, 2)).integer(), 12);
}

TEST(JsonWrite, PrettyTextIsIndentedByTwo) {
  EXPECT_EQ(json::to_pretty(json::parse(R"({"a":[1,{}],"b":[]})")), "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}

TEST(JsonWrite, EscapesOnlyWhatMustBe) {
  EXPECT_EQ(json::quote("a\"\\/\b\f\n\r\t\x01\x7F\u00e9"), "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7F\u00e9\"");
}

TEST(JsonWrite, IllFormedTextIsRepairedSoThatTheResultIsJson) {
  EXPECT_EQ(json::quote("a\xFF\xC3z"), "\"a\xEF\xBF\xBD\xEF\xBF\xBDz\"");
  EXPECT_EQ(json::quote("\u00e9\xFF"), "\"\u00e9\xEF\xBF\xBD\"");
}

TEST(JsonWrite, WhatJsonCannotSayIsRefused) {
  EXPECT_THROW(json::to_text(Json(1e308 * 10)), Error);
  EXPECT_THROW(json::to_text(Json(-(1e308 * 10) + 1e308 * 10)), Error);
}

class Canonical : public testing::TestWithParam<std::tuple<std::string_view, std::string_view>> {};

TEST_P(Canonical, EqualMeaningGivesEqualBytes) {
  const auto& [text, expected] = GetParam();
  EXPECT_EQ(json::canonical(text), expected);
  EXPECT_EQ(json::canonical(expected), expected) << "not idempotent";
  EXPECT_EQ(json::canonical(json::parse(text)), expected) << "the tree's canonical form differs";
}

INSTANTIATE_TEST_SUITE_P(
    Spellings, Canonical,
    testing::Values(
        std::tuple(R"( { "b" : 1 , "a" : [ 2 , 3 ] } )", R"({"a":[2,3],"b":1})"),
        std::tuple(R"({"b":{"d":1,"c":2},"a":{}})", R"({"a":{},"b":{"c":2,"d":1}})"),
        std::tuple(R"({"a!":1,"a":2,"a b":3,"":4})", R"({"":4,"a":2,"a b":3,"a!":1})"), std::tuple("[]", "[]"), std::tuple("{}", "{}"),
        std::tuple("[[],{},[[]]]", "[[],{},[[]]]"), std::tuple("\"off\"", "\"off\""), std::tuple("null", "null"), std::tuple("1.0", "1"),
        std::tuple("1e0", "1"), std::tuple("-0", "0"), std::tuple("-0.0", "0"), std::tuple("0e5", "0"), std::tuple("600.0", "600"),
        std::tuple("6E2", "600"), std::tuple("1e18", "1000000000000000000"), std::tuple("9223372036854775807.0", "9223372036854775807"),
        std::tuple("0.50", "0.5"), std::tuple("5e-1", "0.5"), std::tuple("-12.340", "-12.34"), std::tuple("0.0001", "1e-04"),
        std::tuple("1e-4", "1e-04"), std::tuple("1e20", "1e+20"), std::tuple("100000000000000000000", "1e+20"),
        std::tuple("12345678901234567890", "12345678901234567890"), std::tuple("12345678901234567890.0", "12345678901234567890"),
        std::tuple("1.234567890123456789e19", "12345678901234567890"), std::tuple("1E400", "1e400"), std::tuple("10e399", "1e400"),
        std::tuple("1E-400", "1e-400"), std::tuple("3.14159265358979323846", "3.14159265358979323846"),
        std::tuple("0.99999999999999999999", "0.99999999999999999999"), std::tuple("1.0000000000000000050", "1.000000000000000005"),
        std::tuple("-100000000000000000.5e-17", "-1.000000000000000005"), std::tuple("1000000000000000.00001", "1000000000000000.00001"),
        std::tuple("0.00000000000000000000123456789012345678901", "0.00000000000000000000123456789012345678901"),
        std::tuple("1E99999999999999999999", "1e99999999999999999999"),
        std::tuple("123456789012345678901234.5", "123456789012345678901234.5"), std::tuple(R"("\/\u00e9\n")", "\"/\u00e9\\n\""),
        std::tuple(R"("\u000A\u001F")", R"("\n\u001f")"), std::tuple(R"({"\u0062":1,"a":2})", R"({"a":2,"b":1})")));

TEST(JsonValue, ScalarsBecomeTheirValueAndBack) {
  Arena arena;
  EXPECT_EQ(json::to_value(json::parse("5"), arena).as_integer(), 5);
  EXPECT_EQ(json::to_value(json::parse("5.0"), arena).tag(), Value::Tag::Real);
  EXPECT_EQ(json::to_value(json::parse("1e400"), arena).tag(), Value::Tag::Number);
  EXPECT_EQ(json::to_value(json::parse("null"), arena).tag(), Value::Tag::Null);
  EXPECT_EQ(json::to_value(json::parse("\"x\""), arena).as_view(), "x");
  EXPECT_EQ(json::to_value(json::parse(R"({"b":1,"a":1.0})"), arena).as_view(), R"({"a":1,"b":1})");
  for (const std::string_view text : {"null", "true", "5", "5.0", "1e400", "\"x\"", "[1,2]", R"({"a":1})"}) {
    EXPECT_EQ(json::from_value(json::to_value(json::parse(text), arena)), json::parse(text)) << text;
  }
  EXPECT_TRUE(json::from_value(Value()).is_null());
  EXPECT_EQ(*json::from_value(Value::json("\"off\"")).text(), "off");
}

}  // namespace
}  // namespace lockstep
