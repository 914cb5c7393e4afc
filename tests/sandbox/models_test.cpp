// The model APIs: paths, lists, pages and single models as each of the four serves them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include <Poco/URI.h>

#include "sandbox/test_client.h"

namespace lockstep::sandbox {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr const char* kOpenAi = "/openai/v1/models";
constexpr const char* kGemini = "/gemini/v1beta/models";
constexpr const char* kXai = "/xai/v1/";
constexpr const char* kAnthropic = "/anthropic/v1/models";

Headers google_key(const std::string& key = "sandbox-key") { return {{"x-goog-api-key", key}}; }
Headers anthropic_key(const std::string& key = "sandbox-key") { return {{"x-api-key", key}, {"anthropic-version", "2023-06-01"}}; }

std::vector<std::string> texts(const Json& answer, std::string_view list, std::string_view member) {
  std::vector<std::string> out;
  for (const auto& item : *answer.find(list)->array()) out.push_back(item.text_at(member));
  return out;
}

std::set<std::string> as_set(const std::vector<std::string>& ids) { return {ids.begin(), ids.end()}; }

std::string encoded(const std::string& token) {
  std::string out;
  Poco::URI::encode(token, "+/=&", out);
  return out;
}

TEST(OpenAiModels, AreOneListThatIsNeverSorted) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  const Json first = client.get(kOpenAi).json();
  EXPECT_EQ(first.text_at("object"), "list");
  const auto ids = texts(first, "data", "id");
  EXPECT_GE(ids.size(), 40U);
  EXPECT_FALSE(std::ranges::is_sorted(ids));
  const auto again = texts(client.get(kOpenAi).json(), "data", "id");
  EXPECT_NE(again, ids);
  EXPECT_EQ(as_set(again), as_set(ids));
}

TEST(OpenAiModels, MayNameTheirShutdownOrNullOrNothing) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  int dated = 0, null = 0, absent = 0;
  const Json answer = client.get(kOpenAi).json();
  for (const auto& model : *answer.find("data")->array()) {
    const Json* date = model.find("shutdown_date");
    ++(date == nullptr ? absent : date->is_null() ? null : dated);
    EXPECT_NE(model.find("created")->integer(), nullptr);
  }
  EXPECT_GT(dated, 0);
  EXPECT_GT(null, 0);
  EXPECT_GT(absent, 0);
}

TEST(OpenAiModels, AreGivenOneByOneToo) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  EXPECT_EQ(client.get("/openai/v1/models/gpt-4o").json().text_at("id"), "gpt-4o");
  const Json missing = client.get("/openai/v1/models/gpt-0").json();
  EXPECT_EQ(missing.find("error")->text_at("code"), "model_not_found");
  EXPECT_EQ(client.get("/openai/v1/engines").status, 404);
  EXPECT_EQ(client.send("POST", kOpenAi, "{}").status, 405);
}

TEST(GeminiModels, ComeInPagesOfFifty) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  client.with(google_key());
  const Json first = client.get(kGemini).json();
  EXPECT_THAT(*first.find("models")->array(), SizeIs(50));
  const std::string token = first.text_at("nextPageToken");
  const Json second = client.get(kGemini + std::string("?pageToken=") + encoded(token)).json();
  EXPECT_EQ(second.find("nextPageToken"), nullptr);
  auto all = texts(first, "models", "name");
  const auto rest = texts(second, "models", "name");
  all.insert(all.end(), rest.begin(), rest.end());
  EXPECT_EQ(all, sandbox.model_ids(ModelList::Gemini));
  EXPECT_THAT(all, testing::Each(testing::StartsWith("models/")));
}

TEST(GeminiModels, CapThePageSizeAndWantTheSameOnEveryPage) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  client.with(google_key());
  EXPECT_EQ(client.get(kGemini + std::string("?pageSize=5000")).json().find("nextPageToken"), nullptr);
  const std::string token = encoded(client.get(kGemini + std::string("?pageSize=20")).json().text_at("nextPageToken"));
  EXPECT_THAT(*client.get(kGemini + std::string("?pageSize=20&pageToken=") + token).json().find("models")->array(), SizeIs(20));
  const auto other = client.get(kGemini + std::string("?pageSize=21&pageToken=") + token);
  EXPECT_EQ(other.status, 400);
  EXPECT_THAT(other.body, HasSubstr("Invalid page token."));
  EXPECT_EQ(client.get(kGemini + std::string("?pageToken=nonsense")).status, 400);
  EXPECT_EQ(client.get(kGemini + std::string("?pageSize=many")).status, 400);
  EXPECT_THAT(client.get(kGemini + std::string("?page=2")).body, HasSubstr("Unknown name \\\"page\\\""));
}

TEST(GeminiModels, RefuseATokenWhoseModelIsGone) {
  Sandbox sandbox;
  TestClient client(sandbox);
  client.with(google_key());
  const Json first = client.get(kGemini).json();
  sandbox.change_models([&](Models& models) { models.remove(ModelList::Gemini, texts(first, "models", "name").back()); });
  EXPECT_EQ(client.get(kGemini + std::string("?pageToken=") + encoded(first.text_at("nextPageToken"))).status, 400);
}

TEST(GeminiModels, TakeTheKeyInTheHeaderOrTheQuery) {
  Sandbox sandbox;
  TestClient client(sandbox);
  EXPECT_EQ(client.with({}).get(kGemini + std::string("?key=sandbox-key")).status, 200);
  EXPECT_EQ(client.with(google_key()).get("/gemini/v1beta/models/gemini-2.5-pro").json().text_at("name"), "models/gemini-2.5-pro");
  EXPECT_EQ(client.get("/gemini/v1beta/models/gemini-0").json().find("error")->text_at("status"), "NOT_FOUND");
  EXPECT_THAT(client.get("/gemini/v1/models").body, HasSubstr("<html"));
  EXPECT_EQ(sandbox.requests().front().request.query, "key=(hidden)");
  EXPECT_EQ(sandbox.requests().back().request.header("x-goog-api-key"), "(hidden)");
}

TEST(XaiModels, AreFourListsWithTwoKeys) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  const auto all = texts(client.get(std::string(kXai) + "models").json(), "data", "id");
  std::vector<std::string> by_kind;
  for (const char* list : {"language-models", "image-generation-models", "video-generation-models"})
    for (const auto& id : texts(client.get(kXai + std::string(list)).json(), "models", "id")) by_kind.push_back(id);
  EXPECT_EQ(as_set(by_kind), as_set(all));
}

TEST(XaiModels, HavePricesContextAndAliases) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  const Json model = client.get("/xai/v1/models/grok-4.5").json();
  EXPECT_EQ(*model.find("prompt_text_token_price")->integer(), 30000);
  EXPECT_EQ(*model.find("context_length")->integer(), 1000000);
  EXPECT_EQ(model.find("aliases")->array()->back(), Json("grok-latest"));
  const Json language = client.get("/xai/v1/language-models/grok-4.5").json();
  EXPECT_EQ(language.find("context_length"), nullptr);
  EXPECT_NE(language.find("input_modalities"), nullptr);
  EXPECT_EQ(client.get("/xai/v1/language-models/grok-0").status, 404);
}

TEST(AnthropicModels, ComeInPagesOfTwentyByTheLastId) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  client.with(anthropic_key());
  const Json first = client.get(kAnthropic).json();
  EXPECT_TRUE(*first.find("has_more")->boolean());
  EXPECT_THAT(*first.find("data")->array(), SizeIs(20));
  const Json second = client.get(kAnthropic + std::string("?after_id=") + first.text_at("last_id")).json();
  EXPECT_FALSE(*second.find("has_more")->boolean());
  auto all = texts(first, "data", "id");
  const auto rest = texts(second, "data", "id");
  all.insert(all.end(), rest.begin(), rest.end());
  EXPECT_EQ(all, sandbox.model_ids(ModelList::Anthropic));
  const Json back = client.get(kAnthropic + std::string("?limit=2&before_id=") + second.text_at("first_id")).json();
  EXPECT_THAT(texts(back, "data", "id"), ElementsAre(all[18], all[19]));
}

TEST(AnthropicModels, RefuseWrongParameters) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  client.with(anthropic_key());
  EXPECT_THAT(client.get(kAnthropic + std::string("?limit=1001")).body, HasSubstr("less than or equal to 1000"));
  EXPECT_EQ(client.get(kAnthropic + std::string("?limit=0")).status, 400);
  EXPECT_EQ(client.get(kAnthropic + std::string("?page=2")).status, 400);
  EXPECT_EQ(client.get(kAnthropic + std::string("?after_id=unknown")).status, 400);
  EXPECT_EQ(client.get("/anthropic/v1/models/claude-0").json().find("error")->text_at("type"), "not_found_error");
}

TEST(ModelApis, DoNotDisturbTheLogOfKeys) {
  Sandbox sandbox;
  TestClient client(sandbox);
  client.with(anthropic_key()).get(kAnthropic);
  EXPECT_EQ(sandbox.requests().back().request.header("x-api-key"), "(hidden)");
  EXPECT_THAT(client.get("/_sandbox/requests").body, Not(HasSubstr("sandbox-key")));
}

}  // namespace
}  // namespace lockstep::sandbox
