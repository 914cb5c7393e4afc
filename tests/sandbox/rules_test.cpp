// The API's rules for single items: gate, writes, secrets, phone numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/test_client.h"

namespace lockstep::sandbox {
namespace {

using testing::HasSubstr;

constexpr const char* kLunch = "/assistant/7af394ba-09aa-4b08-82d6-d9aa24252b8d";

std::vector<std::string> messages(const Answer& answer) {
  std::vector<std::string> out;
  const Json body = answer.json();
  for (const auto& message : *body.find("message")->array()) out.push_back(*message.text());
  return out;
}

TEST(SandboxGate, RefusesWithoutUserAgentBeforeItLooksAtTheKey) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  const auto answer = client.with({{"Authorization", "Bearer wrong"}}).get("/assistant");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.body, "error code: 1010");
}

TEST(SandboxGate, TellsAMissingKeyFromAWrongOne) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  EXPECT_EQ(client.with({{"User-Agent", "test"}}).get("/assistant").body,
            R"({"message":"Missing Authorization Header.","error":"Unauthorized","statusCode":401})");
  const auto wrong = client.with({{"User-Agent", "test"}, {"Authorization", "Bearer sandbox-kex"}}).get("/assistant");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_THAT(wrong.body, HasSubstr(R"("message":"Invalid Key. Hot tip, you may be using the private key)"));
}

TEST(SandboxGate, AnswersUnknownRoutesAndItemsWithTheEnvelope) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  EXPECT_EQ(client.get("/v3/assistant").body, R"({"message":"Cannot GET /v3/assistant","error":"Not Found","statusCode":404})");
  EXPECT_EQ(client.get("/assistant/unknown").status, 404);
  EXPECT_EQ(client.send("PATCH", "/assistant/unknown", "{}").json().find("statusCode")->integer()[0], 404);
}

TEST(SandboxWrites, CreatesWithServerMadeMembers) {
  Sandbox sandbox;
  TestClient client(sandbox);
  const auto answer = client.send("POST", "/assistant", R"({"name":"New","model":{"provider":"openai","model":"gpt-4o"}})");
  EXPECT_EQ(answer.status, 201);
  const Json created = answer.json();
  EXPECT_EQ(created.text_at("id").size(), 36U);
  EXPECT_EQ(created.text_at("createdAt"), created.text_at("updatedAt"));
  EXPECT_TRUE(created.text_at("createdAt").ends_with("Z"));
  EXPECT_EQ(created.find("firstMessage"), nullptr) << "defaults are not written into answers";
  EXPECT_EQ(sandbox.item(created.text_at("id")), created);
  EXPECT_EQ(client.get("/assistant?limit=1").json().array()->front(), created) << "newest first";
}

TEST(SandboxWrites, MergesShallowlyAndNullClears) {
  Sandbox sandbox;
  TestClient client(sandbox);
  const Json before = client.get(kLunch).json();
  const Json after = client.send("PATCH", kLunch, R"({"model":{"provider":"openai","model":"gpt-4.1"},"endCallMessage":null})").json();
  EXPECT_EQ(json::to_text(*after.find("model")), R"({"provider":"openai","model":"gpt-4.1"})") << "the prompt is lost, as with the API";
  EXPECT_EQ(after.find("endCallMessage"), nullptr);
  EXPECT_EQ(*after.find("voice"), *before.find("voice"));
  EXPECT_GT(after.text_at("updatedAt"), before.text_at("updatedAt"));
  EXPECT_EQ(after.text_at("createdAt"), before.text_at("createdAt"));
  EXPECT_EQ(after.text_at("latestVersion"), "v8");
}

TEST(SandboxWrites, RefusesUnknownAndReadOnlyProperties) {
  Sandbox sandbox;
  TestClient client(sandbox);
  const auto before = sandbox.state();
  const auto answer = client.send(
      "PATCH", kLunch, R"({"id":"x","updatedAt":"y","voice":{"provider":"vapi","enableSsmlParsing":true},"server":{"url":"u","nope":1}})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(messages(answer),
              testing::UnorderedElementsAre("property id should not exist", "property updatedAt should not exist",
                                            "voice.property enableSsmlParsing should not exist", "server.property nope should not exist"));
  EXPECT_EQ(sandbox.state(), before);
}

TEST(SandboxWrites, RefusesValuesOutOfBounds) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  const auto name = [&](const std::string& text) {
    return client.send("PATCH", kLunch, json::to_text(Json(Json::Object{{"name", Json(text)}})));
  };
  EXPECT_EQ(name(std::string(40, 'x')).status, 200);
  std::string umlauts;
  for (int i = 0; i < 40; ++i) umlauts += "ü";
  EXPECT_EQ(name(umlauts).status, 200) << "characters count, not bytes";
  EXPECT_THAT(messages(name(std::string(41, 'x'))), testing::ElementsAre("name must be shorter than or equal to 40 characters"));
  EXPECT_THAT(
      messages(client.send("PATCH", kLunch,
                           R"({"maxDurationSeconds":9,"silenceTimeoutSeconds":3601,"firstMessageMode":"loud","endCallPhrases":"x"})")),
      testing::UnorderedElementsAre("maxDurationSeconds must not be less than 10", "silenceTimeoutSeconds must not be greater than 3600",
                                    HasSubstr("firstMessageMode must be one of the following values: assistant-speaks-first"),
                                    "endCallPhrases must be an array"));
}

TEST(SandboxWrites, RefusesBodiesThatAreNoObject) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  EXPECT_EQ(client.send("POST", "/assistant", "{\"name\":").status, 400);
  EXPECT_EQ(client.send("POST", "/assistant", "[]").status, 400);
  TestClient plain(sandbox);
  EXPECT_EQ(plain.send("POST", "/assistant").status, 415);
}

TEST(SandboxWrites, KeepsSecretsToItself) {
  Sandbox sandbox;
  TestClient client(sandbox);
  const auto id = client.send("POST", "/assistant", R"({"name":"S"})").json().text_at("id");
  const auto answer =
      client.send("PATCH", "/assistant/" + id,
                  R"({"server":{"url":"https://a.example","secret":"hush-1"},"credentials":[{"provider":"openai","apiKey":"hush-2"}]})");
  EXPECT_THAT(answer.body, testing::Not(HasSubstr("hush")));
  EXPECT_TRUE(*answer.json().find("isServerUrlSecretSet")->boolean());
  EXPECT_EQ(sandbox.secret(id), "hush-1");
  EXPECT_THAT(sandbox.state(), testing::Not(HasSubstr("hush")));
  const auto replaced = client.send("PATCH", "/assistant/" + id, R"({"server":{"url":"https://b.example"}})");
  EXPECT_FALSE(*replaced.json().find("isServerUrlSecretSet")->boolean()) << "the object is replaced whole, and its secret with it";
  EXPECT_EQ(sandbox.secret(id), "");
}

TEST(SandboxWrites, TakesLegacyKeysWhereTheItemHoldsThem) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  const std::string legacy = "/assistant/d9b2d63d-a233-4123-847a-9e6f5d1c0b77";
  EXPECT_EQ(client.send("PATCH", legacy, R"({"forwardingPhoneNumber":"+15550100111"})").json().text_at("forwardingPhoneNumber"),
            "+15550100111");
  EXPECT_THAT(messages(client.send("PATCH", kLunch, R"({"forwardingPhoneNumber":"+15550100111"})")),
              testing::ElementsAre("property forwardingPhoneNumber should not exist"));
  EXPECT_EQ(client.send("PATCH", kLunch, R"({"silenceTimeoutSeconds":30})").status, 200);
}

TEST(SandboxWrites, NormalizesSmartEndpointing) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  const Json after = client.send("PATCH", kLunch, R"({"startSpeakingPlan":{"smartEndpointingEnabled":true}})").json();
  EXPECT_EQ(json::to_text(*after.find("startSpeakingPlan")), R"({"smartEndpointingPlan":{"provider":"vapi"}})");
}

TEST(SandboxWrites, DeletesAsTheApiDoes) {
  Sandbox sandbox;
  TestClient client(sandbox);
  EXPECT_EQ(client.send("DELETE", kLunch).json().text_at("name"), "The Lunch Mob");
  EXPECT_EQ(client.get(kLunch).status, 404);
  EXPECT_EQ(sandbox.size(), 14U);
  EXPECT_EQ(sandbox.count("DELETE"), 1U);
}

TEST(SandboxPhoneNumbers, HaveFiveProvidersAndDetach) {
  Sandbox sandbox;
  TestClient client(sandbox);
  std::vector<std::string> providers;
  const Json list = client.get("/phone-number").json();
  for (const auto& number : *list.array()) providers.push_back(number.text_at("provider"));
  EXPECT_THAT(providers, testing::UnorderedElementsAre("vapi", "twilio", "byo-phone-number", "vonage", "telnyx"));
  const std::string path = "/phone-number/f6ffce72-7753-4612-ae09-395b81da1153";
  const auto detached = client.send("PATCH", path, R"({"assistantId":null})");
  EXPECT_EQ(detached.status, 200);
  EXPECT_TRUE(detached.json().find("assistantId")->is_null());
  EXPECT_EQ(client.send("PATCH", path, R"({"assistantId":"not-there"})").status, 400);
}

TEST(SandboxPhoneNumbers, RefuseThePropertiesOfAnotherProvider) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  const auto answer =
      client.send("PATCH", "/phone-number/f6ffce72-7753-4612-ae09-395b81da1153", R"({"smsEnabled":true,"number":"+1","status":"active"})");
  EXPECT_THAT(messages(answer), testing::UnorderedElementsAre("property smsEnabled should not exist", "property number should not exist",
                                                              "property status should not exist"));
}

TEST(SandboxPhoneNumbers, AreCreatedWithWhatTheirProviderNeeds) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  EXPECT_THAT(messages(client.send("POST", "/phone-number", R"({"provider":"telnyx"})")),
              testing::UnorderedElementsAre("credentialId should not be empty", "number should not be empty"));
  EXPECT_EQ(client.send("POST", "/phone-number", R"({"provider":"vapi","name":"Line"})").status, 201);
  EXPECT_THAT(messages(client.send("POST", "/phone-number", R"({"provider":"carrier-pigeon"})")), testing::SizeIs(1));
}

TEST(SandboxTools, AreListedReadCreatedAndChanged) {
  Sandbox sandbox;
  TestClient client(sandbox);
  EXPECT_EQ(client.get("/tool").json().array()->size(), 4U);
  const auto created = client.send("POST", "/tool", R"({"type":"function","function":{"name":"book"},"async":true})");
  ASSERT_EQ(created.status, 201);
  const std::string id = created.json().text_at("id");
  EXPECT_EQ(sandbox.size(Kind::Tool), 5U);
  EXPECT_EQ(client.get("/tool/" + id).json().text_at("type"), "function");
  EXPECT_EQ(client.send("PATCH", "/tool/" + id, R"({"function":{"name":"book_table"},"async":null})").status, 200);
  const Json changed = client.get("/tool/" + id).json();
  EXPECT_EQ(changed.find("function")->text_at("name"), "book_table");
  EXPECT_EQ(changed.find("async"), nullptr);
  EXPECT_EQ(client.send("DELETE", "/tool/" + id).status, 200);
  EXPECT_EQ(client.get("/tool/" + id).body, R"({"message":"Tool not found","error":"Not Found","statusCode":404})");
}

TEST(SandboxTools, HaveThePropertiesOfTheirType) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  EXPECT_THAT(client.send("POST", "/tool", R"({"type":"endCall","url":"u"})").body, HasSubstr("property url should not exist"));
  EXPECT_THAT(client.send("POST", "/tool", R"({"type":"apiRequest","method":"GET"})").body, HasSubstr("url should not be empty"));
  EXPECT_THAT(client.send("POST", "/tool", R"({"name":"x"})").body, HasSubstr("type must be one of the following values: dtmf, endCall"));
  const std::string call = "/tool/0a9b8c7d-4444-4a2b-8c3d-5e6f70819204";
  EXPECT_THAT(client.send("PATCH", call, R"({"type":"endCall"})").body, HasSubstr("property type should not exist"));
  EXPECT_THAT(client.send("PATCH", call, R"({"rejectionPlan":{"rules":[]}})").body,
              HasSubstr("rejectionPlan.property rules should not exist"));
}

}  // namespace
}  // namespace lockstep::sandbox
