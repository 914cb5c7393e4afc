// Instants: when a record held what it is to get now, read off its journal.
#include "engine/passes/instants.h"

#include <gtest/gtest.h>

#include "format/json.h"
#include "format/yaml.h"

namespace lockstep::test {
namespace {

Mapping mapping() {
  Resource resource;
  resource.name = "thing";
  resource.read_only = {"seen"};
  yaml::Problems problems;
  Mapping mapping =
      Mapping::load(yaml::load_text("table: things\nkey: {column: remote_id, from: id}\nfields: {name: text, slot: integer, seen: text}\n",
                                    "m.yaml", {}, problems),
                    resource, {}, problems);
  EXPECT_EQ(problems.errors(), std::vector<std::string>{});
  return mapping;
}

ChangeEntry change(Micros at, const std::string& fields) {
  ChangeEntry entry;
  entry.at = at;
  entry.fields = json::parse(fields);
  return entry;
}

/// Newest first, as the journal answers.
const std::vector<ChangeEntry> kJournal = {change(30, R"({"name":{"before":"b","after":"c"},"seen":{"before":"s","after":"t"}})"),
                                           change(20, R"({"slot":{"before":1,"after":2}})"),
                                           change(10, R"({"name":{"before":"a","after":"b"}})")};

/// "10-20 30-" of the spans that begin or end within the journal.
std::string shown(const std::optional<Instants>& instants) {
  if (!instants) return "never";
  std::string out;
  for (const TimeSpan& span : *instants) {
    out +=
        (out.empty() ? "" : " ") + (span.from < 0 ? "" : std::to_string(span.from)) + "-" + (span.to > 1000 ? "" : std::to_string(span.to));
  }
  return out;
}

std::string when(std::vector<FieldChange> fields) { return shown(instants_of(mapping(), fields, kJournal)); }

TEST(Instants, AColumnThatIsLeftAloneHasHeldItsValueSinceItsLastChange) {
  EXPECT_EQ(when({{1, Value::text("c"), Value::text("b")}}), "20-30") << "slot has been 2 since 20, and what is read-only says nothing";
  EXPECT_EQ(when({{1, Value::text("c"), Value::text("a")}}), "") << "never with this slot";
  EXPECT_EQ(when({{1, Value::text("c"), Value::text("a")}, {2, Value::integer(2), Value::integer(1)}}), "-10");
  EXPECT_EQ(when({{1, Value::text("c"), Value::text("b")}, {2, Value::integer(2), Value::integer(1)}}), "10-20");
}

TEST(Instants, AValueThatNeverStoodThereIsNews) {
  EXPECT_EQ(when({{1, Value::text("c"), Value::text("new")}}), "never");
  EXPECT_EQ(when({{1, Value::text("c"), Value::text("b")}, {2, Value::integer(2), Value::integer(7)}}), "never");
  EXPECT_EQ(shown(instants_of(mapping(), std::vector<FieldChange>{{1, Value::text("c"), Value::text("a")}}, {})), "never");
}

TEST(Instants, OverlapIsWhatBothHave) {
  EXPECT_EQ(shown(overlap({{1, 5}, {8, 12}}, {{2, 3}, {4, 9}, {12, 20}})), "2-3 4-5 8-9");
  EXPECT_EQ(shown(overlap({{1, 5}}, {{5, 9}})), "");
  EXPECT_EQ(shown(overlap({}, {{1, 2}})), "");
}

}  // namespace
}  // namespace lockstep::test
