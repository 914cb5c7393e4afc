// The xAI plugin: four lists that are one, prices digit by digit, refusals that are 400.
#include "providers/fixture.h"
#include "support/files.h"

#include <atomic>

namespace lockstep::xai {
namespace {

using test::answer;
using test::Given;
using test::list_all;
using test::provider_at;
using test::recorded;
using test::refused_with;
using test::ScriptedServer;

const std::string kMissing = answer(404, R"({"code":"not-found","error":"The requested resource was not found."})");

/// Answers by path; what is not named is not there.
struct Lists {
  explicit Lists(std::map<std::string, std::string> by_path)
      : server(ScriptedServer::serve([by_path = std::move(by_path)](const std::string& request) {
          const std::string path = request.substr(4, request.find(' ', 4) - 4);
          const auto found = by_path.find(path);
          return found == by_path.end() ? kMissing : found->second;
        })) {}
  ScriptedServer server;
};

const std::string kModels = answer(200, R"({"object":"list","data":[
  {"id":"grok-4","aliases":["grok-latest"],"context_length":256000,"created":1,"object":"model","owned_by":"xai","prompt_text_token_price":20000},
  {"id":"grok-imagine","created":2,"object":"model","owned_by":"xai","image_price":200000000}]})");
const std::string kLanguage = answer(200, R"({"models":[
  {"id":"grok-4","fingerprint":"fp_1","input_modalities":["text","image"],"prompt_text_token_price":12345678901234567890,"aliases":["grok-latest","grok"]}]})");
const std::string kImages = answer(200, R"({"models":[{"id":"grok-imagine","max_prompt_length":1024,"aliases":[]}]})");
const std::string kVideos = answer(200, R"({"models":[{"id":"grok-video","output_modalities":["video"]}]})");

const std::map<std::string, std::string> kAll{
    {"/models", kModels}, {"/language-models", kLanguage}, {"/image-generation-models", kImages}, {"/video-generation-models", kVideos}};

TEST(XaiPlugin, PresentsItself) {
  const PluginHead& head = lockstep_provider_v1.head;
  EXPECT_STREQ(head.name, "xai");
  EXPECT_EQ(OptionValues({head.options, head.option_count}, {}).text("base_url"), "https://api.x.ai/v1");
  const auto provider = test::make_provider({});
  EXPECT_EQ(provider->resources()[0].name, "model");
  EXPECT_FALSE(provider->resources()[0].can_create || provider->resources()[0].can_update);
  EXPECT_EQ(provider->credentials().missing, "XAI_API_KEY");
}

TEST(XaiPlugin, WhatEachListSaysOfAModelIsLaidOver) {
  Lists lists(kAll);
  const auto listed = list_all(*provider_at(lists.server.url()));
  EXPECT_TRUE(listed.end.complete) << listed.end.why;
  ASSERT_EQ(listed.items.size(), 3U);
  EXPECT_EQ(json::to_text(listed.items.at("grok-4")),
            R"({"id":"grok-4","aliases":["grok-latest","grok"],"context_length":256000,"created":1,"object":"model","owned_by":"xai",)"
            R"("prompt_text_token_price":12345678901234567890,"fingerprint":"fp_1","input_modalities":["text","image"]})");
  EXPECT_NE(listed.items.at("grok-imagine").find("max_prompt_length"), nullptr);
  EXPECT_NE(listed.items.at("grok-imagine").find("image_price"), nullptr);
  EXPECT_TRUE(listed.items.contains("grok-video")) << "a model that only its own list names";
}

TEST(XaiPlugin, AListThatIsNotThereMakesAnotherScope) {
  std::atomic<bool> videos = true;
  ScriptedServer server(ScriptedServer::serve([&](const std::string& request) {
    const auto found = kAll.find(request.substr(4, request.find(' ', 4) - 4));
    return found == kAll.end() || (!videos && found->first.starts_with("/video")) ? kMissing : found->second;
  }));
  const auto provider = provider_at(server.url());
  const auto all = list_all(*provider);
  EXPECT_EQ(all.items.size(), 3U);
  EXPECT_EQ(all.end.scope, list_all(*provider).end.scope);
  videos = false;
  const auto some = list_all(*provider);
  EXPECT_TRUE(some.end.complete) << some.end.why;
  EXPECT_EQ(some.items.size(), 2U);
  EXPECT_NE(some.end.scope, all.end.scope) << "what is missing now says nothing";
}

TEST(XaiPlugin, AListThatFailsOrIsAnswersOfAProxySpoilsAll) {
  for (const std::string& trouble : {answer(500, "{}"), answer(404, "<html>nginx</html>"), answer(200, "{\"data\":[]}"),
                                     answer(403, R"({"code":"permission-denied","error":"no"})")}) {
    auto lists = kAll;
    lists["/language-models"] = trouble;
    Lists served(lists);
    const auto provider = provider_at(served.server.url());
    test::error_of([&] { list_all(*provider); });
  }
  auto lists = kAll;
  lists.erase("/models");
  Lists served(lists);
  const auto provider = provider_at(served.server.url());
  EXPECT_EQ(test::error_of([&] { list_all(*provider); }).kind(), ErrorKind::NotFound) << "the first list must be there";
}

TEST(XaiPlugin, OneModelIsPutTogetherToo) {
  Lists lists({{"/models/grok-4", answer(200, R"({"id":"grok-4","a":1.50})")},
               {"/language-models/grok-4", answer(200, R"({"id":"grok-4","b":[ 2 ]})")},
               {"/video-generation-models/grok-video", answer(200, R"({"id":"grok-video"})")}});
  const auto provider = provider_at(lists.server.url());
  test::Caller caller;
  EXPECT_EQ(provider->get(provider->resources()[0], "grok-4", caller.call)->json, R"({"id":"grok-4","a":1.50,"b":[ 2 ]})");
  EXPECT_TRUE(provider->get(provider->resources()[0], "grok-video", caller.call));
  EXPECT_FALSE(provider->get(provider->resources()[0], "grok-none", caller.call));
}

TEST(XaiPlugin, AWrongKeyIsABadRequestAndToldWithoutAnyOfIt) {
  for (const char* body :
       {R"({"code":"invalid-argument","error":"Incorrect API key provided. You can obtain an API key from https://console.x.ai."})",
        R"({"code":"Client specified an invalid argument","error":"Incorrect API key provided: sk***yz. You can obtain an API key."})"}) {
    const auto refused = refused_with(answer(400, body));
    EXPECT_EQ(refused.error.kind(), ErrorKind::Credentials);
    EXPECT_EQ(refused.error.message(), "Invalid API key");
    EXPECT_EQ(std::string(refused.error.what()).find("sk***"), std::string::npos) << refused.error.what();
  }
  EXPECT_EQ(refused_with(answer(400, R"({"code":"invalid-argument","error":"bad filter"})")).error.kind(), ErrorKind::Rejected);
  EXPECT_EQ(refused_with(answer(401, R"({"code":"unauthenticated:no-credentials","error":"No credentials presented."})")).error.message(),
            "Invalid API key");
}

TEST(XaiPlugin, EmptyCreditIsNotAskedAgain) {
  const auto refused = refused_with(
      answer(
          429,
          R"({"code":"resource-exhausted","error":"Your team has either used all available credits or reached its monthly spending limit."})"),
      {{"retries", "4"}});
  EXPECT_EQ(refused.requests, 1U);
  EXPECT_EQ(refused.error.kind(), ErrorKind::Credentials);
  const auto busy =
      refused_with(answer(429, R"({"code":"resource-exhausted","error":"Too many requests"})", "Retry-After: 0\r\n"), {{"retries", "2"}});
  EXPECT_EQ(busy.requests, 3U);
  EXPECT_EQ(busy.error.kind(), ErrorKind::RateLimited);
}

TEST(XaiRecorded, BothListsOfAWholeDayBecomeOne) {
  const std::string models = recorded("xai-models.json"), language = recorded("xai-language-models.json");
  if (models.empty()) GTEST_SKIP() << "LOCKSTEP_RECORDED is not set";
  Lists lists({{"/models", answer(200, models)}, {"/language-models", answer(200, language)}});
  const auto listed = list_all(*provider_at(lists.server.url()));
  EXPECT_EQ(listed.items.size(), 10U);
  std::size_t language_models = 0, aliases = 0;
  for (const auto& [id, item] : listed.items) {
    if (const Json* modalities = item.find("input_modalities"); modalities != nullptr && item.find("fingerprint") != nullptr) {
      ++language_models;
      EXPECT_NE(item.find("context_length"), nullptr) << id;
    }
    if (const Json* names = item.find("aliases"); names != nullptr && names->array() != nullptr) aliases += names->array()->size();
  }
  EXPECT_EQ(language_models, 6U);
  EXPECT_EQ(aliases, 42U);
}

TEST(XaiRecorded, OlderAndOtherShapesAreRead) {
  if (recorded("MANIFEST.json").empty()) GTEST_SKIP() << "LOCKSTEP_RECORDED is not set";
  Lists lists({{"/models", answer(200, recorded("xai-models-2026-02.json"))},
               {"/language-models", answer(200, recorded("xai-language-models-capabilities.made-up.json"))},
               {"/image-generation-models", answer(200, recorded("xai-image-generation-models.docs-example.json"))},
               {"/video-generation-models", answer(200, recorded("xai-video-generation-models.docs-example.json"))}});
  const auto listed = list_all(*provider_at(lists.server.url()));
  EXPECT_TRUE(listed.end.complete && listed.problems.empty());
  EXPECT_TRUE(listed.items.contains("grok-imagine-video"));
}

TEST(XaiRecorded, RefusalsAreUnderstood) {
  if (recorded("MANIFEST.json").empty()) GTEST_SKIP() << "LOCKSTEP_RECORDED is not set";
  const auto told = [](const std::string& name) { return refused_with(test::refusal(recorded("errors/" + name))).error; };
  EXPECT_EQ(told("xai-400-invalid-key.json").message(), "Invalid API key");
  EXPECT_EQ(told("xai-401-no-credentials.json").kind(), ErrorKind::Credentials);
  EXPECT_EQ(told("xai-403-permission.made-up.json").kind(), ErrorKind::Credentials);
  EXPECT_EQ(told("xai-429-credits.made-up.json").kind(), ErrorKind::Credentials);
}

}  // namespace
}  // namespace lockstep::xai
