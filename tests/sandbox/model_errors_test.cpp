// How each model API refuses, on its own and when a fault asks for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/error.h"
#include "sandbox/model_errors.h"
#include "sandbox/test_client.h"

namespace lockstep::sandbox {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Api {
  const char* name;
  const char* path;
  Headers good;
  Headers bad;
  int bad_key;
  int no_key;
  const char* bad_body;
  const char* no_body;
};

const std::vector<Api>& apis() {
  static const std::vector<Api> all = {
      {"openai",
       "/openai/v1/models",
       {{"Authorization", "Bearer sandbox-key"}},
       {{"Authorization", "Bearer sk-proj-1234567890abcdwxyz"}},
       401,
       401,
       R"("code":"invalid_api_key")",
       R"("type":"invalid_request_error")"},
      {"gemini",
       "/gemini/v1beta/models",
       {{"x-goog-api-key", "sandbox-key"}},
       {{"x-goog-api-key", "AIza-other"}},
       400,
       403,
       R"("reason":"API_KEY_INVALID")",
       R"("status":"PERMISSION_DENIED")"},
      {"xai",
       "/xai/v1/models",
       {{"Authorization", "Bearer sandbox-key"}},
       {{"Authorization", "Bearer xai-other"}},
       400,
       401,
       R"({"code":"invalid-argument","error":"Incorrect API key provided. )",
       R"({"code":"unauthenticated:no-credentials","error":"No credentials presented."})"},
      {"anthropic",
       "/anthropic/v1/models",
       {{"x-api-key", "sandbox-key"}, {"anthropic-version", "2023-06-01"}},
       {{"x-api-key", "other"}, {"anthropic-version", "2023-06-01"}},
       401,
       401,
       R"("message":"invalid x-api-key")",
       R"("message":"x-api-key header is required")"},
  };
  return all;
}

Fault fault_of(const std::string& text) { return read_fault(json::parse(text)); }

TEST(ModelErrors, OfAWrongOrMissingKeyAreEachApisOwn) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  for (const Api& api : apis()) {
    SCOPED_TRACE(api.name);
    EXPECT_EQ(client.with(api.good).get(api.path).status, 200);
    const auto bad = client.with(api.bad).get(api.path);
    EXPECT_EQ(bad.status, api.bad_key);
    EXPECT_THAT(bad.body, HasSubstr(api.bad_body));
    const auto none = client.with({{"User-Agent", "test"}}).get(api.path);
    EXPECT_EQ(none.status, api.no_key);
    EXPECT_THAT(none.body, HasSubstr(api.no_body));
  }
}

TEST(ModelErrors, RepeatAFragmentOfTheKeyAtOpenAi) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  const auto bad = client.with(apis()[0].bad).get("/openai/v1/models");
  EXPECT_THAT(bad.body, HasSubstr("sk-p*"));
  EXPECT_THAT(bad.body, HasSubstr("*wxyz."));
  EXPECT_THAT(bad.body, Not(HasSubstr("1234567890")));
  EXPECT_TRUE(bad.response.has("www-authenticate"));
}

TEST(ModelErrors, AnthropicWantsItsVersion) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  const auto answer = client.with({{"x-api-key", "sandbox-key"}}).get("/anthropic/v1/models");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("anthropic-version: header is required"));
}

TEST(ModelErrors, OfAStatusHaveTheFormOfTheApi) {
  Sandbox sandbox;
  TestClient client(sandbox);
  for (const Api& api : apis()) {
    SCOPED_TRACE(api.name);
    for (const int status : {403, 429, 500, 503, 418}) {
      sandbox.clear_faults();
      sandbox.fault(fault_of(R"({"fault":"status","message":"As asked.","status":)" + std::to_string(status) + "}"));
      const auto answer = client.with(api.good).get(api.path);
      EXPECT_EQ(answer.status, status);
      const Json body = answer.json();
      const Json* error = body.find("error");
      EXPECT_EQ(error->text() != nullptr ? *error->text() : error->text_at("message"), "As asked.");
    }
  }
}

TEST(ModelErrors, SayHowLongToWaitInTheirOwnWay) {
  Sandbox sandbox;
  TestClient client(sandbox);
  for (const Api& api : apis()) {
    SCOPED_TRACE(api.name);
    sandbox.clear_faults();
    sandbox.fault(fault_of(R"({"fault":"status","status":429,"retry_after":"15.06"})"));
    const auto answer = client.with(api.good).get(api.path);
    const bool gemini = std::string_view(api.name) == "gemini";
    EXPECT_EQ(answer.response.get("Retry-After", ""), gemini ? "" : "15.06");
    const auto info = HasSubstr(R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"15.06s"})");
    if (gemini) {
      EXPECT_THAT(answer.body, info);
    } else {
      EXPECT_THAT(answer.body, Not(info));
    }
  }
}

TEST(ModelErrors, OfAnEndedQuotaDifferFromARateLimit) {
  Sandbox sandbox;
  TestClient client(sandbox);
  const std::vector<std::string> marks = {"insufficient_quota", "PerDay", "used all available credits", "credit balance is too low"};
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const Api& api = apis()[i];
    SCOPED_TRACE(api.name);
    sandbox.clear_faults();
    sandbox.fault(fault_of(R"({"fault":"status","reason":"quota"})"));
    sandbox.fault(fault_of(R"({"fault":"status","reason":"rate_limit","match":{"nth":2}})"));
    client.with(api.good);
    const auto quota = client.get(api.path);
    EXPECT_EQ(quota.status, std::string_view(api.name) == "anthropic" ? 400 : 429);
    EXPECT_THAT(quota.body, HasSubstr(marks[i]));
    const auto rate = client.get(api.path);
    EXPECT_EQ(rate.status, 429);
    EXPECT_THAT(rate.body, Not(HasSubstr(marks[i])));
  }
}

TEST(ModelErrors, OfOneApiAreUnknownToAnother) {
  Sandbox sandbox;
  TestClient client(sandbox);
  sandbox.fault(fault_of(R"({"fault":"status","reason":"bad_page_token"})"));
  const auto answer = client.get("/openai/v1/models");
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr("openai has no error \"bad_page_token\""));
  EXPECT_THROW(fault_of(R"({"fault":"status","reason":"nonsense"})"), Error);
}

TEST(ModelErrors, KeysAreMaskedAtTheirMiddle) {
  EXPECT_EQ(masked("short-key"), "short-key");
  EXPECT_EQ(masked("abcd-0123456789-wxyz"), "abcd************wxyz");
}

TEST(ModelFaults, StrikeListsOfModelsAsTheyStrikeOthers) {
  Sandbox sandbox;
  TestClient client(sandbox);
  for (const Api& api : apis()) {
    SCOPED_TRACE(api.name);
    client.with(api.good);
    sandbox.clear_faults();
    const std::string match = R"("match":{"path":")" + std::string(api.path) + R"("})";
    sandbox.fault(fault_of("{" + match + R"(,"fault":"empty_list"})"));
    const Json empty = client.get(api.path).json();
    const Json* list = empty.find("data") == nullptr ? empty.find("models") : empty.find("data");
    EXPECT_TRUE(list->array()->empty());
    sandbox.fault(fault_of("{" + match + R"(,"fault":"html"})"));
    EXPECT_THAT(client.get(api.path).body, HasSubstr("<html>"));
    sandbox.fault(fault_of("{" + match + R"(,"fault":"echo_secret"})"));
    const auto echo = client.get(api.path);
    EXPECT_EQ(echo.status, 400);
    EXPECT_THAT(echo.body, HasSubstr("sandbox-key"));
    EXPECT_NE(echo.json().find("error"), nullptr);
  }
}

TEST(ModelFaults, CanRepeatAPageForEver) {
  Sandbox sandbox;
  TestClient client(sandbox);
  client.with(apis()[1].good);
  sandbox.fault(fault_of(R"({"match":{"times":0},"fault":"ignore_filters"})"));
  const auto first = client.get("/gemini/v1beta/models");
  EXPECT_EQ(client.get("/gemini/v1beta/models?pageToken=" + first.json().text_at("nextPageToken")).body, first.body);
}

TEST(ModelFaults, CanMoveTheListWhileItIsPaged) {
  Sandbox sandbox;
  TestClient client(sandbox);
  client.with(apis()[3].good);
  const auto before = sandbox.model_ids(ModelList::Anthropic).size();
  for (const char* change : {"insert", "edit", "delete"}) {
    sandbox.clear_faults();
    sandbox.fault(fault_of(R"({"fault":"change_while_paged","count":2,"change":")" + std::string(change) + R"("})"));
    EXPECT_EQ(client.get("/anthropic/v1/models?limit=3").status, 200);
    EXPECT_EQ(sandbox.model_ids(ModelList::Anthropic).size(), before + (std::string(change) == "delete" ? 0 : 2)) << change;
  }
}

}  // namespace
}  // namespace lockstep::sandbox
