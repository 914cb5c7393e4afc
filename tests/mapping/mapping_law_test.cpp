// Laws of the mapping, on records that nobody thought of: what is laid is read back, and a row survives the way out and in.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "support.h"

namespace lockstep {
namespace {

const Mapping& law_mapping() {
  static const Mapping made = test::mapping_of(R"(  name: text
  model: json
  temperature: {from: model.temperature, type: real}
  prompt: {from: "model.messages[role=system].content", type: text}
  max_tokens: {from: model.maxTokens, type: integer}
  enabled: {from: plan.inner.enabled, type: boolean}
  wait_ms: {from: plan.waitSeconds, type: integer, transform: seconds_to_milliseconds}
  closed: {from: open, type: boolean, transform: not}
  made: {from: created, type: timestamp, transform: epoch_milliseconds}
  tags: {type: json}
  kind: {from: metadata.type, type: enum, values: [demo, production], default: demo}
)");
  return made;
}

std::string some_text() {
  static const std::vector<std::string> kPieces{"a", "B", "\"", "\\", "\n", "\u00e9", "\xF0\x9F\x98\x80", " ", "5", "true", "\x01"};
  std::string out;
  for (int i = *rc::gen::inRange(0, 5); i > 0; --i) out += *rc::gen::elementOf(kPieces);
  return out;
}

Json some_scalar() {
  switch (*rc::gen::inRange(0, 5)) {
    case 0: return nullptr;
    case 1: return *rc::gen::arbitrary<bool>();
    case 2: return *rc::gen::arbitrary<std::int64_t>();
    case 3: return static_cast<double>(*rc::gen::inRange(-4000, 4000)) / 8.0;
    default: return some_text();
  }
}

Json some_object(int depth) {
  Json out{Json::Object{}};
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    const std::string key = *rc::gen::elementOf(std::vector<std::string>{"x", "y", "aa", "z\u00e9", "q"});
    if (depth < 2 && *rc::gen::inRange(0, 3) == 0)
      out[key] = some_object(depth + 1);
    else if (depth < 2 && *rc::gen::inRange(0, 3) == 0)
      out[key] = Json::Array{some_scalar(), some_object(depth + 1)};
    else
      out[key] = some_scalar();
  }
  return out;
}

/// A cell of the field's type; never null.
Value some_value(const Field& field, Arena& arena) {
  switch (field.type) {
    case FieldType::Text: return Value::text(arena.copy(some_text()));
    case FieldType::Integer: return Value::integer(*rc::gen::inRange<std::int64_t>(-1'000'000, 1'000'000));
    case FieldType::Real: return Value::real(static_cast<double>(*rc::gen::inRange(-8000, 8000)) / 16.0);
    case FieldType::Boolean: return Value::boolean(*rc::gen::arbitrary<bool>());
    case FieldType::Json: return Value::json(arena.copy(json::canonical(some_object(0))));
    case FieldType::Timestamp:
      return Value::text(arena.copy(std::string("2026-0").append(std::to_string(*rc::gen::inRange(1, 9))).append("-11T02:24:23.125Z")));
    case FieldType::Enum: return Value::text(*rc::gen::arbitrary<bool>() ? "demo" : "production");
  }
  return Value::null();
}

test::Mapped read(Json document) {
  document["id"] = "remote";
  return test::map(law_mapping(), json::to_text(document));
}

TEST(MappingLaws, WhatIsLaidIsReadBack) {
  EXPECT_TRUE(rc::check([] {
    Arena arena;
    Json document = some_object(0);
    const std::size_t ordinal = *rc::gen::inRange<std::size_t>(1, law_mapping().fields().size());
    const Field& field = law_mapping().fields()[ordinal];
    const Value value = some_value(field, arena);
    lay(law_mapping(), ordinal, value, document);
    const test::Mapped mapped = read(document);
    RC_ASSERT(mapped.problems.empty());
    RC_ASSERT(same(field, mapped.row[ordinal], value));
  }));
}

TEST(MappingLaws, ANullThatIsLaidIsReadBackAsNothingOrTheDefault) {
  EXPECT_TRUE(rc::check([] {
    Arena arena;
    Json document = some_object(0);
    const std::size_t ordinal = *rc::gen::inRange<std::size_t>(1, law_mapping().fields().size());
    const Field& field = law_mapping().fields()[ordinal];
    lay(law_mapping(), ordinal, some_value(field, arena), document);
    lay(law_mapping(), ordinal, Value::null(), document);
    const test::Mapped mapped = read(document);
    const bool cleared = field.fallback ? mapped.row[ordinal].as_view() == "demo" : mapped.row[ordinal].is_nothing();
    RC_ASSERT(cleared);
  }));
}

TEST(MappingLaws, LayingTouchesNothingOutsideItsPath) {
  EXPECT_TRUE(rc::check([] {
    Arena arena;
    const Json before = some_object(0);
    Json document = before;
    const std::size_t ordinal = *rc::gen::inRange<std::size_t>(1, law_mapping().fields().size());
    lay(law_mapping(), ordinal, some_value(law_mapping().fields()[ordinal], arena), document);
    for (const Json::Member& member : *before.object()) {
      if (member.first != law_mapping().fields()[ordinal].from.top()) RC_ASSERT(*document.find(member.first) == member.second);
    }
  }));
}

TEST(MappingLaws, ARowSurvivesTheWayOutAndIn) {
  EXPECT_TRUE(rc::check([] {
    Arena arena;
    std::vector<Value> row(law_mapping().fields().size(), Value::null());
    for (std::size_t i = 1; i < row.size(); ++i) {
      if (*rc::gen::inRange(0, 3) > 0) row[i] = some_value(law_mapping().fields()[i], arena);
    }
    const test::Mapped first = read(to_document(law_mapping(), row));
    RC_ASSERT(first.problems.empty());
    for (std::size_t i = 1; i < row.size(); ++i) {
      const Field& field = law_mapping().fields()[i];
      // A leaf is laid into its parent, so a parent comes back with its leaves.
      if (field.leaves.empty() && !row[i].is_nothing()) RC_ASSERT(same(field, first.row[i], row[i]));
    }
    const test::Mapped second = read(to_document(law_mapping(), first.row));
    for (std::size_t i = 1; i < row.size(); ++i) RC_ASSERT(same(law_mapping().fields()[i], first.row[i], second.row[i]));
  }));
}

TEST(MappingLaws, TheWalkFindsWhatThePathFinds) {
  EXPECT_TRUE(rc::check([] {
    Json document = some_object(0);
    document["model"] = some_object(0);
    Json::Array messages;
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
      Json message = some_object(1);
      if (*rc::gen::arbitrary<bool>()) message["content"] = some_text();
      message["role"] = *rc::gen::arbitrary<bool>() ? "system" : "user";
      messages.push_back(std::move(message));
    }
    document["model"]["messages"] = messages;
    const std::size_t prompt = law_mapping().find("prompt").value();
    const Json* expected = law_mapping().fields()[prompt].from.find(document);
    const test::Mapped mapped = read(document);
    RC_ASSERT(json::to_text(json::from_value(mapped.row[prompt])) == (expected == nullptr ? "null" : json::to_text(*expected)));
    RC_ASSERT(mapped.row[2].as_view() == json::canonical(*document.find("model")));
  }));
}

TEST(MappingLaws, TheMapperAcceptsExactlyWhatTheReaderAccepts) {
  EXPECT_TRUE(rc::check([] {
    Json document = some_object(0);
    document["model"] = some_object(0);
    std::string text = json::to_text(document);
    const std::size_t at = *rc::gen::inRange<std::size_t>(1, text.size());
    text[at] = *rc::gen::elementOf(std::string("{}[]:,\"\\ 0-.eu\x01\x80z"));
    const auto accepts = [&](const auto& act) {
      try {
        act();
        return true;
      } catch (const Error& error) {
        RC_ASSERT(error.kind() == ErrorKind::Corrupt);
        return false;
      }
    };
    RC_ASSERT(accepts([&] { test::map(law_mapping(), text); }) == accepts([&] { json::parse(text); }));
  }));
}

}  // namespace
}  // namespace lockstep
