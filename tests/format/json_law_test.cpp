// Laws of the JSON reader, writer and canonical form, on trees that nobody thought of.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>

#include "format/json.h"

namespace lockstep {
namespace {

std::string some_text() {
  static const std::vector<std::string> kPieces{
      "a", "b", "Z", "\"", "\\", "/", "\n", "\t", "\x01", " ", "!", "\u00e9", "\u20ac", "\xF0\x9F\x98\x80", "${x}", "'"};
  std::string out;
  const int count = *rc::gen::inRange(0, 6);
  for (int i = 0; i < count; ++i) out += *rc::gen::elementOf(kPieces);
  return out;
}

Json some_number() {
  switch (*rc::gen::inRange(0, 4)) {
    case 0: return *rc::gen::arbitrary<std::int64_t>();
    case 1: return static_cast<double>(*rc::gen::inRange(-100000, 100000)) / 100.0;
    case 2: return *rc::gen::arbitrary<double>();
    default: return Json::Verbatim{"1e" + std::to_string(*rc::gen::inRange(400, 999))};
  }
}

Json some_json(int depth) {
  switch (*rc::gen::inRange(0, depth > 3 ? 4 : 6)) {
    case 0: return nullptr;
    case 1: return *rc::gen::arbitrary<bool>();
    case 2: return some_number();
    case 3: return some_text();
    case 4: {
      Json::Array items;
      const int count = *rc::gen::inRange(0, 5);
      for (int i = 0; i < count; ++i) items.push_back(some_json(depth + 1));
      return items;
    }
    default: {
      Json object{Json::Object{}};
      const int count = *rc::gen::inRange(0, 12);
      for (int i = 0; i < count; ++i) object[some_text()] = some_json(depth + 1);
      return object;
    }
  }
}

Json shuffled(const Json& json) {
  if (const Json::Array* items = json.array()) {
    Json::Array out;
    for (const Json& item : *items) out.push_back(shuffled(item));
    return out;
  }
  const Json::Object* members = json.object();
  if (members == nullptr) return json;
  std::vector<std::size_t> order(members->size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[*rc::gen::inRange<std::size_t>(0, i)]);
  Json::Object out;
  for (const std::size_t i : order) out.emplace_back((*members)[i].first, shuffled((*members)[i].second));
  return out;
}

void respell_text(const std::string& text, std::string& out) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  out += '"';
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    const bool must = code < 0x20 || byte == '"' || byte == '\\';
    if (code < 0x80 && (must || *rc::gen::inRange(0, 4) == 0)) {
      out += "\\u00";
      out += kDigits[code >> 4];
      out += kDigits[code & 15U];
    } else {
      out += byte;
    }
  }
  out += '"';
}

/// Another spelling of the same tree: white space, escapes, 1 as 1.0 or 10e-1.
void respell(const Json& json, std::string& out) {
  const auto space = [&out] { out += *rc::gen::elementOf(std::vector<std::string>{"", " ", "\n", "\t "}); };
  space();
  if (const Json::Object* members = json.object()) {
    out += '{';
    for (const Json::Member& member : *members) {
      if (out.back() != '{') out += ',';
      respell_text(member.first, out);
      space();
      out += ':';
      respell(member.second, out);
    }
    out += '}';
  } else if (const Json::Array* items = json.array()) {
    out += '[';
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (i > 0) out += ',';
      respell((*items)[i], out);
    }
    out += ']';
  } else if (const std::int64_t* integer = json.integer()) {
    out += std::to_string(*integer) + *rc::gen::elementOf(std::vector<std::string>{"", ".0", ".00", "0e-1", "E0"});
  } else if (const std::string* text = json.text()) {
    respell_text(*text, out);
  } else {
    out += json::to_text(json);
  }
  space();
}

TEST(JsonLaws, WhatIsWrittenIsReadBackTheSame) {
  EXPECT_TRUE(rc::check([] {
    const Json json = some_json(0);
    RC_ASSERT(json::parse(json::to_text(json)) == json);
    RC_ASSERT(json::parse(json::to_pretty(json)) == json);
  }));
}

TEST(JsonLaws, CanonicalIsIdempotentAndKeepsTheMeaning) {
  EXPECT_TRUE(rc::check([] {
    const Json json = some_json(0);
    const std::string once = json::canonical(json);
    RC_ASSERT(json::canonical(std::string_view(once)) == once);
    RC_ASSERT(json::canonical(json::parse(once)) == once);
  }));
}

TEST(JsonLaws, CanonicalDoesNotSeeKeyOrderWhiteSpaceEscapesAndNumberSpelling) {
  EXPECT_TRUE(rc::check([] {
    const Json json = some_json(0);
    std::string other;
    respell(shuffled(json), other);
    RC_ASSERT(json::canonical(std::string_view(other)) == json::canonical(json));
  }));
}

TEST(JsonLaws, NoCutTextIsAccepted) {
  EXPECT_TRUE(rc::check([] {
    const std::string text = json::to_text(Json(Json::Array{some_json(0)}));
    const std::size_t cut = *rc::gen::inRange<std::size_t>(0, text.size());
    RC_ASSERT_THROWS_AS(json::parse(std::string_view(text).substr(0, cut)), Error);
  }));
}

TEST(JsonLaws, ReaderAndCanonicalAgreeOnEveryDamagedText) {
  EXPECT_TRUE(rc::check([] {
    std::string text = json::to_text(some_json(0));
    const std::size_t at = *rc::gen::inRange<std::size_t>(0, text.size());
    text[at] = *rc::gen::elementOf(std::string("{}[]:,\"\\ \n0-.eEtfnu\x01\x80z"));
    const auto accepts = [&](auto&& read) {
      try {
        read(std::string_view(text));
        return true;
      } catch (const Error&) {
        return false;
      }
    };
    RC_ASSERT(accepts([](std::string_view in) { json::parse(in); }) == accepts([](std::string_view in) { json::canonical(in); }));
  }));
}

}  // namespace
}  // namespace lockstep
