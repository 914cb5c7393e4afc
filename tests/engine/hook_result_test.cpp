// What a hook gives is of the mapping's types, or it is refused.
#include "engine/sides/hook_result.h"

#include <gtest/gtest.h>

#include "format/json.h"

namespace lockstep {
namespace {

struct Taken {
  std::string cell;
  std::string problem;
};

Taken take(FieldType type, std::string_view json, bool required = false) {
  Field field;
  field.column = "c";
  field.type = type;
  field.required = required;
  field.values = {"demo", "production"};
  Arena arena;
  Taken out;
  const Value cell = take_cell(field, json::to_value(json::parse(json), arena), arena, out.problem);
  out.cell = cell.is_nothing() ? "nothing" : json::to_text(json::from_value(cell));
  return out;
}

TEST(HookCell, IsReadAsADatabasesCellIs) {
  EXPECT_EQ(take(FieldType::Integer, "5").cell, "5");
  EXPECT_EQ(take(FieldType::Integer, "5.0").cell, "5");
  EXPECT_EQ(take(FieldType::Integer, "\"5\"").cell, "5");
  EXPECT_EQ(take(FieldType::Integer, "true").cell, "1");
  EXPECT_EQ(take(FieldType::Real, "5").cell, "5.0");
  EXPECT_EQ(take(FieldType::Boolean, "1").cell, "true");
  EXPECT_EQ(take(FieldType::Boolean, "\"false\"").cell, "false");
  EXPECT_EQ(take(FieldType::Text, "12").cell, "\"12\"");
  EXPECT_EQ(take(FieldType::Enum, "\"demo\"").cell, "\"demo\"");
  EXPECT_EQ(take(FieldType::Json, R"({"b":1,"a":[]})").cell, R"({"a":[],"b":1})");
  EXPECT_EQ(take(FieldType::Timestamp, "\"2026-01-01T02:00:00+02:00\"").cell, "\"2026-01-01T00:00:00.000Z\"");
  EXPECT_EQ(take(FieldType::Text, "null").cell, "nothing");
}

TEST(HookCell, OfAnotherTypeIsRefused) {
  const std::pair<FieldType, const char*> wrong[] = {
      {FieldType::Integer, "\"soon\""}, {FieldType::Integer, "1.5"},         {FieldType::Integer, "[]"},
      {FieldType::Integer, "1e400"},    {FieldType::Real, "\"warm\""},       {FieldType::Real, "{}"},
      {FieldType::Boolean, "2"},        {FieldType::Boolean, "\"maybe\""},   {FieldType::Text, "{}"},
      {FieldType::Text, "[1]"},         {FieldType::Enum, "\"odd\""},        {FieldType::Enum, "1"},
      {FieldType::Enum, "[]"},          {FieldType::Timestamp, "\"later\""}, {FieldType::Timestamp, "[1]"},
      {FieldType::Timestamp, "true"},
  };
  for (const auto& [type, json] : wrong) {
    const Taken taken = take(type, json);
    EXPECT_EQ(taken.cell, "nothing") << json;
    EXPECT_EQ(taken.problem.substr(0, 12), "c: expected ") << json;
  }
  EXPECT_EQ(take(FieldType::Text, "null", true).problem, "c: is required");
}

TEST(HookOwned, OnlyColumnsOfTheMappingAndTheirTypes) {
  yaml::Problems problems;
  Resource resource;
  resource.name = "thing";
  const Mapping mapping = Mapping::load(yaml::load_text(R"(table: t
key: {column: remote_id, from: id}
fields:
  name: text
owned:
  n: integer
  r: real
  b: boolean
  t: text
  at: timestamp
  j: json
)",
                                                        "m.yaml", {}, problems),
                                        resource, {}, problems);
  problems.raise();
  const auto refusal = [&](std::string_view json) { return refuse_owned(mapping, *json::parse(json).object()); };
  for (const char* good :
       {R"({"n":1,"r":1,"b":true,"t":"x","at":"2026-01-01T00:00:00Z","j":5})", R"({"n":null,"r":0.5,"b":0,"t":7})", R"({"N":1})", "{}"})
    EXPECT_EQ(refusal(good), "") << good;
  for (const char* bad : {R"({"n":"1"})", R"({"n":1.5})", R"({"r":"1"})", R"({"b":2})", R"({"b":"true"})", R"({"t":true})",
                          R"({"at":"soon"})", R"({"at":5})"})
    EXPECT_NE(refusal(bad).find("is not of the column's type"), std::string::npos) << bad;
  for (const char* foreign : {R"({"name":"forged"})", R"({"remote_id":"x"})", R"({"id":1})", R"({"":1})"})
    EXPECT_NE(refusal(foreign).find("which is no column under `owned:`"), std::string::npos) << foreign;
}

}  // namespace
}  // namespace lockstep
