// `where`, `read_only`, `on_missing`, `events`, `statistics` and `from: $`: what they read as, and what they refuse.
#include <gmock/gmock.h>

#include "mapping/support.h"

namespace lockstep::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Resource model() {
  Resource resource;
  resource.name = "model";
  return resource;
}

constexpr std::string_view kHead =
    "table: models\nkey: {column: model_id, from: id}\nfields:\n  status: text\n  ends_on: text\n  aliases: json\n";

Loaded standing(std::string_view rest) { return load(std::string(kHead).append(rest), {}, model()); }

std::string mistake(std::string_view rest) {
  const std::vector<std::string> errors = standing(rest).problems.errors();
  return errors.size() == 1 ? errors[0] : std::to_string(errors.size()) + " mistakes" + (errors.empty() ? "" : ": " + errors[0]);
}

TEST(Standing, RowsOfASyncAreToldByTheirConstants) {
  const Loaded loaded = standing("where: {provider: openai}\n");
  ASSERT_THAT(loaded.problems.errors(), IsEmpty());
  const Table table = loaded.mapping.table();
  ASSERT_NE(table.find("provider"), nullptr);
  EXPECT_FALSE(table.find("provider")->nullable);
  EXPECT_THAT(table.indexes[0].columns, ElementsAre("provider", "model_id"));
  EXPECT_TRUE(table.indexes[0].unique);
  EXPECT_THAT(mistake("where: {status: x}\n"), HasSubstr("\"status\" is a column of another kind already"));
  EXPECT_THAT(mistake("where: {provider: \"\"}\n"), HasSubstr("\"provider\": expected a text"));
}

TEST(Standing, WhatIsReadOnlyIsDecidedByTheRemoteAlone) {
  const Loaded loaded = standing("read_only: true\n");
  for (const Field& field : loaded.mapping.fields()) EXPECT_TRUE(field.remote_owned()) << field.column;
}

TEST(Standing, AMissingRecordSetsColumns) {
  const Loaded loaded = standing("on_missing: {set: {status: gone}}\n");
  ASSERT_EQ(loaded.mapping.on_missing().size(), 1U);
  EXPECT_EQ(loaded.mapping.on_missing()[0].ordinal, loaded.mapping.find("status"));
  EXPECT_EQ(*loaded.mapping.on_missing()[0].value.text(), "gone");
  EXPECT_THAT(mistake("on_missing: {set: {stauts: gone}}\n"), HasSubstr("unknown column \"stauts\"; did you mean \"status\"?"));
  EXPECT_THAT(mistake("on_missing: {set: {model_id: x}}\n"), HasSubstr("the key cannot be set"));
  EXPECT_THAT(mistake("on_missing: {}\n"), HasSubstr("on_missing lacks set"));
  EXPECT_THAT(mistake("on_missing: {set: {aliases: 5}}\n"), testing::AnyOf(HasSubstr("aliases"), HasSubstr("0 mistakes")));
}

TEST(Standing, EventsAreRowsOfATableOfTheirOwn) {
  const Loaded loaded = standing(
      "where: {provider: openai}\non_missing: {set: {status: gone}}\n"
      "events:\n  table: model_events\n  copy: [provider, model_id]\n  rules:\n    added: {on: insert}\n    moved: {on: moved_element, "
      "columns: "
      "[aliases]}\n    changed: {on: change, except: [aliases]}\n");
  ASSERT_THAT(loaded.problems.errors(), IsEmpty());
  const EventRules& events = *loaded.mapping.events();
  std::vector<std::string> columns;
  for (const Column& column : events.table.columns) columns.push_back(column.name);
  EXPECT_THAT(columns, ElementsAre("id", "happened_at", "run", "event", "provider", "model_id", "field", "old_value", "new_value"));
  ASSERT_EQ(events.rules.size(), 3U);
  EXPECT_THAT(events.rules[2].ordinals, ElementsAre(*loaded.mapping.find("ends_on")))
      << "neither what is left out nor what marks a missing one";
}

TEST(Standing, MistakesOfEventsNameTheirPlace) {
  const std::string head = "events:\n  table: e\n  rules:\n    a: ";
  EXPECT_THAT(mistake(head + "{on: inserted}\n"), HasSubstr("m.yaml:10:13: \"inserted\" is none of insert, missing"));
  EXPECT_THAT(mistake(head + "{on: inserted}\n"), HasSubstr("did you mean \"insert\"?"));
  EXPECT_THAT(mistake(head + "{columns: [status]}\n"), HasSubstr("lacks on: WHEN"));
  EXPECT_THAT(mistake(head + "{on: change, columns: [x]}\n"), HasSubstr("unknown column \"x\""));
  EXPECT_THAT(mistake(head + "{on: insert, columns: [status]}\n"), HasSubstr("columns belongs to events on a change"));
  EXPECT_THAT(mistake(head + "{on: moved_element, columns: [status]}\n"), HasSubstr("is not of type json"));
  EXPECT_THAT(mistake("events: {rules: {a: {on: insert}}}\n"), HasSubstr("table is missing"));
}

TEST(Standing, StatisticsNameColumnsThatAreThere) {
  const Loaded loaded = standing("statistics:\n  Ending: {where: {status: [a, b*]}}\n  Seen: {states: aliases.seen}\n");
  ASSERT_THAT(loaded.problems.errors(), IsEmpty());
  ASSERT_EQ(loaded.mapping.statistics().size(), 2U);
  EXPECT_THAT(loaded.mapping.statistics()[0].where[0].values, ElementsAre("a", "b*"));
  EXPECT_EQ(loaded.mapping.statistics()[1].state, "seen");
  EXPECT_THAT(mistake("statistics: {A: {where: {statsu: a}}}\n"), HasSubstr("did you mean \"status\"?"));
  EXPECT_THAT(mistake("statistics: {A: {states: status.x}}\n"), HasSubstr("unknown column \"status\""));
  const Loaded spelled = standing("statistics: {A: {by: status, spelled: {gpt: GPT}}}\n");
  EXPECT_THAT(spelled.mapping.statistics()[0].spelled, ElementsAre(std::pair<std::string, std::string>("gpt", "GPT")));
  EXPECT_THAT(mistake("statistics: {A: {where: {status: a}, spelled: {gpt: GPT}}}\n"), HasSubstr("spelled goes with by"));
}

TEST(Standing, TheWholeDocumentIsAColumn) {
  const Loaded loaded =
      load("table: m\nkey: {column: model_id, from: id}\nfields:\n  name: text\n  raw: {from: $, type: json}\n", {}, model());
  ASSERT_THAT(loaded.problems.errors(), IsEmpty());
  const Mapped mapped = test::map(loaded.mapping, R"({"new": [1.0], "name": "n", "id": "a", "$": 5})");
  EXPECT_EQ(mapped.cell(loaded.mapping, "raw"), R"(json {"$":5,"id":"a","name":"n","new":[1]})");
  EXPECT_THAT(mapped.unmapped, ElementsAre("new", "$")) << "it is still told which keys nobody named";
  const Loaded secret = load("table: m\nkey: {column: a, from: id}\nfields:\n  raw: {from: $, type: json}\n");
  EXPECT_THAT(secret.problems.errors(), ElementsAre(HasSubstr("may hold secrets")));
  const Loaded text = load("table: m\nkey: {column: a, from: id}\nfields:\n  raw: {from: $, type: text}\n", {}, model());
  EXPECT_THAT(text.problems.errors(), ElementsAre(HasSubstr("belongs to the type json")));
}

}  // namespace
}  // namespace lockstep::test
