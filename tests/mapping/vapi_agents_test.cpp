// The shipped mapping of agents: nested places read, laid back into, and made where there are none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "support.h"

namespace lockstep {
namespace {

const Mapping& shipped() {
  static const Mapping mapping = [] {
    yaml::Problems problems;
    const yaml::Node root = yaml::load_file(LOCKSTEP_SOURCE_DIR "/config/mappings/vapi-agents.yaml", "vapi-agents.yaml", {}, problems);
    Mapping made = Mapping::load(root, test::assistant(), {}, problems);
    EXPECT_THAT(problems.errors(), testing::IsEmpty());
    EXPECT_THAT(problems.warnings(), testing::IsEmpty());
    return made;
  }();
  return mapping;
}

std::size_t at(std::string_view column) { return shipped().find(column).value(); }

constexpr const char* kDesk =
    R"({"id":"a1","name":"Desk","firstMessage":"Hello","voice":{"provider":"11labs","voiceId":"sarah","speed":1.1},"transcriber":{"provider":"deepgram","language":"de","model":"nova-2"},"model":{"provider":"openai","model":"gpt-4o","toolIds":["t"],"messages":[{"role":"user","content":"x"},{"role":"system","content":"Be kind."},{"role":"system","content":"More."}]}})";

TEST(VapiAgents, ReadsTheNestedPlaces) {
  const auto mapped = test::map(shipped(), kDesk);
  EXPECT_EQ(mapped.cell(shipped(), "greeting"), "text Hello");
  EXPECT_EQ(mapped.cell(shipped(), "language"), "text de");
  EXPECT_EQ(mapped.cell(shipped(), "voice"), "text sarah");
  EXPECT_EQ(mapped.cell(shipped(), "personality"), "text Be kind.");
  EXPECT_EQ(test::map(shipped(), R"({"id":"a2"})").cell(shipped(), "language"), "text en");
  EXPECT_EQ(shipped().key().column, "vapi_assistant_id");
}

TEST(VapiAgents, AnEditIsLaidInWithoutLosingItsNeighbours) {
  Json document = json::parse(kDesk);
  lay(shipped(), at("personality"), Value::text("Be brief."), document);
  lay(shipped(), at("voice"), Value::text("burt"), document);
  lay(shipped(), at("language"), Value::text("en"), document);
  Json expected = json::parse(kDesk);
  (*expected.find("model")->find("messages")->array())[1]["content"] = Json("Be brief.");
  (*expected.find("voice"))["voiceId"] = Json("burt");
  (*expected.find("transcriber"))["language"] = Json("en");
  EXPECT_EQ(json::canonical(document), json::canonical(expected));
}

TEST(VapiAgents, PlacesThatAreNotThereAreMadeWithTheirProviders) {
  Json document = json::parse(R"({"id":"a2","name":"Bare","model":null})");
  lay(shipped(), at("personality"), Value::text("Be kind."), document);
  lay(shipped(), at("voice"), Value::text("Elliot"), document);
  lay(shipped(), at("language"), Value::text("de"), document);
  EXPECT_EQ(
      json::canonical(document),
      json::canonical(json::parse(
          R"({"id":"a2","name":"Bare","model":{"provider":"openai","model":"gpt-4o","messages":[{"role":"system","content":"Be kind."}]},"voice":{"provider":"vapi","voiceId":"Elliot"},"transcriber":{"provider":"deepgram","model":"nova-3","language":"de"}})")));
}

TEST(VapiAgents, AModelWithoutMessagesKeepsItsProvider) {
  Json document = json::parse(R"({"model":{"provider":"groq","model":"llama"}})");
  lay(shipped(), at("personality"), Value::text("Be kind."), document);
  EXPECT_EQ(
      json::canonical(document),
      json::canonical(json::parse(R"({"model":{"provider":"groq","model":"llama","messages":[{"role":"system","content":"Be kind."}]}})")));
}

TEST(VapiAgents, ANewAgentGivesAWholeBody) {
  std::vector<Value> row(shipped().fields().size(), Value::null());
  row[at("name")] = Value::text("New");
  row[at("greeting")] = Value::text("Hi");
  row[at("personality")] = Value::text("Be kind.");
  EXPECT_EQ(
      json::canonical(to_document(shipped(), row)),
      json::canonical(json::parse(
          R"({"name":"New","firstMessage":"Hi","model":{"provider":"openai","model":"gpt-4o","messages":[{"role":"system","content":"Be kind."}]}})")));
}

TEST(VapiAgents, ARowSurvivesTheWayOutAndIn) {
  EXPECT_TRUE(rc::check([] {
    Arena arena;
    std::vector<Value> row(shipped().fields().size(), Value::null());
    for (std::size_t i = 1; i < row.size(); ++i) {
      if (*rc::gen::arbitrary<bool>()) row[i] = Value::text(arena.copy("v" + std::to_string(*rc::gen::inRange(0, 1000))));
    }
    Json document = to_document(shipped(), row);
    document["id"] = "a1";
    const auto mapped = test::map(shipped(), json::to_text(document));
    RC_ASSERT(mapped.problems.empty());
    for (std::size_t i = 1; i < row.size(); ++i) {
      if (!row[i].is_nothing()) RC_ASSERT(same(shipped().fields()[i], row[i], mapped.row[i]));
    }
    Json again = document;
    for (std::size_t i = 1; i < row.size(); ++i) lay(shipped(), i, mapped.row[i], again);
    RC_ASSERT(json::canonical(again) == json::canonical(document));
  }));
}

TEST(VapiAgents, AStarterThatServesNoColumnIsAMistake) {
  const auto loaded = test::load(
      "table: t\nkey: {column: remote_id, from: id}\nfields:\n  voice_id: {from: voice.voiceId}\nmade_with:\n  vioce: {provider: x}\n  "
      "voice: 5\n");
  EXPECT_EQ(loaded.problems.errors(), (std::vector<std::string>{"m.yaml:6:3: made_with: no column lies inside \"vioce\"",
                                                                "m.yaml:7:10: made_with: expected a map such as {provider: vapi}"}));
}

}  // namespace
}  // namespace lockstep
