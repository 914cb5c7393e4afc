// The mutable tree.
#include "data/json.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

/// An object of one or two members. Built step by step: g++ 12 takes initializer lists of trees for uninitialised memory.
Json object(std::string_view first, Json value, std::string_view second = {}, Json other = {}) {
  Json json{Json::Object()};
  json[first] = std::move(value);
  if (!second.empty()) json[second] = std::move(other);
  return json;
}

Json array_of(Json value) {
  Json::Array items;
  items.push_back(std::move(value));
  return items;
}

TEST(Json, KnowsWhatItHolds) {
  EXPECT_TRUE(Json().is_null());
  EXPECT_TRUE(Json(nullptr).is_null());
  EXPECT_TRUE(*Json(true).boolean());
  EXPECT_EQ(*Json(7).integer(), 7);
  EXPECT_EQ(*Json(std::int64_t{1} << 40).integer(), std::int64_t{1} << 40);
  EXPECT_EQ(*Json(1.5).real(), 1.5);
  EXPECT_EQ(Json(Json::Verbatim{"1e400"}).verbatim()->digits, "1e400");
  EXPECT_EQ(*Json("text").text(), "text");
  EXPECT_EQ(*Json(std::string_view("view")).text(), "view");
  EXPECT_EQ(array_of("a").array()->size(), 1U);
  EXPECT_EQ(Json(1).real(), nullptr);
  EXPECT_EQ(Json(1).boolean(), nullptr);
  EXPECT_EQ(Json("1").integer(), nullptr);
  EXPECT_EQ(Json().text(), nullptr);
  EXPECT_EQ(Json(Json::Object{}).array(), nullptr);
}

TEST(Json, KeepsKeysInTheirOrder) {
  Json json;
  json["z"] = 1;
  json["a"] = 2;
  json["z"] = 3;
  ASSERT_EQ(json.object()->size(), 2U);
  EXPECT_EQ(json.object()->front().first, "z");
  EXPECT_EQ(json["z"], Json(3));
}

TEST(Json, FindsMembersOfObjectsOnly) {
  Json json;
  json["a"]["b"] = "deep";
  ASSERT_NE(json.find("a"), nullptr);
  EXPECT_EQ(*json.find("a")->find("b"), Json("deep"));
  EXPECT_EQ(json.find("b"), nullptr);
  EXPECT_EQ(Json("text").find("a"), nullptr);
  EXPECT_EQ(array_of(1).find("0"), nullptr);
}

TEST(Json, ErasesAMember) {
  Json json = object("a", 1, "b", 2);
  EXPECT_TRUE(json.erase("a"));
  EXPECT_FALSE(json.erase("a"));
  EXPECT_FALSE(Json(1).erase("a"));
  EXPECT_EQ(json, object("b", 2));
}

TEST(Json, AnswersTextOrTheFallback) {
  const Json json = object("name", "x", "n", 1);
  EXPECT_EQ(json.text_at("name"), "x");
  EXPECT_EQ(json.text_at("n", "none"), "none");
  EXPECT_EQ(json.text_at("missing"), "");
}

TEST(Json, IsEqualInStructureAndSpelling) {
  EXPECT_EQ(object("a", 1), object("a", 1));
  EXPECT_NE(Json(1), Json(1.0));
  EXPECT_NE(object("a", 1, "b", 2), object("b", 2, "a", 1));
  EXPECT_NE(Json(Json::Array{}), Json(Json::Object{}));
  EXPECT_NE(Json(Json::Verbatim{"1"}), Json("1"));
}

TEST(Json, CopiesAreTheirOwn) {
  Json first = object("a", array_of(1));
  Json second = first;
  second.find("a")->array()->resize(2);
  EXPECT_EQ(first.find("a")->array()->size(), 1U);
}

}  // namespace
}  // namespace lockstep
