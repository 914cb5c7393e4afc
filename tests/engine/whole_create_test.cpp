// A new item is the whole row: rows of the shipped mapping of assistants are created, and map back to themselves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "engine/decide/decide.h"
#include "format/json.h"
#include "mapping/support.h"

namespace lockstep {
namespace {

const Mapping& shipped() {
  static const Mapping mapping = [] {
    yaml::Problems problems;
    const yaml::Node root =
        yaml::load_file(LOCKSTEP_SOURCE_DIR "/config/mappings/vapi-assistants.yaml", "vapi-assistants.yaml", {}, problems);
    Mapping made = Mapping::load(root, test::assistant(), {}, problems);
    EXPECT_THAT(problems.errors(), testing::IsEmpty());
    return made;
  }();
  return mapping;
}

int below(int most) { return *rc::gen::inRange(0, most); }

/// Of a JSON column: texts that look like JSON, too.
Json any_json() {
  switch (below(6)) {
    case 0: return Json("it");
    case 1: return Json("{\"a\":1}");
    case 2: return Json(below(9));
    case 3: return Json(below(2) == 0);
    case 4: return Json::Array{Json("#"), Json(1)};
    default: return Json::Object{{"member", "x"}};
  }
}

Json any_of(const Field& field) {
  switch (field.type) {
    case FieldType::Integer: return Json(below(90));
    case FieldType::Real: return Json(static_cast<double>(below(9)) / 4);
    case FieldType::Boolean: return Json(below(2) == 0);
    case FieldType::Json: return any_json();
    case FieldType::Timestamp: return Json("2026-02-11T02:24:23.125Z");
    case FieldType::Enum: return Json(field.values.front());
    case FieldType::Text: break;
  }
  return Json(below(2) == 0 ? "text" : "");
}

/// A document with some of the places that have columns of their own.
Json any_document() {
  Json document{Json::Object{{"id", "remote"}, {"name", "Desk"}}};
  for (const Field& field : shipped().fields()) {
    const bool wanted = !field.remote_owned() && !field.legacy && !field.write_only && !field.secret && !field.whole;
    if (!wanted || !field.leaves.empty() || below(4) != 0) continue;
    try {
      field.from.reach(document) = any_of(field);
    } catch (const Error&) {
      // Something else stands at a place on the way already.
    }
  }
  return document;
}

/// What an export makes of a new row.
Decision created(const std::vector<Value>& row, Json& body) {
  Facts facts;
  facts.here = row;
  Policy policy;
  policy.mode = Mode::Export;
  Decision decision = decide(shipped(), policy, facts);
  body = Json(Json::Object{});
  for (const FieldChange& change : decision.remote_fields) lay(shipped(), change.ordinal, change.after, body);
  body["id"] = Json("remote");
  return decision;
}

TEST(WholeCreate, ARowThatAgreesWithItselfMapsBackToItself) {
  EXPECT_TRUE(rc::check([] {
    const test::Mapped mapped = test::map(shipped(), json::to_text(any_document()));
    RC_ASSERT(mapped.problems.empty());
    std::vector<Value> row = mapped.row;
    row[0] = Value::null();
    Json body;
    const Decision decision = created(row, body);
    RC_ASSERT(decision.remote == Action::Create);
    RC_ASSERT(decision.conflicts.empty());
    RC_ASSERT(decision.leaves_taken.empty());
    const test::Mapped back = test::map(shipped(), json::to_text(body));
    RC_ASSERT(back.problems.empty());
    for (std::size_t i = 1; i < row.size(); ++i) {
      const Field& field = shipped().fields()[i];
      if (field.remote_owned() || field.legacy) continue;
      RC_LOG() << field.column << ": " << to_display(row[i]) << " came back as " << to_display(back.row[i]) << '\n';
      RC_ASSERT(same(field, back.row[i], row[i]));
    }
  }));
}

TEST(WholeCreate, WhereObjectAndLeafDifferTheLeafIsSentAndTold) {
  const auto ordinal = [](std::string_view column) { return shipped().find(column).value(); };
  std::vector<Value> row(shipped().fields().size(), Value::null());
  row[ordinal("name")] = Value::text("Desk");
  row[ordinal("model")] = Value::json(R"({"maxTokens":300,"model":"m","provider":"openai","temperature":0.3})");
  row[ordinal("model_temperature")] = Value::real(0.5);
  row[ordinal("voice")] = Value::json(R"({"language":"es","provider":"cartesia","voiceId":"v"})");
  row[ordinal("voice_language")] = Value::json("\"es\"");
  Json body;
  const Decision decision = created(row, body);
  EXPECT_EQ(decision.leaves_taken, std::vector<std::size_t>{ordinal("model_temperature")});
  EXPECT_TRUE(decision.has(Note::LeavesTaken));
  EXPECT_EQ(json::canonical(body),
            R"({"id":"remote","model":{"maxTokens":300,"model":"m","provider":"openai","temperature":0.5},"name":"Desk",)"
            R"("voice":{"language":"es","provider":"cartesia","voiceId":"v"}})");
}

TEST(WholeCreate, NoItemIsMadeOfARowWithAnUnreadableCell) {
  std::vector<Value> row(shipped().fields().size(), Value::null());
  row[shipped().find("name").value()] = Value::text("Desk");
  row[shipped().find("model").value()] = Value::unreadable(Value::Storage::Text, "{bad");
  Json body;
  const Decision decision = created(row, body);
  EXPECT_EQ(decision.remote, Action::None);
  EXPECT_TRUE(decision.has(Note::Unreadable));
}

}  // namespace
}  // namespace lockstep
