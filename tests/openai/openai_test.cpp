// The OpenAI plugin: its headers, its refusals, its list, and real answers where they are at hand.
#include "providers/fixture.h"
#include "support/files.h"

namespace lockstep::openai {
namespace {

using test::answer;
using test::Caller;
using test::list_all;
using test::provider_at;
using test::recorded;
using test::refused_with;
using test::ScriptedServer;

constexpr const char* kList = R"({"object":"list","data":[
  {"id":"gpt-4o","object":"model","created":1715367049,"owned_by":"system","shutdown_date":null},
  {"id":"ft:gpt-4o-mini:acme::A1","object":"model","created":1721172741,"owned_by":"acme"},
  {"id":"gpt-4","object":"model","created":1687882411,"owned_by":"openai","shutdown_date":"2026-10-23","new_field":{"a":[1]}}]})";

struct Served {
  explicit Served(std::string bytes)
      : server(ScriptedServer::serve([this, bytes](const std::string& request) {
          last = request;
          return bytes;
        })) {}
  std::string last;
  ScriptedServer server;
};

TEST(OpenAiPlugin, PresentsItself) {
  const PluginHead& head = lockstep_provider_v1.head;
  EXPECT_STREQ(head.name, "openai");
  const OptionValues values({head.options, head.option_count}, {});
  EXPECT_EQ(values.text("base_url"), "https://api.openai.com/v1");
  EXPECT_STREQ(values.option("organization")->env, "OPENAI_ORG_ID");
  EXPECT_STREQ(values.option("project")->env, "OPENAI_PROJECT_ID");
  const auto provider = test::make_provider({});
  ASSERT_EQ(provider->resources().size(), 1U);
  EXPECT_EQ(provider->resources()[0].name, "model");
  EXPECT_EQ(provider->resources()[0].key, "id");
  EXPECT_FALSE(provider->resources()[0].can_create || provider->resources()[0].can_update);
  EXPECT_EQ(provider->credentials().missing, "OPENAI_API_KEY");
}

TEST(OpenAiPlugin, OrganisationAndProjectAreHeadersWhereGiven) {
  Served served(answer(200, kList));
  const auto plain = list_all(*provider_at(served.server.url()));
  EXPECT_NE(served.last.find("Authorization: Bearer sk-proj-abcdefghij0123456789wxyz\r\n"), std::string::npos);
  EXPECT_EQ(served.last.find("OpenAI-"), std::string::npos) << served.last;
  const auto ours = list_all(*provider_at(served.server.url(), {{"organization", "org-1"}, {"project", "proj_2"}}));
  EXPECT_NE(served.last.find("OpenAI-Organization: org-1\r\n"), std::string::npos) << served.last;
  EXPECT_NE(served.last.find("OpenAI-Project: proj_2\r\n"), std::string::npos) << served.last;
  EXPECT_NE(plain.end.scope, ours.end.scope) << "another organisation has another list";
}

TEST(OpenAiPlugin, EveryFieldIsKept) {
  Served served(answer(200, kList));
  const auto listed = list_all(*provider_at(served.server.url()));
  EXPECT_TRUE(listed.end.complete);
  ASSERT_EQ(listed.items.size(), 3U);
  EXPECT_EQ(listed.items.at("gpt-4").text_at("shutdown_date"), "2026-10-23");
  EXPECT_TRUE(listed.items.at("gpt-4o").find("shutdown_date")->is_null());
  EXPECT_NE(listed.items.at("gpt-4").find("new_field"), nullptr);
  EXPECT_TRUE(listed.items.contains("ft:gpt-4o-mini:acme::A1"));
}

TEST(OpenAiPlugin, AWrongKeyIsToldWithoutAnyOfIt) {
  const auto refused = refused_with(answer(
      401, R"({"error":{"message":"Incorrect API key provided: sk-proj-**********wxyz. You can find your API key at https://x.test.",)"
           R"("type":"invalid_request_error","param":null,"code":"invalid_api_key"}})"));
  EXPECT_EQ(refused.error.kind(), ErrorKind::Credentials);
  EXPECT_EQ(refused.error.message(), "Invalid API key");
  EXPECT_NE(refused.error.hint().find("[redacted]"), std::string::npos) << refused.error.hint();
  for (const char* part : {"wxyz", "sk-proj"}) EXPECT_EQ(std::string(refused.error.what()).find(part), std::string::npos) << part;
}

TEST(OpenAiPlugin, EmptyCreditIsNotAskedAgain) {
  const auto refused = refused_with(answer(429, R"({"error":{"message":"quota","code":"insufficient_quota"}})"), {{"retries", "5"}});
  EXPECT_EQ(refused.requests, 1U);
  EXPECT_EQ(refused.error.kind(), ErrorKind::Credentials);
  EXPECT_EQ(refused.error.message(), "The OpenAI account has no credit left");
}

TEST(OpenAiPlugin, AServerThatForbidsToRepeatIsObeyed) {
  const char* const body = R"({"error":{"message":"no","code":null}})";
  EXPECT_EQ(refused_with(answer(500, body, "x-should-retry: false\r\n"), {{"retries", "5"}}).requests, 1U);
  EXPECT_EQ(refused_with(answer(500, body, "retry-after-ms: 1\r\n"), {{"retries", "2"}}).requests, 3U);
}

TEST(OpenAiPlugin, ALongWaitIsToldAndNotWaitedFor) {
  const auto refused = refused_with(
      answer(429, R"({"error":{"code":"rate_limit_exceeded","message":"slow"}})", "retry-after-ms: 90000\r\n"), {{"retries", "5"}});
  EXPECT_EQ(refused.requests, 1U);
  EXPECT_EQ(refused.error.kind(), ErrorKind::RateLimited);
  EXPECT_EQ(refused.error.message(), "Rate limit exceeded, retry after 90 seconds");
}

TEST(OpenAiPlugin, ClearTextIsForThisMachineOnly) {
  std::string failure;
  EXPECT_EQ(test::make_provider({{"base_url", "http://api.openai.com/v1"}}, &failure), nullptr);
  EXPECT_NE(failure.find("clear text"), std::string::npos) << failure;
}

TEST(OpenAiRecorded, TheWholeListIsRead) {
  const std::string body = recorded("openai-models.json");
  if (body.empty()) GTEST_SKIP() << "LOCKSTEP_RECORDED is not set";
  Served served(answer(200, body));
  const auto listed = list_all(*provider_at(served.server.url()));
  EXPECT_EQ(listed.items.size(), 119U);
  EXPECT_TRUE(listed.end.complete && listed.problems.empty());
}

TEST(OpenAiRecorded, DoubledAndBrokenModelsCostNothingElse) {
  const std::string body = recorded("openai-models-duplicate-ids.made-up.json");
  if (body.empty()) GTEST_SKIP() << "LOCKSTEP_RECORDED is not set";
  Served served(answer(200, body));
  const auto listed = list_all(*provider_at(served.server.url()));
  EXPECT_FALSE(listed.items.empty());
  EXPECT_EQ(listed.problems.size(), 4U) << "one has an empty id, one has none, and two ids stand twice";
}

TEST(OpenAiRecorded, RefusalsAreUnderstood) {
  if (recorded("MANIFEST.json").empty()) GTEST_SKIP() << "LOCKSTEP_RECORDED is not set";
  const auto told = [](const std::string& name) { return refused_with(test::refusal(recorded("errors/" + name))).error; };
  EXPECT_EQ(told("openai-401-invalid-key.json").message(), "Invalid API key");
  EXPECT_EQ(told("openai-429-insufficient-quota.json").kind(), ErrorKind::Credentials);
  EXPECT_EQ(told("openai-429-rate-limit.json").retry_after(), std::chrono::seconds(20));
  EXPECT_EQ(told("openai-500.made-up.json").kind(), ErrorKind::Unreachable);
  EXPECT_EQ(told("openai-404-model-not-found.json").kind(), ErrorKind::NotFound);
}

}  // namespace
}  // namespace lockstep::openai
