// The Gemini plugin: all pages, the key in a header, refusals that are 400, quotas that only look as if they passed soon.
#include "providers/fixture.h"
#include "support/files.h"

namespace lockstep::gemini {
namespace {

using test::answer;
using test::list_all;
using test::provider_at;
using test::recorded;
using test::refused_with;
using test::ScriptedServer;

std::string refusal_body(int code, const std::string& message, const std::string& details = "[]") {
  return R"({"error":{"code":)" + std::to_string(code) + R"(,"message":")" + message + R"(","status":"X","details":)" + details + "}}";
}

const std::string kRetryInfo = R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"0.002s"})";
const std::string kLongRetryInfo = R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"75.5s"})";

std::string quota(const std::string& id) {
  return R"({"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":"m","quotaId":")" + id + R"("}]})";
}

TEST(GeminiPlugin, PresentsItself) {
  const PluginHead& head = lockstep_provider_v1.head;
  EXPECT_STREQ(head.name, "gemini");
  const OptionValues values({head.options, head.option_count}, {});
  EXPECT_EQ(values.text("base_url"), "https://generativelanguage.googleapis.com/v1beta");
  const auto provider = test::make_provider({});
  EXPECT_EQ(provider->resources()[0].name, "model");
  EXPECT_EQ(provider->resources()[0].key, "name");
  EXPECT_FALSE(provider->resources()[0].can_create || provider->resources()[0].can_update);
  EXPECT_EQ(provider->credentials().missing, "GOOGLE_API_KEY or GEMINI_API_KEY") << "the one that wins comes first";
}

TEST(GeminiPlugin, AllPagesComeWithTheSameParametersAndTheKeyInAHeader) {
  std::vector<std::string> requests;
  ScriptedServer server(ScriptedServer::serve([&](const std::string& request) {
    requests.push_back(request);
    if (requests.size() == 1) return answer(200, R"({"models":[{"name":"models/a","thinking":true}],"nextPageToken":"Cg1tb2RlbHM="})");
    return answer(200, R"({"models":[{"name":"models/b","newField":1}],"nextPageToken":""})");
  }));
  const auto listed = list_all(*provider_at(server.url()));
  EXPECT_TRUE(listed.end.complete) << listed.end.why;
  ASSERT_EQ(listed.items.size(), 2U);
  EXPECT_NE(listed.items.at("models/b").find("newField"), nullptr);
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_TRUE(requests[0].starts_with("GET /models?pageSize=1000 HTTP/1.1\r\n")) << requests[0];
  EXPECT_TRUE(requests[1].starts_with("GET /models?pageSize=1000&pageToken=Cg1tb2RlbHM%3D HTTP/1.1\r\n")) << requests[1];
  for (const std::string& request : requests) {
    EXPECT_NE(request.find("x-goog-api-key: sk-proj-abcdefghij0123456789wxyz\r\n"), std::string::npos) << request;
    EXPECT_EQ(request.substr(0, request.find('\n')).find("key="), std::string::npos) << request;
  }
}

TEST(GeminiPlugin, ATokenThatComesAgainConcludesNothing) {
  ScriptedServer server(
      ScriptedServer::serve([&](const std::string&) { return answer(200, R"({"models":[{"name":"models/a"}],"nextPageToken":"same"})"); }));
  EXPECT_FALSE(list_all(*provider_at(server.url())).end.complete);
}

TEST(GeminiPlugin, OneModelIsAskedForByItsName) {
  std::string last;
  ScriptedServer server(ScriptedServer::serve([&](const std::string& request) {
    last = request;
    return answer(200, R"({"name":"models/gemini-2.5-pro"})");
  }));
  const auto provider = provider_at(server.url() + "/v1beta");
  test::Caller caller;
  EXPECT_TRUE(provider->get(provider->resources()[0], "models/gemini-2.5-pro", caller.call));
  EXPECT_TRUE(last.starts_with("GET /v1beta/models/gemini-2.5-pro HTTP/1.1\r\n")) << last;
}

TEST(GeminiPlugin, AWrongKeyIsABadRequest) {
  const std::string reason = R"([{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}])";
  for (const std::string& body :
       {refusal_body(400, "API key not valid. Please pass a valid API key.", reason),
        refusal_body(400, "API key not valid. Please pass a valid API key."),
        refusal_body(400, "API key expired. Please renew the API key.", reason), "[" + refusal_body(400, "wrapped", reason) + "]"}) {
    const auto refused = refused_with(answer(400, body), {{"retries", "3"}});
    EXPECT_EQ(refused.error.kind(), ErrorKind::Credentials) << body;
    EXPECT_EQ(refused.error.message(), "Invalid API key") << body;
    EXPECT_EQ(refused.requests, 1U);
  }
  EXPECT_EQ(refused_with(answer(403, refusal_body(403, "Your API key was reported as leaked."))).error.message(), "Invalid API key");
  EXPECT_EQ(refused_with(answer(403, refusal_body(403, "unregistered callers"))).error.kind(), ErrorKind::Credentials);
  EXPECT_EQ(refused_with(answer(400, refusal_body(400, "User location is not supported"))).error.kind(), ErrorKind::Rejected)
      << "not every bad request is a wrong key";
}

TEST(GeminiPlugin, AQuotaOfADayIsNotWaitedFor) {
  const auto daily =
      refused_with(answer(429, refusal_body(429, "quota", "[" + quota("RequestsPerDayPerProject-FreeTier") + "," + kRetryInfo + "]")),
                   {{"retries", "3"}});
  EXPECT_EQ(daily.requests, 1U);
  EXPECT_EQ(daily.error.kind(), ErrorKind::RateLimited);
  EXPECT_EQ(daily.error.message(), "The day's quota of Gemini is spent");
}

TEST(GeminiPlugin, RetryInfoIsObeyed) {
  const std::string minute = "[" + quota("RequestsPerMinutePerProject") + "," + kRetryInfo + "]";
  EXPECT_EQ(refused_with(answer(429, refusal_body(429, "quota", minute)), {{"retries", "2"}}).requests, 3U);
  const std::string late = "[" + quota("RequestsPerMinutePerProject") + "," + kLongRetryInfo + "]";
  const auto refused = refused_with(answer(429, refusal_body(429, "quota", late)), {{"retries", "2"}});
  EXPECT_EQ(refused.requests, 1U) << "longer than the timeout";
  EXPECT_EQ(refused.error.message(), "Rate limit exceeded, retry after 76 seconds");
}

TEST(GeminiRecorded, BothPagesAreRead) {
  const std::string first = recorded("gemini-models-page1.json"), second = recorded("gemini-models-page2.made-up.json");
  if (first.empty()) GTEST_SKIP() << "LOCKSTEP_RECORDED is not set";
  ScriptedServer server(ScriptedServer::serve(
      [&](const std::string& request) { return answer(200, request.find("pageToken=") == std::string::npos ? first : second); }));
  const auto listed = list_all(*provider_at(server.url()));
  EXPECT_TRUE(listed.end.complete) << listed.end.why;
  EXPECT_EQ(listed.items.size(), 54U);
  EXPECT_TRUE(listed.problems.empty());
}

TEST(GeminiRecorded, RefusalsAreUnderstood) {
  if (recorded("MANIFEST.json").empty()) GTEST_SKIP() << "LOCKSTEP_RECORDED is not set";
  const auto told = [](const std::string& name) { return refused_with(test::refusal(recorded("errors/" + name))).error; };
  EXPECT_EQ(told("gemini-400-invalid-key.json").message(), "Invalid API key");
  EXPECT_EQ(told("gemini-400-bad-page-token.made-up.json").kind(), ErrorKind::Rejected);
  EXPECT_EQ(told("gemini-400-location.made-up.json").kind(), ErrorKind::Rejected);
  EXPECT_EQ(told("gemini-403-no-key.json").kind(), ErrorKind::Credentials);
  EXPECT_EQ(told("gemini-429-retryinfo.json").retry_after(), std::chrono::seconds(20));
  EXPECT_EQ(told("gemini-503.made-up.json").kind(), ErrorKind::Unreachable);
}

}  // namespace
}  // namespace lockstep::gemini
