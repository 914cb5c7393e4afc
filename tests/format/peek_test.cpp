// Peek finds one scalar and leaves everything else alone.
#include "format/peek.h"

#include <gtest/gtest.h>

#include <vector>

namespace lockstep::json {
namespace {

std::string found(std::string_view text, std::vector<std::string> keys) { return Peek().scalar(text, keys).value_or("-"); }

TEST(Peek, AScalarIsFoundByItsKeysWhereverItStands) {
  const char* text = R"({"a": [{"c": "no"}, [1, {}]], "b": {"x": {}, "c": "y\u00e9s"}, "n": 12, "t": true})";
  EXPECT_EQ(found(text, {"b", "c"}), "y\xc3\xa9s");
  EXPECT_EQ(found(text, {"n"}), "12");
  EXPECT_EQ(found(text, {"t"}), "true");
}

TEST(Peek, WhatIsNoScalarIsNotFound) {
  const char* text = R"({"c": null, "b": {"d": 1}, "l": []})";
  EXPECT_EQ(found(text, {"c"}), "-");
  EXPECT_EQ(found(text, {"b"}), "-");
  EXPECT_EQ(found(text, {"l"}), "-");
  EXPECT_EQ(found(text, {"d"}), "-") << "it stands elsewhere";
  EXPECT_EQ(found(text, {}), "-");
}

TEST(Peek, WhatIsNoJsonHoldsNothing) {
  EXPECT_EQ(found(R"({"a": [}, "b": 1})", {"b"}), "-");
  EXPECT_EQ(found(R"("b")", {"b"}), "-");
  EXPECT_EQ(found("{\"a\": " + std::string(300, '[') + std::string(300, ']') + ", \"b\": 1}", {"b"}), "-");
}

TEST(Peek, IsUsedForTextAfterText) {
  Peek peek;
  const std::vector<std::string> keys{"orgId"};
  EXPECT_EQ(peek.scalar(R"({"orgId": "one"})", keys), "one");
  EXPECT_EQ(peek.scalar(R"({"other": 1})", keys), std::nullopt);
  EXPECT_EQ(peek.scalar(R"({"id": 1, "orgId": "two"})", keys), "two");
}

}  // namespace
}  // namespace lockstep::json
