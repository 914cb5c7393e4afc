// The lists of models change behind the client's back, from inside the test's process and over HTTP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "common/error.h"
#include "sandbox/test_client.h"
#include "support/files.h"

namespace lockstep::sandbox {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string aliases_of(TestClient& client, const std::string& path) { return json::to_text(*client.get(path).json().find("aliases")); }

TEST(ModelControl, AddsChangesAndRemovesAModel) {
  Sandbox sandbox;
  TestClient client(sandbox);
  const auto before = sandbox.model_ids(ModelList::OpenAi).size();
  EXPECT_EQ(client.send("POST", "/_sandbox/models/openai/put", R"({"id":"gpt-new","object":"model","created":1,"owned_by":"x"})").status,
            200);
  EXPECT_EQ(client.send("POST", "/_sandbox/models/openai/edit", R"({"id":"gpt-new","set":{"shutdown_date":"2027-01-01"}})").status, 200);
  EXPECT_EQ(client.get("/openai/v1/models/gpt-new").json().text_at("shutdown_date"), "2027-01-01");
  client.send("POST", "/_sandbox/models/openai/edit", R"({"id":"gpt-new","unset":["shutdown_date"]})");
  EXPECT_EQ(client.get("/openai/v1/models/gpt-new").json().find("shutdown_date"), nullptr);
  EXPECT_EQ(client.send("POST", "/_sandbox/models/openai/remove", R"({"ids":["gpt-new","gpt-4"]})").status, 200);
  EXPECT_THAT(sandbox.model_ids(ModelList::OpenAi), SizeIs(before - 1));
  EXPECT_THAT(sandbox.model_ids(ModelList::OpenAi), Not(Contains("gpt-4")));
}

TEST(ModelControl, ChangesAnXaiModelInEachListThatTellsOfIt) {
  Sandbox sandbox;
  TestClient client(sandbox);
  client.send("POST", "/_sandbox/models/xai/edit", R"({"id":"grok-4.3","set":{"prompt_text_token_price":1,"context_length":2}})");
  for (const char* list : {"models", "language-models"})
    EXPECT_EQ(*client.get("/xai/v1/" + std::string(list) + "/grok-4.3").json().find("prompt_text_token_price")->integer(), 1);
  EXPECT_EQ(client.get("/xai/v1/language-models/grok-4.3").json().find("context_length"), nullptr);
  client.send("POST", "/_sandbox/models/xai/language-models/edit", R"({"id":"grok-4.3","set":{"fingerprint":"fp_1"}})");
  EXPECT_EQ(client.get("/xai/v1/language-models/grok-4.3").json().text_at("fingerprint"), "fp_1");
  client.send("POST", "/_sandbox/models/xai/remove", R"({"id":"grok-4.3"})");
  EXPECT_EQ(client.get("/xai/v1/models/grok-4.3").status, 404);
  EXPECT_EQ(client.get("/xai/v1/language-models/grok-4.3").status, 404);
}

TEST(ModelControl, MovesAnAliasToAnotherModel) {
  Sandbox sandbox;
  TestClient client(sandbox);
  EXPECT_EQ(client.send("POST", "/_sandbox/models/xai/move_alias", R"({"alias":"grok-latest","to":"grok-4.3"})").status, 200);
  for (const char* list : {"models", "language-models"}) {
    EXPECT_THAT(aliases_of(client, "/xai/v1/" + std::string(list) + "/grok-4.3"), HasSubstr("grok-latest"));
    EXPECT_THAT(aliases_of(client, "/xai/v1/" + std::string(list) + "/grok-4.5"), Not(HasSubstr("grok-latest")));
  }
  EXPECT_EQ(client.send("POST", "/_sandbox/models/openai/move_alias", R"({"alias":"a","to":"gpt-4"})").status, 400);
}

TEST(ModelControl, LoadsAWholeList) {
  Sandbox sandbox;
  TestClient client(sandbox);
  client.send("PUT", "/_sandbox/models/xai", R"({"data":[{"id":"grok-1","created":1,"object":"model","owned_by":"xai"}]})");
  EXPECT_THAT(sandbox.model_ids(ModelList::Xai), ElementsAre("grok-1"));
  EXPECT_THAT(sandbox.model_ids(ModelList::XaiLanguage), IsEmpty()) << "they told of another day";
  client.send("PUT", "/_sandbox/models", R"({"gemini":{"models":[{"name":"models/one"}]},"anthropic":[{"id":"two"}]})");
  EXPECT_THAT(sandbox.model_ids(ModelList::Gemini), ElementsAre("models/one"));
  EXPECT_THAT(sandbox.model_ids(ModelList::Anthropic), ElementsAre("two"));
  const auto all = client.get("/_sandbox/models").body;
  sandbox.reset();
  EXPECT_THAT(sandbox.model_ids(ModelList::Gemini), SizeIs(56));
  client.send("PUT", "/_sandbox/models", all);
  EXPECT_EQ(client.get("/_sandbox/models").body, all);
  EXPECT_EQ(client.get("/_sandbox/models/anthropic").body, R"([{"id":"two"}])");
}

TEST(ModelControl, ServesARecordedListAsItWasRecorded) {
  Sandbox sandbox;
  TestClient client(sandbox);
  client.send("PUT", "/_sandbox/models/openai", R"({"data":[{"id":"a"},{"id":"a"},{"id":""},{"created":1.50}]})");
  EXPECT_EQ(client.get("/openai/v1/models").body, R"({"object":"list","data":[{"id":"a"},{"id":"a"},{"id":""},{"created":1.5}]})");
}

TEST(ModelControl, RefusesWhatItDoesNotUnderstand) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  EXPECT_EQ(client.send("PUT", "/_sandbox/models/unknown", "[]").status, 404);
  EXPECT_EQ(client.send("PUT", "/_sandbox/models", R"({"unknown":[]})").status, 404);
  EXPECT_EQ(client.send("PUT", "/_sandbox/models/openai", R"({"list":[]})").status, 400);
  EXPECT_EQ(client.send("POST", "/_sandbox/models/openai/change", "{}").status, 404);
  EXPECT_EQ(client.send("POST", "/_sandbox/models/openai/edit", R"({"id":"gpt-0","set":{"a":1}})").status, 404);
  EXPECT_EQ(client.send("POST", "/_sandbox/models/openai/remove", R"({"id":"gpt-0"})").status, 404);
  EXPECT_EQ(client.send("POST", "/_sandbox/models/openai/put", R"({"name":"no id"})").status, 400);
  EXPECT_EQ(client.send("POST", "/_sandbox/models/gemini/edit", R"({"id":"gemini-2.5-pro","sett":{}})").status, 400);
}

/// Every recorded list can be loaded and is answered whole. Skipped where no recordings are.
TEST(ModelControl, TakesEveryRecordedList) {
  const char* recorded = std::getenv("LOCKSTEP_RECORDED");
  if (recorded == nullptr) GTEST_SKIP() << "LOCKSTEP_RECORDED is not set";
  Sandbox sandbox;
  int loaded = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(recorded) / "history")) {
    const std::string name = entry.path().filename();
    const std::string list = name.substr(0, name.find('-'));
    if (name == "index.json") continue;
    const Json answer = json::parse(test::file_text(entry.path()));
    sandbox.change_models([&](Models& models) { models.load(model_list_of(list), answer); });
    const Json* documents = answer.find("data") == nullptr ? answer.find("models") : answer.find("data");
    EXPECT_EQ(sandbox.model_ids(model_list_of(list)).size(), documents->array()->size()) << name;
    ++loaded;
  }
  EXPECT_GT(loaded, 0);
}

}  // namespace
}  // namespace lockstep::sandbox
