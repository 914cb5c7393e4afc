// Reading a mapping: what it makes of a good file, and that every mistake is told with its place and a way out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Mistakes in the fields of an otherwise good mapping; the fields start in line 4.
std::vector<std::string> mistakes(std::string_view fields, const std::vector<std::string>& hooks = {}) {
  return test::load(std::string("table: t\nkey: {column: remote_id, from: id}\nfields:\n").append(fields), hooks).problems.errors();
}

TEST(MappingLoad, ReadsARuleInShortAndInFull) {
  const Mapping mapping = test::mapping_of(R"(  first_message: text
  max_duration_seconds: {type: integer, min: 10, max: 43200}
  type: {from: metadata.type, type: enum, values: [demo, production], default: demo}
  name: {type: text, required: true, max_length: 40, transform: [trim, lower]}
  assistant_id: {from: assistantId, references: agents.vapi_assistant_id, take: uuid}
  summary_enabled: {from: analysisPlan.summaryPlan.enabled, type: boolean, derived: true}
)");
  const auto& fields = mapping.fields();
  ASSERT_EQ(fields.size(), 7U);
  EXPECT_EQ(mapping.key().column, "remote_id");
  EXPECT_TRUE(mapping.key().remote_owned());
  EXPECT_EQ(fields[1].from.text(), "firstMessage");
  EXPECT_EQ(fields[2].min, 10.0);
  EXPECT_EQ(fields[2].max, 43200.0);
  EXPECT_EQ(fields[3].values, (std::vector<std::string>{"demo", "production"}));
  EXPECT_EQ(*fields[3].fallback, Json("demo"));
  EXPECT_TRUE(fields[4].required);
  EXPECT_EQ(fields[4].max_length, 40U);
  EXPECT_EQ(fields[4].transforms, (std::vector<std::string>{"trim", "lower"}));
  EXPECT_EQ(fields[5].lookup->table, "agents");
  EXPECT_EQ(fields[5].lookup->column, "vapi_assistant_id");
  EXPECT_EQ(fields[5].lookup->take, "uuid");
  EXPECT_TRUE(fields[6].derived);
  EXPECT_EQ(mapping.find("type"), 3U);
}

TEST(MappingLoad, MoreColumnsThanATableTakesAreOneMistake) {
  std::string fields;
  for (int i = 0; i < 70'000; ++i) fields += "  c" + std::to_string(i) + ": text\n";
  EXPECT_THAT(mistakes(fields), ElementsAre("m.yaml:2003:3: more than 2000 columns; no database has so many in a table"));
}

TEST(MappingLoad, TheMemberThatSelectsIsNotWritten) {
  EXPECT_THAT(mistakes("  role: {from: \"model.messages[role=system].role\", type: text}\n"),
              ElementsAre("m.yaml:4:16: \"role\" would write model.messages[role=system].role, by which its element is selected; make it "
                          "derived: true"));
  EXPECT_THAT(mistakes("  role: {from: \"model.messages[role=system].role\", type: text, derived: true}\n"), IsEmpty());
}

TEST(MappingLoad, WhatPeopleCallARecordIsNoSecret) {
  EXPECT_THAT(
      test::load(
          "table: t\nkey: {column: remote_id, from: id}\nfields:\n  name: text\n  api_key: {from: apiKey, type: text}\nlabel: api_key\n")
          .problems.errors(),
      ElementsAre("m.yaml:6:8: label: \"api_key\" is a secret, and what people call a record is shown everywhere"));
}

TEST(MappingLoad, RelatesLeavesAndParents) {
  const Mapping mapping = test::mapping_of(
      "  model: json\n  messages: {from: model.messages, type: json}\n  prompt: {from: 'model.messages[role=system].content', type: "
      "text}\n");
  EXPECT_THAT(mapping.fields()[1].leaves, ElementsAre(2U, 3U));
  EXPECT_THAT(mapping.fields()[2].leaves, ElementsAre(3U));
  EXPECT_THAT(mapping.fields()[3].parents, ElementsAre(1U, 2U));
}

TEST(MappingLoad, TakesFlagsFromTheResource) {
  const Mapping mapping = test::mapping_of(R"(  org_id: text
  server_secret: {from: server.secret, type: text}
  credentials: json
  silence_timeout_seconds: integer
  zdr: {from: compliancePlan.zdrEnabled, type: boolean}
  tool_secret: {from: "model.tools[0].server.secret", type: text}
  model: json
)");
  const auto& fields = mapping.fields();
  EXPECT_TRUE(fields[1].read_only);
  EXPECT_TRUE(fields[2].write_only && fields[2].secret);
  EXPECT_TRUE(fields[3].secret && !fields[3].write_only);
  EXPECT_TRUE(fields[4].legacy);
  EXPECT_TRUE(fields[5].legacy);
  EXPECT_TRUE(fields[6].secret);
  EXPECT_FALSE(fields[7].secret || fields[7].legacy || fields[7].read_only || fields[7].write_only);
}

TEST(MappingLoad, DescribesTheTable) {
  const test::Loaded loaded = test::load(R"(table: assistants
key: {column: remote_id, from: id}
label: name
fields:
  name: {type: text, required: true}
  kind: {type: enum, values: [a]}
  model: json
  agent_id: {from: assistantId, references: agents.remote_id}
owned:
  user_id: {type: integer, references: users.id}
  note: text
owner: {column: user_id, from: metadata.user_email, matches: users.email}
modified: {column: updated_at, timezone: UTC}
indexes: [user_id, {columns: [name, note], unique: true, name: by_name}]
)");
  ASSERT_THAT(loaded.problems.errors(), IsEmpty());
  const Table table = loaded.mapping.table();
  EXPECT_EQ(table.name, "assistants");
  EXPECT_THAT(table.primary_key, ElementsAre("id"));
  EXPECT_EQ(table.find("remote_id")->type, ColumnType::Key);
  EXPECT_TRUE(table.find("remote_id")->nullable);
  EXPECT_EQ(table.find("name")->type, ColumnType::Key);
  EXPECT_FALSE(table.find("name")->nullable);
  EXPECT_EQ(table.find("model")->type, ColumnType::Json);
  EXPECT_EQ(table.find("agent_id")->type, ColumnType::Integer);
  EXPECT_EQ(table.find("agent_id")->references, "") << "a foreign key would forbid the application to delete the row";
  EXPECT_EQ(table.find("user_id")->references, "users.id");
  EXPECT_EQ(table.find("note")->type, ColumnType::Key);
  ASSERT_EQ(table.indexes.size(), 3U);
  EXPECT_EQ(table.indexes[0].columns, std::vector<std::string>{"remote_id"});
  EXPECT_TRUE(table.indexes[0].unique);
  EXPECT_EQ(table.indexes[1].name, "assistants_user_id_index");
  EXPECT_EQ(table.indexes[2].name, "by_name");
  EXPECT_TRUE(table.indexes[2].unique);
  EXPECT_EQ(loaded.mapping.label(), 1U);
  EXPECT_EQ(loaded.mapping.owner()->match_column, "email");
  EXPECT_EQ(loaded.mapping.modified()->from.text(), "updatedAt");
}

TEST(MappingLoad, TheFingerprintSeesWhatShapesARowAndNothingElse) {
  const std::string plain = "  a: {type: text}\n";
  const auto print = [](const std::string& fields) { return test::mapping_of(fields).fingerprint().hex(); };
  EXPECT_EQ(print(plain), print("  # a comment\n  a: text\n"));
  EXPECT_EQ(print(plain), print("  a: {type: text, max_length: 4}\n"));
  for (const char* other :
       {"  b: {from: a, type: text}\n", "  a: {from: b, type: text}\n", "  a: json\n", "  a: {type: text, default: x}\n",
        "  a: {type: text, required: true}\n", "  a: {type: text, transform: trim}\n", "  a: {type: text, derived: true}\n",
        "  a: {type: text, references: x.y}\n"}) {
    EXPECT_NE(print(plain), print(other)) << other;
  }
  const auto rule = [](const std::string& fields) { return test::mapping_of(fields).fields()[1].rule.hex(); };
  EXPECT_EQ(rule(plain), rule("  b: {from: a, type: text, required: true}\n"));
  EXPECT_NE(rule(plain), rule("  a: {type: text, default: x}\n"));
}

TEST(MappingMistakes, SectionsAreCheckedTogether) {
  EXPECT_THAT(test::load("tabel: x\nkey: {colunm: a}\nlabel: nmae\nfields:\n  name: text\nowner: {column: user, from: a..b, matches: "
                         "users}\nmodified: {zone: x}\nindexes: [nam, {unique: yes}]\n")
                  .problems.errors(),
              ElementsAre("m.yaml:1:1: unknown option \"tabel\"; did you mean \"table\"?", "m.yaml:2:6: key: column is missing",
                          "m.yaml:2:7: unknown option \"colunm\"; did you mean \"column\"?",
                          "m.yaml:3:8: unknown column \"nmae\"; did you mean \"name\"?", "m.yaml:6:17: unknown column \"user\"",
                          "m.yaml:6:29: path \"a..b\": a key is missing at character 3",
                          "m.yaml:6:44: expected table.column, not \"users\"", "m.yaml:7:11: modified: column is missing",
                          "m.yaml:7:12: unknown option \"zone\"", "m.yaml:8:11: unknown column \"nam\"; did you mean \"name\"?",
                          "m.yaml:8:16: an index needs columns: [a, b]", "m.yaml:8:25: expected true or false, not \"yes\""));
}

TEST(MappingMistakes, MissingAndMisshapenSectionsAreTold) {
  EXPECT_THAT(test::load("label: x\n").problems.errors(),
              ElementsAre("m.yaml:1:1: table is missing", "m.yaml:1:1: key is missing: {column: NAME, from: id}",
                          "m.yaml:1:1: fields are missing", "m.yaml:1:8: unknown column \"x\""));
  EXPECT_THAT(test::load("table: t\nkey: id\nfields: []\nowned: 3\n").problems.errors(),
              ElementsAre("m.yaml:2:6: key: expected {column: NAME, from: PATH}", "m.yaml:3:9: fields: expected a map of columns",
                          "m.yaml:4:8: owned: expected a map of columns"));
  EXPECT_THAT(test::load("- a\n").problems.errors(), ElementsAre("m.yaml:1:1: expected a mapping: table, key and fields"));
  EXPECT_THAT(test::load("table: t\nkey: {column: k, from: uuid}\nfields: {a: text}\n").problems.errors(),
              ElementsAre("m.yaml:2:24: the key of assistant is \"id\""));
}

TEST(MappingMistakes, AMistypedSectionIsOneMistakeAndItsContentsAreRead) {
  const auto told = [](const std::string& text) { return test::load(text, {}).problems.errors(); };
  EXPECT_THAT(told("table: t\nkey: {column: remote_id, from: id}\nlabel: name\nfeilds:\n  name: text\n"),
              ElementsAre("m.yaml:4:1: unknown option \"feilds\"; did you mean \"fields\"?"));
  EXPECT_THAT(told("tabel: t\nkey: {column: remote_id, from: id}\nfields:\n  name: txet\n"),
              ElementsAre("m.yaml:1:1: unknown option \"tabel\"; did you mean \"table\"?", testing::HasSubstr("txet")));
  EXPECT_THAT(told("table: t\ntabel: u\nkey: {column: remote_id, from: id}\nfields:\n  name: text\n"),
              ElementsAre("m.yaml:2:1: unknown option \"tabel\"; did you mean \"table\"?"));
}

TEST(MappingMistakes, UnknownOptionsTypesAndTransforms) {
  EXPECT_THAT(
      mistakes("  a: txt\n  b: {type: interger}\n  c: {typ: text}\n  d: {type: text, transform: [trimm, lower]}\n  e: [text]\n", {"cents"}),
      ElementsAre(
          "m.yaml:4:6: unknown type \"txt\"; did you mean \"text\"?", "m.yaml:5:13: unknown type \"interger\"; did you mean \"integer\"?",
          "m.yaml:6:7: unknown option \"typ\"; did you mean \"type\"?", "m.yaml:7:31: unknown transform \"trimm\"; did you mean \"trim\"?",
          "m.yaml:8:6: expected a type (text, integer, real, boolean, json, timestamp, enum) or a map of options"));
}

TEST(MappingMistakes, CollidingColumns) {
  EXPECT_THAT(
      test::load("table: t\nkey: {column: k, from: id}\nfields:\n  a: text\n  A: {from: b, type: text}\n  k: {from: c, type: text}\n  id: "
                 "text\nowned:\n  a: text\n")
          .problems.errors(),
      ElementsAre("m.yaml:5:3: column \"A\" is used twice; first in line 4", "m.yaml:6:3: column \"k\" is used twice; first in line 2",
                  "m.yaml:7:3: column \"id\" is the row's own primary key; choose another name",
                  "m.yaml:9:3: column \"a\" is used twice; first in line 4"));
  EXPECT_THAT(mistakes("  a: text\n  a: json\n"), ElementsAre("m.yaml:5:3: \"a\" is given twice; the first one is in line 4"));
}

TEST(MappingMistakes, NamesThatSqlWouldTrip) {
  EXPECT_THAT(mistakes("  'a b': text\n  1a: text\n"),
              ElementsAre("m.yaml:4:3: \"a b\" is no column name; use letters, digits and underscores, at most 63",
                          "m.yaml:5:3: \"1a\" is no column name; use letters, digits and underscores, at most 63"));
}

TEST(MappingMistakes, OverlappingWritablePaths) {
  EXPECT_THAT(mistakes("  a: {from: x.y, type: text}\n  b: {from: x.y, type: text}\n"),
              ElementsAre("m.yaml:5:13: \"b\" and \"a\" (line 4) both write x.y; make one of them derived: true"));
  EXPECT_THAT(mistakes("  a: {from: 'l[r=x].v', type: text}\n  b: {from: 'l[0].v', type: text}\n"),
              ElementsAre("m.yaml:5:13: \"b\" and \"a\" (line 4) may both write one place, l[r=x].v; make one of them derived: true"));
  EXPECT_THAT(mistakes("  a: {from: x, type: text}\n  b: {from: x.y, type: text}\n"),
              ElementsAre("m.yaml:5:13: \"b\" lies inside \"a\", which is not of type json"));
  EXPECT_THAT(mistakes("  a: {from: x, type: json}\n  b: {from: x.y, type: text}\n  c: {from: x.y, type: text, derived: true}\n"),
              IsEmpty());
  EXPECT_THAT(mistakes("  a: {from: 'l[r=x].v', type: text}\n  b: {from: 'l[r=y].v', type: text}\n"), IsEmpty());
  EXPECT_THAT(mistakes("  a: {from: orgId, type: text}\n  b: {from: orgId, type: text}\n"), IsEmpty())
      << "the server owns it: nobody writes";
}

TEST(MappingMistakes, BoundsValuesAndLookups) {
  EXPECT_THAT(mistakes(R"(  a: {type: integer, min: 5, max: 4}
  b: {type: text, min: 1}
  c: {type: json, max_length: 1}
  d: {type: text, min_length: -1}
  e: {type: text, min_length: 3, max_length: 2}
  f: {type: enum}
  g: {type: text, values: [x]}
  h: {type: enum, values: [x, x]}
  i: {type: text, take: x}
  j: {references: a.b.c.d}
  k: enum
  l: {type: integer, min: ten}
  m: {type: text, from: "x.*"}
)"),
              ElementsAre("m.yaml:4:27: min is greater than max", "m.yaml:5:24: min belongs to the types integer and real",
                          "m.yaml:6:31: max_length belongs to the type text", "m.yaml:7:31: a length cannot be negative",
                          "m.yaml:8:31: min_length is greater than max_length", "m.yaml:9:6: an enum needs values: [a, b]",
                          "m.yaml:10:27: values belong to the type enum", "m.yaml:11:31: \"x\" is given twice",
                          "m.yaml:12:25: take needs references: table.column", "m.yaml:13:19: expected table.column, not \"a.b.c.d\"",
                          "m.yaml:14:6: an enum needs values: [a, b]", "m.yaml:15:27: expected a number, not \"ten\"",
                          "m.yaml:16:25: path \"x.*\": * names many places; name one"));
}

TEST(MappingMistakes, BadDefaults) {
  EXPECT_THAT(
      mistakes("  a: {type: integer, default: x}\n  b: {type: enum, values: [u, v], default: w}\n  c: {type: integer, max: 3, default: "
               "4}\n  d: {type: boolean, default: yes}\n"
               "  e: {type: text, default: [1]}\n  f: {type: timestamp, default: soon}\n  g: {type: text, default: ~}\n"),
      ElementsAre("m.yaml:4:31: bad default: expected an integer, not \"x\"", "m.yaml:5:44: bad default: expected one of u, v, not \"w\"",
                  "m.yaml:6:39: bad default: 4 is more than 3", "m.yaml:7:31: bad default: expected true or false, not \"yes\"",
                  "m.yaml:8:28: bad default: expected a text, not [1]", "m.yaml:9:33: bad default: expected a time, not \"soon\"",
                  "m.yaml:10:28: a default of nothing is what a column has without one"));
  const Mapping mapping =
      test::mapping_of("  a: {type: text, default: 010}\n  b: {type: json, default: {x: [1, true]}}\n  c: {type: real, default: 1}\n");
  EXPECT_EQ(*mapping.fields()[1].fallback, Json("010"));
  EXPECT_EQ(json::canonical(*mapping.fields()[2].fallback), R"({"x":[1,true]})");
  EXPECT_EQ(*mapping.fields()[3].fallback, Json(1.0));
}

TEST(MappingMistakes, ATransformOfTheHookWithoutInverseMakesItsColumnDerived) {
  const test::Loaded loaded = test::load(
      "table: t\nkey: {column: k, from: id}\nfields:\n  a: {type: text, transform: one_way}\n  b: {type: text, transform: both}\n",
      {"one_way", "both", "both_inverse"});
  EXPECT_THAT(loaded.problems.errors(), IsEmpty());
  EXPECT_THAT(loaded.problems.warnings(),
              ElementsAre("m.yaml:4:30: the hook has no \"one_way_inverse\", so this column is never exported; say derived: true"));
  EXPECT_TRUE(loaded.mapping.fields()[1].derived);
  EXPECT_FALSE(loaded.mapping.fields()[2].derived);
  EXPECT_TRUE(loaded.mapping.needs_hook());
  EXPECT_FALSE(test::mapping_of("  a: {type: text, transform: trim}\n").needs_hook());
}

TEST(MappingMistakes, APathThatTheApiDoesNotPublishIsAWarning) {
  Resource resource = test::assistant();
  resource.known = {"id", "name", "firstMessage"};
  const test::Loaded loaded =
      test::load("table: t\nkey: {column: k, from: id}\nfields:\n  first_mesage: text\n  name: text\n  silence_timeout_seconds: integer\n",
                 {}, resource);
  EXPECT_THAT(loaded.problems.errors(), IsEmpty());
  EXPECT_THAT(loaded.problems.warnings(),
              ElementsAre("m.yaml:4:3: the API publishes no \"firstMesage\" for assistant; did you mean \"firstMessage\"?"));
}

TEST(MappingMistakes, OneListHasAtMostSixtyFourSelections) {
  std::string fields;
  for (int i = 0; i < 65; ++i) {
    const std::string number = std::to_string(i);
    fields.append("  c").append(number).append(": {from: 'l[k=v").append(number).append("].x', type: text}\n");
  }
  EXPECT_THAT(mistakes(fields), ElementsAre("m.yaml:4:3: more than 64 selections of one list"));
}

}  // namespace
}  // namespace lockstep
