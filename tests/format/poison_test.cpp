// Poisoned texts: what is meant to hang, to overflow or to be read in two ways.
#include <gmock/gmock.h>

#include "common/error.h"
#include "format/json.h"
#include "loaded.h"

namespace lockstep {
namespace {

using namespace std::string_literals;
using test::load;
using test::Loaded;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// ---- JSON ----

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

bool is_json(std::string_view text) {
  bool read = true;
  try {
    json::parse(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Corrupt);
    EXPECT_LT(error.message().size(), 500U) << "a reason is short, however long the text";
    read = false;
  }
  bool canonical = true;
  try {
    json::canonical(text);
  } catch (const Error&) {
    canonical = false;
  }
  EXPECT_EQ(read, canonical) << text.substr(0, 100);
  return read;
}

TEST(PoisonedJson, NumbersOfAnyLengthAreKeptOrRefusedAtOnce) {
  for (const std::string& number :
       {repeated("9", 1'000'000), "-" + repeated("1", 1'000'000), "0." + repeated("0", 1'000'000) + "1", "1" + repeated("0", 1'000'000),
        "1e" + repeated("9", 1'000'000), "1e-" + repeated("9", 1'000'000), "0e" + repeated("9", 1'000'000), "1e-9223372036854775808"s,
        "1e9223372036854775807"s, "1e9223372036854775808"s, "0.1e-9223372036854775808"s, repeated("1", 1000) + "e-1000"s}) {
    ASSERT_TRUE(is_json(number)) << number.substr(0, 30);
    const Json json = json::parse(number);
    EXPECT_EQ(json::parse(json::to_text(json)), json) << number.substr(0, 30);
    const std::string canonical = json::canonical(std::string_view(number));
    EXPECT_EQ(json::canonical(std::string_view(canonical)), canonical) << number.substr(0, 30);
    EXPECT_EQ(json::canonical(json), canonical) << number.substr(0, 30);
  }
  for (const std::string& number :
       {repeated("0", 1000), "1" + repeated(".", 1000), "-" + repeated("-", 1000) + "1", "1e" + repeated("+", 1000),
        "1" + repeated("_0", 1000), "0x" + repeated("f", 1000), "1e1.5"s, "1.e1"s, "\xC2\xBD"s}) {
    EXPECT_FALSE(is_json(number)) << number.substr(0, 30);
  }
}

TEST(PoisonedJson, NestingOfAnyKindIsRefused) {
  for (const std::string& text : {repeated("[", 1'000'000), repeated("{\"a\":", 1'000'000), repeated("[{\"a\":", 500'000),
                                  repeated("[", 1'000'000) + repeated("]", 1'000'000), repeated("]", 1'000'000), repeated("[]", 500'000)}) {
    EXPECT_FALSE(is_json(text)) << text.substr(0, 30);
  }
}

TEST(PoisonedJson, ManyMembersAreReadAndTwinsAmongThemFound) {
  std::string text = "{";
  for (int i = 0; i < 50'000; ++i) text += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  EXPECT_TRUE(is_json(text + "\"last\":0}"));
  EXPECT_FALSE(is_json(text + "\"k7\":0}"));
  EXPECT_FALSE(is_json(text + "\"\\u006b7\":0}"));
}

TEST(PoisonedJson, StringsThatAreNoTextAreRefused) {
  for (const std::string& text : {"\"\xF4\x90\x80\x80\""s, "\"\xF8\x88\x80\x80\x80\""s, "\"\xC1\xBF\""s, "\"\xE2\x82\""s, "\"\x80\""s,
                                  "\"a\0b\""s, "\"\x7f\x1f\""s, R"("\u{41}")"s, R"("\u-041")"s, R"("\0")"s, "\"\\\0\""s, "\"\\\n\""s,
                                  "\xFE\xFF\0[\0]"s, "[1]\xEF\xBB\xBF"s, "\"" + repeated("\\", 999'999) + "\""}) {
    EXPECT_FALSE(is_json(text)) << text.substr(0, 30);
  }
  EXPECT_TRUE(is_json("\"" + repeated("\\\\", 500'000) + "\""));
  EXPECT_TRUE(is_json("\"\x7f\xEF\xBB\xBF\xF4\x8F\xBF\xBF\\u0000\\uFFFF\""));
}

// ---- YAML ----

TEST(PoisonedYaml, OddNumbersAreNoNumbers) {
  for (const char* word : {"0o17",      "0x1F",
                           "0b11",      "1_000",
                           "+5",        "--1",
                           "1e400",     "-1e400",
                           ".inf",      "-.inf",
                           ".Inf",      "inf",
                           "Infinity",  ".nan",
                           "NaN",       "nan",
                           "190:20:30", "12:30",
                           "1,5",       "1 000",
                           "010",       "-007",
                           "00",        "1e",
                           "1.5.2",     "9223372036854775808",
                           "0x",        "\u0661\u0662",
                           "1f",        "5%",
                           "yes",       "~",
                           "''"}) {
    Loaded loaded = load(std::string("v: ") + word + "\n");
    ASSERT_THAT(loaded.problems.errors(), IsEmpty()) << word;
    EXPECT_EQ(yaml::as_integer(loaded.root["v"], loaded.problems), std::nullopt) << word;
    EXPECT_THAT(loaded.problems.errors(), ElementsAre(testing::StartsWith("a.yaml:1:4: expected an integer"))) << word;
  }
  for (const char* word : {"0o17", "0x1F", "1_000", "+1.5", "1e400", "-1e400", ".inf", "-.inf", ".nan", "inf", "nan", "Infinity", "NAN",
                           "0x1p3", "1,5", "01.5", "1e", "'1.5'"}) {
    Loaded loaded = load(std::string("v: ") + word + "\n");
    EXPECT_EQ(yaml::as_real(loaded.root["v"], loaded.problems), std::nullopt) << word;
    EXPECT_EQ(loaded.problems.errors().size(), 1U) << word;
  }
}

TEST(PoisonedYaml, OnlyTrueAndFalseAreTruthValues) {
  for (const char* word : {"yes",  "no",    "on", "off", "y",      "n",         "Yes", "NO",   "On", "OFF",  "True",
                           "TRUE", "False", "1",  "0",   "'true'", "\"false\"", "~",   "null", "t",  "truee"}) {
    Loaded loaded = load(std::string("v: ") + word + "\n");
    ASSERT_THAT(loaded.problems.errors(), IsEmpty()) << word;
    EXPECT_EQ(yaml::as_boolean(loaded.root["v"], loaded.problems), std::nullopt) << word;
    EXPECT_THAT(loaded.problems.errors(), ElementsAre(testing::StartsWith("a.yaml:1:4: expected true or false"))) << word;
  }
}

TEST(PoisonedYaml, WhatIsReadInTwoWaysIsAMistake) {
  for (const std::string& text : {"a: &x 1\nb: *x\n"s,
                                  "a: *undefined\n"s,
                                  "&a a: 1\n"s,
                                  "<<: {a: 1}\n"s,
                                  "a: {<<: [*x, *y]}\n"s,
                                  "a: !!python/object/apply:os.system [x]\n"s,
                                  "!!map {a: 1}\n"s,
                                  "a: !<tag:yaml.org,2002:str> 1\n"s,
                                  "a: !!binary aGk=\n"s,
                                  "a: !!float 1\n"s,
                                  "a: !local\n"s,
                                  "a: 1\n---\nb: 2\n"s,
                                  "---\n---\na: 1\n"s,
                                  "a: 1\n...\nb: 2\n"s,
                                  "? [a]\n: 1\n"s,
                                  "? {a: 1}\n: 1\n"s,
                                  "{[a]: 1}\n"s,
                                  "~: 1\n"s,
                                  "a: 1\na: 2\n"s,
                                  "a: 1\n'a': 2\n"s,
                                  "{a, a}\n"s,
                                  "a:\n\t- 1\n"s,
                                  "\ta: 1\n"s,
                                  "a: 'x\n"s,
                                  "a: \"\\q\"\n"s,
                                  "a: \"\\ud800\"\n"s,
                                  "a: @x\n"s,
                                  "a: `x`\n"s,
                                  "a: %x\n"s,
                                  "- a\nb: 1\n"s,
                                  "a: [1, 2\n"s,
                                  "a: {b: 1\n"s,
                                  "a: b: c\n"s,
                                  "a: 'x' y\n"s,
                                  "%YAML 9.9\n---\na: 1\n"s,
                                  "%TAG ! tag:x,2000:\n---\na: !b 1\n"s}) {
    EXPECT_FALSE(load(text).problems.empty()) << text;
  }
}

TEST(PoisonedYaml, BytesThatAreNoTextAreAMistake) {
  for (const std::string& text :
       {"a: caf\xE9\n"s, "a: \xED\xA0\x80\n"s, "\xFF\xFE" + "a\0:\0"s, "\xFE\xFF\0a"s, "a: \xC0\x80\n"s, "a: \xF5\x80\x80\x80\n"s}) {
    EXPECT_FALSE(load(text).problems.empty()) << text;
  }
}

TEST(PoisonedYaml, ManyKeysOfOneMapAreReadAtOnce) {
  std::string text;
  for (int i = 0; i < 30'000; ++i) text += "key" + std::to_string(i) + ": 1\n";
  EXPECT_THAT(load(text).problems.errors(), IsEmpty());
  EXPECT_THAT(load(text + "key5: 2\n").problems.errors(),
              ElementsAre("a.yaml:30001:1: \"key5\" is given twice; the first one is in line 6"));
}

TEST(PoisonedYaml, EndsHoweverItIsRepeated) {
  for (const char* piece :
       {"[",     "{",  "{a: ",  "- ",   "? ", "a: ", "[{", "- - [", "!",  "&a ", "*a ", "|\n",          ">\n", "'", "\"", "#", "%", "---\n",
        "...\n", "${", "${A:-", "<<: ", ", ", "]",   "}",  "a:\n ", "\\", "\n",  "\r",  "\xEF\xBB\xBF", "? - "}) {
    const Loaded loaded = load(repeated(piece, 20'000));
    for (const std::string& error : loaded.problems.errors()) EXPECT_THAT(error, testing::StartsWith("a.yaml:")) << piece;
  }
}

}  // namespace
}  // namespace lockstep
