// Paths: their spelling, what they find, make and remove, and which of them may meet.
#include "format/path.h"

#include <gtest/gtest.h>

#include "common/error.h"
#include "format/json.h"

namespace lockstep {
namespace {

std::string mistake(std::string_view text) {
  try {
    Path::parse(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Invalid);
    return error.message();
  }
  return "accepted";
}

TEST(Path, IsSpelledBackAsItWasRead) {
  for (const char* text : {"id", "model.temperature", "model.messages[role=system].content", "tools[0].name", "a.\"b.c\".d",
                           "a[\"x.y\"=1].b", "a[k=\"x]y\"]", "model.tools.*.server.secret", "a[12]", "a.\"\"", "a.\"*\""}) {
    EXPECT_EQ(Path::parse(text).text(), text);
    EXPECT_EQ(Path::parse(Path::parse(text).text()), Path::parse(text));
  }
}

TEST(Path, KeysOfAnyNameHaveThreeSpellings) {
  const Path path = Path::parse("labels.\"app.kubernetes.io/name\"");
  EXPECT_EQ(path.steps().size(), 2U);
  for (const char* text : {"labels['app.kubernetes.io/name']", "labels[\"app.kubernetes.io/name\"]", "labels.'app.kubernetes.io/name'",
                           "labels.app\\.kubernetes\\.io\\/name", "['labels'][\"app.kubernetes.io/name\"]"}) {
    EXPECT_EQ(Path::parse(text), path) << text;
  }
  EXPECT_EQ(path.text(), "labels.\"app.kubernetes.io/name\"");
  EXPECT_EQ(Path::parse("a['x.y'=1].b"), Path::parse("a[\"x.y\"=1].b"));
}

TEST(Path, ANameWithASlashIsNotTakenForSeveral) {
  EXPECT_EQ(mistake("labels.app.kubernetes.io/name"),
            "path \"labels.app.kubernetes.io/name\": put quotes around a key that holds a slash: a.\"b.c/d\"; at character 25");
  EXPECT_NE(mistake("a.b\\"), "accepted");
  EXPECT_NE(mistake("a['b]"), "accepted");
  EXPECT_NE(mistake("a[\"b\"x]"), "accepted");
}

TEST(Path, WhatTheDocumentHoldsUnderOneNameIsNotSplit) {
  Json document = json::parse(R"({"labels":{"app.name":"web"}})");
  EXPECT_THROW(Path::parse("labels.app.name").reach(document), Error);
  EXPECT_EQ(json::to_text(document), R"({"labels":{"app.name":"web"}})");
  Path::parse("labels.other.name").reach(document) = 1;
  EXPECT_EQ(json::to_text(document), R"({"labels":{"app.name":"web","other":{"name":1}}})");
}

TEST(Path, EraseEachRemovesFromEveryElement) {
  const auto erased = [](std::string_view path, std::string_view text) {
    Json document = json::parse(text);
    Path::parse(path).erase_each(document);
    return json::to_text(document);
  };
  EXPECT_EQ(erased("a.*.b", R"({"a":[{"b":1,"c":2},{"b":3},7]})"), R"({"a":[{"c":2},{},7]})");
  EXPECT_EQ(erased("a.*.b", R"({"a":{"x":{"b":1}}})"), R"({"a":{"x":{}}})");
  EXPECT_EQ(erased("a.b", R"({"a":{"b":1,"c":2}})"), R"({"a":{"c":2}})");
  EXPECT_EQ(erased("a.b.c", R"({"a":1})"), R"({"a":1})");
}

TEST(PathKeys, AreThoseOfMembersAlone) {
  EXPECT_EQ(path_keys("a.\"b.c\".*.d"), (std::vector<std::string>{"a", "b.c", "*", "d"}));
  EXPECT_THROW(path_keys("a[0].b"), Error);
  EXPECT_THROW(path_keys("a..b"), Error);
}

TEST(Path, MistakesNameTheCharacter) {
  EXPECT_EQ(mistake(""), "path \"\": a key is missing at character 1");
  EXPECT_EQ(mistake("a..b"), "path \"a..b\": a key is missing at character 3");
  EXPECT_EQ(mistake("a."), "path \"a.\": a key is missing at character 3");
  EXPECT_EQ(mistake("a b"), "path \"a b\": a dot or a bracket is missing at character 2");
  EXPECT_EQ(mistake("a[b]"), "path \"a[b]\": [\"key\"], [key=value] or [number] is missing at character 3");
  EXPECT_EQ(mistake("a[b=c"), "path \"a[b=c\": a bracket is not closed at character 6");
  EXPECT_EQ(mistake("a[b=]"), "path \"a[b=]\": a value is missing at character 5");
  EXPECT_EQ(mistake("a.\"b"), "path \"a.\"b\": a quote is not closed at character 5");
  EXPECT_NE(mistake("[0]"), "accepted");
  EXPECT_NE(mistake("*.a"), "accepted");
  EXPECT_EQ(mistake("a[*=x]"), "path \"a[*=x]\": * selects no element; put quotes around a key of that name at character 3");
  EXPECT_EQ(mistake("a[\"*\"=x]"), "accepted");
}

TEST(Path, PoisonIsRefusedInFewWords) {
  const auto repeated = [](std::string_view text, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += text;
    return out;
  };
  // No record is nested so deep; what follows such a path would run out of stack.
  EXPECT_EQ(mistake("a" + repeated(".a", json::kMaxDepth - 1)), "accepted");
  EXPECT_NE(mistake("a" + repeated(".a", json::kMaxDepth)).find("nested deeper than 200 levels"), std::string::npos);
  using namespace std::string_literals;
  for (const std::string& text :
       {repeated("a.", 1'000'000), "a" + repeated("[0]", 1'000'000), "a" + repeated("[b=", 100'000), "a[99999999999999999999999999]"s,
        "a[-1]"s, "a[+1]"s, "a[0x1]"s, "a[1e3]"s, "a[ 1]"s, "a[]"s, "a]"s, "a\"b"s, "a.b c"s, "\"a"s, "a[\"b=c]"s, "=a"s, "a="s, "."s}) {
    const std::string told = mistake(text);
    EXPECT_NE(told, "accepted") << text.substr(0, 50);
    EXPECT_LT(told.size(), 1000U) << told.substr(0, 200);
  }
  // Odd, but a key may be so.
  for (const std::string& text :
       {"\n"s, "a\0b"s, "\xC3\xA9"s, "\xff"s, "a\x1b[0]"s, repeated("k", 1'000'000), "a[18446744073709551615]"s}) {
    EXPECT_EQ(mistake(text), "accepted");
    EXPECT_EQ(Path::parse(Path::parse(text).text()), Path::parse(text));
  }
  EXPECT_EQ(mistake("a\x1b[2J]").find('\x1b'), std::string::npos) << "nothing that steers a terminal is quoted";
}

TEST(Path, FindsMembersElementsAndSelections) {
  const Json document = json::parse(R"({"a":{"b.c":1},"l":[{"r":"x","v":1},{"r":"y","v":2},{"r":"y","v":3}],"n":null})");
  const auto found = [&](std::string_view path) {
    const Json* json = Path::parse(path).find(document);
    return json == nullptr ? std::string("-") : json::to_text(*json);
  };
  EXPECT_EQ(found("a.\"b.c\""), "1");
  EXPECT_EQ(found("l[r=y].v"), "2");
  EXPECT_EQ(found("l[0].v"), "1");
  EXPECT_EQ(found("l[3]"), "-");
  EXPECT_EQ(found("l[r=z]"), "-");
  EXPECT_EQ(found("l.*.v"), "-");
  EXPECT_EQ(found("n"), "null");
  EXPECT_EQ(found("n.x"), "-");
  EXPECT_EQ(found("a[0]"), "-");
}

TEST(Path, ReachMakesWhatIsMissing) {
  Json document;
  Path::parse("model.messages[role=system].content").reach(document) = "hello";
  Path::parse("model.messages[1].role").reach(document) = "user";
  EXPECT_EQ(json::to_text(document), R"({"model":{"messages":[{"role":"system","content":"hello"},{"role":"user"}]}})");
}

TEST(Path, ReachDoesNotOverwriteWhatStandsInTheWay) {
  Json document = json::parse(R"({"v":"off","l":[1]})");
  const auto conflict = [&](std::string_view path) {
    try {
      Path::parse(path).reach(document);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::Conflict);
      return error.message();
    }
    return std::string("reached");
  };
  EXPECT_EQ(conflict("v.provider"), "v.provider cannot be set: at \"provider\" the document holds no object");
  EXPECT_EQ(conflict("v[0]"), "v[0] cannot be set: at \"[0]\" the document holds no list");
  EXPECT_EQ(conflict("l[3].x"), "l[3].x cannot be set: at \"[3]\" the list is shorter");
  EXPECT_EQ(json::to_text(document), R"({"v":"off","l":[1]})");
}

TEST(Path, EraseRemovesOnlyWhatItNames) {
  const auto erased = [](std::string_view path, std::string_view text) {
    Json document = json::parse(text);
    Path::parse(path).erase(document);
    return json::to_text(document);
  };
  EXPECT_EQ(erased("a.b", R"({"a":{"b":1,"c":2}})"), R"({"a":{"c":2}})");
  EXPECT_EQ(erased("a.x", R"({"a":{"b":1}})"), R"({"a":{"b":1}})");
  EXPECT_EQ(erased("a.b.c", R"({"a":"off"})"), R"({"a":"off"})");
  EXPECT_EQ(erased("l[1]", R"({"l":[1,2,3]})"), R"({"l":[1,null,3]})");
  EXPECT_EQ(erased("l[r=x].v", R"({"l":[{"r":"x","v":1,"w":2}]})"), R"({"l":[{"r":"x","w":2}]})");
  EXPECT_EQ(erased("l[r=x].v", R"({"l":[{"r":"x","v":1},{"r":"y"}]})"), R"({"l":[{"r":"y"}]})");
}

TEST(Path, EraseUndoesReach) {
  Json document = json::parse(R"({"model":{"messages":[{"role":"user"}]}})");
  const std::string before = json::to_text(document);
  const Path path = Path::parse("model.messages[role=system].content");
  path.reach(document) = "x";
  path.erase(document);
  EXPECT_EQ(json::to_text(document), before);
}

TEST(Path, ContainsAndMayOverlap) {
  const auto contains = [](std::string_view a, std::string_view b) { return Path::parse(a).contains(Path::parse(b)); };
  const auto overlap = [](std::string_view a, std::string_view b) { return Path::parse(a).may_overlap(Path::parse(b)); };
  EXPECT_TRUE(contains("model", "model.temperature"));
  EXPECT_TRUE(contains("model", "model"));
  EXPECT_FALSE(contains("model.temperature", "model"));
  EXPECT_FALSE(contains("model", "modelx"));
  EXPECT_TRUE(contains("tools.*.secret", "tools[3].secret"));
  EXPECT_TRUE(overlap("model", "model.x"));
  EXPECT_TRUE(overlap("l[r=x].v", "l[0].v"));
  EXPECT_TRUE(overlap("l[r=x].v", "l[s=x].v"));
  EXPECT_TRUE(overlap("l[r=x].v", "l[0].r")) << "the second may write what the first selects by";
  EXPECT_TRUE(overlap("l[0].r.z", "l[r=x].v"));
  EXPECT_TRUE(overlap("l[r=x].v", "l[s=y].r"));
  EXPECT_FALSE(overlap("l[r=x].v", "l[0].s"));
  EXPECT_FALSE(overlap("l[r=x].v", "l[r=y].v"));
  EXPECT_FALSE(overlap("l[0]", "l[1]"));
  EXPECT_FALSE(overlap("a.b", "a.c"));
}

}  // namespace
}  // namespace lockstep
