// Cutting answers into items.
#include "rest/slice.h"

#include <gtest/gtest.h>

#include "common/error.h"
#include "data/record.h"
#include "http/client_fixture.h"

namespace lockstep::rest {
namespace {

SliceQuery vapi_query() { return {"", {"id"}, "createdAt", ""}; }

struct Cut {
  explicit Cut(const std::string& text, const SliceQuery& query = vapi_query()) : body(text + std::string(kPagePadding, '\0')) {
    Slicer().cut(std::string_view(body).substr(0, text.size()), query, arena, slice);
  }
  std::string body;
  Arena arena;
  Slice slice;
};

TEST(Slice, ItemsAreCutFromBraceToBrace) {
  const Cut cut(
      "[ {\"createdAt\":\"2026-01-01T00:00:00.000Z\", \"nested\":{\"id\":\"no\"}, \"id\":\"a\" } "
      ",\n{\"id\":\"b\",\"x\":[1,{\"y\":2}]}\n]\n");
  ASSERT_EQ(cut.slice.items.size(), 2U);
  EXPECT_EQ(cut.slice.items[0].id, "a");
  EXPECT_EQ(cut.slice.items[0].time, "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(cut.slice.items[0].raw, "{\"createdAt\":\"2026-01-01T00:00:00.000Z\", \"nested\":{\"id\":\"no\"}, \"id\":\"a\" }");
  EXPECT_EQ(cut.slice.items[1].raw, "{\"id\":\"b\",\"x\":[1,{\"y\":2}]}");
  EXPECT_EQ(cut.slice.items[1].time, "");
}

TEST(Slice, IdentitiesAreUnescapedAndMayBeNumbers) {
  const Cut cut(R"([{"id":"a\"bé"},{"id":42},{"id": "x" }])");
  ASSERT_EQ(cut.slice.items.size(), 3U);
  EXPECT_EQ(cut.slice.items[0].id, "a\"b\xc3\xa9");
  EXPECT_EQ(cut.slice.items[1].id, "42");
  EXPECT_EQ(cut.slice.items[2].id, "x");
}

TEST(Slice, WhatIsNoRecordIsAProblemWithItsPlace) {
  const Cut cut(R"([{"id":"a"},7,{"name":"x"},{"id":null},{"id":""},{"id":{"x":1}},{"id":1.5},[],{"id":"b"}])");
  EXPECT_EQ(cut.slice.items.size(), 2U);
  EXPECT_EQ(cut.slice.elements, 9U);
  ASSERT_EQ(cut.slice.problems.size(), 7U);
  EXPECT_EQ(cut.slice.problems[0], "item 2 of the answer is no object");
  EXPECT_EQ(cut.slice.problems[1], "item 3 of the answer has no id");
}

TEST(Slice, AnIdentityThatIsNoTextIsNone) {
  const Cut cut(R"([{"id":"\ud800"},{"id":"a\udc00"},{"id":"\ud800\ud800"},{"id":"\ud83d\ude00"},{"id":"a\u0000b"}])");
  ASSERT_EQ(cut.slice.items.size(), 2U);
  EXPECT_EQ(cut.slice.items[0].id, "\xF0\x9F\x98\x80");
  EXPECT_EQ(cut.slice.items[1].id, std::string_view("a\0b", 3));
  EXPECT_EQ(cut.slice.problems.size(), 3U);
}

TEST(Slice, AnObjectOfItemsGivesEachTheIdentityOfItsName) {
  SliceQuery query{"models", {"id"}};
  query.keyed = true;
  const Cut cut(R"({"models":{"a":{"name":"A"},"b\"c":{},"d":{"id":"own","x":[1]},"e":7,"f":{"id":null}}})", query);
  ASSERT_EQ(cut.slice.items.size(), 3U);
  EXPECT_EQ(cut.slice.items[0].id, "a");
  EXPECT_EQ(cut.slice.items[0].raw, R"({"id":"a","name":"A"})");
  EXPECT_EQ(std::string(cut.slice.items[0].raw.end(), kPagePadding), std::string(kPagePadding, '\0'));
  EXPECT_EQ(cut.slice.items[1].id, "b\"c");
  EXPECT_EQ(cut.slice.items[1].raw, R"({"id":"b\"c"})");
  EXPECT_EQ(cut.slice.items[2].id, "own");
  EXPECT_EQ(cut.slice.items[2].raw, R"({"id":"own","x":[1]})");
  EXPECT_EQ(cut.slice.problems.size(), 2U);
  query.items.clear();
  EXPECT_EQ(Cut(R"({"a":{"name":"A"}})", query).slice.items.size(), 1U);
}

TEST(Slice, WhatStandsInTheListsPlaceIsNamed) {
  const SliceQuery query{"data", {"id"}};
  const auto told = [&](const char* body) { return test::error_of([&] { Cut cut(body, query); }).message(); };
  EXPECT_EQ(told(R"({"data":null})"), "the answer has null at \"data\", where a list was expected");
  EXPECT_EQ(told(R"({"data":{"a":{}}})"), "the answer has an object at \"data\", where a list was expected");
  EXPECT_EQ(told(R"({"data":"x"})"), "the answer has a text at \"data\", where a list was expected");
  EXPECT_EQ(told(R"({"items":[]})"), "the answer has no \"data\"");
}

TEST(Slice, NullOrNothingIsAnEmptyListWhereThatIsSaid) {
  SliceQuery query{"data", {"id"}};
  query.null_is_empty = true;
  EXPECT_EQ(Cut(R"({"data":null})", query).slice.elements, 0U);
  EXPECT_THROW(Cut("{}", query), Error);
  query = {"data", {"id"}};
  query.missing_is_empty = true;
  EXPECT_EQ(Cut("{}", query).slice.elements, 0U);
  EXPECT_THROW(Cut(R"({"data":null})", query), Error);
  EXPECT_THROW(Cut("null", query), Error);
  query = {"", {"id"}};
  query.null_is_empty = true;
  EXPECT_EQ(Cut(" null ", query).slice.elements, 0U);
}

TEST(Slice, ATruthValueHasSeveralSpellings) {
  SliceQuery query{"data", {"id"}};
  query.more_field = "more";
  for (const auto& [text, value] : std::vector<std::pair<std::string, std::optional<bool>>>{{"true", true},
                                                                                            {"1", true},
                                                                                            {"\"true\"", true},
                                                                                            {"0", false},
                                                                                            {"\"false\"", false},
                                                                                            {"null", std::nullopt},
                                                                                            {"7", std::nullopt}}) {
    EXPECT_EQ(Cut("{\"data\":[],\"more\":" + text + "}", query).slice.more, value) << text;
  }
}

TEST(Slice, AnEmptyListIsAList) {
  EXPECT_EQ(Cut("[]").slice.elements, 0U);
  EXPECT_EQ(Cut(" [ ] ").slice.elements, 0U);
}

TEST(Slice, WhatIsNoWholeListIsRefused) {
  const std::string whole = R"([{"id":"a","x":"y"},{"id":"b","x":[1,2]}])";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THROW(Cut(whole.substr(0, length)), Error) << whole.substr(0, length);
  }
  for (const char* bad : {"null", "{\"message\":\"x\"}", "<html>Sign in</html>", "\"[]\"", "[][]", "[{\"id\":\"a\"}]{}", "[{\"id\":\"a\"]",
                          "[{\"id\":\"a\"}}", "[{\"id\":\"a\"} {\"id\":\"b\"}]", "[{\"id\" \"a\"}]", "[\"\xff\"]"}) {
    const Error error = test::error_of([&] { Cut cut{bad}; });
    EXPECT_EQ(error.kind(), ErrorKind::Corrupt) << bad;
  }
  EXPECT_NE(
      test::error_of([] { Cut cut("<html>Sign in</html>"); }).message().find("expected a JSON array, but the answer begins with \"<html>"),
      std::string::npos);
  EXPECT_EQ(test::error_of([] { Cut cut(""); }).message(), "expected a JSON array, but the answer is empty");
}

TEST(Slice, AnItemThatEndsWithTheWrongBracketIsRefused) {
  EXPECT_THROW(Cut(R"([{"createdAt":"2026-01-01T00:00:00.000Z","id":"a","x":1]])"), Error);
}

TEST(Slice, AListInsideAnObject) {
  const SliceQuery query{"models", {"name"}, "", "nextPageToken"};
  for (const char* text : {R"({"models":[{"name":"models/a"},{"name":"models/b"}],"nextPageToken":"T"})",
                           R"({"nextPageToken":"T","other":{"models":[]},"models":[{"name":"models/a"},{"name":"models/b"}]})"}) {
    const Cut cut(text, query);
    ASSERT_EQ(cut.slice.items.size(), 2U);
    EXPECT_EQ(cut.slice.items[1].id, "models/b");
    EXPECT_EQ(cut.slice.token, "T");
  }
  EXPECT_EQ(Cut(R"({"models":[]})", query).slice.token, "");
  for (const char* bad : {"[]", "{}", R"({"models":{}})", R"({"models":[)", R"({"models":[]}{})"})
    EXPECT_THROW(Cut(bad, query), Error) << bad;
}

TEST(Slice, AnIdentityMayLieDeeper) {
  const Cut cut(R"([{"meta":{"id":"a"}},{"meta":7},{"meta":{}}])", {"", {"meta", "id"}, "", ""});
  ASSERT_EQ(cut.slice.items.size(), 1U);
  EXPECT_EQ(cut.slice.items[0].id, "a");
  EXPECT_EQ(cut.slice.problems.size(), 2U);
}

}  // namespace
}  // namespace lockstep::rest
