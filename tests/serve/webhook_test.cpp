// Deliveries of webhooks: which are believed, and what they start.
#include <gtest/gtest.h>

#include "engine/sides/keyed_hash.h"
#include "http/fake_clock.h"
#include "office.h"
#include "serve/deliveries.h"
#include "serve/signature.h"

namespace lockstep::serve {
namespace {

using namespace std::chrono_literals;
using test::OfficeTest;
using test::shelf;

constexpr const char* kSecret = "a-secret-of-many-letters";

/// "whsec_" + base64 of "0123456789abcdef0123456789abcdef".
constexpr const char* kStandardSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

class Webhooks : public OfficeTest {
 protected:
  void webhook(const std::string& keys) { configure("webhooks: {deploy: {syncs: [books], " + keys + "}}\n"); }
  int deliver(const std::string& body, const Headers& headers, const std::string& name = "deploy") {
    return service().answer(request("POST", "/api/v1/hooks/" + name, body, headers)).status;
  }
  static std::string now(std::int64_t later = 0) { return std::to_string(system_clock().now() / 1'000'000 + later); }
  Headers hmac(const std::string& body, const std::string& timestamp, const std::string& secret = kSecret) {
    return {{"x-timestamp", timestamp}, {"x-signature", keyed_hash(secret, timestamp + "." + body)}};
  }
  std::size_t runs() { return service().jobs().list().size(); }
};

TEST_F(Webhooks, ASignedWordStartsAnImport) {
  webhook("scheme: hmac, secrets: [" + std::string(kSecret) + "]");
  service().begin_work();
  EXPECT_EQ(deliver("{}", hmac("{}", now())), 202);
  for (int i = 0; i < 500 && (runs() == 0 || !service().jobs().list().front().ended()); ++i) std::this_thread::sleep_for(10ms);
  ASSERT_EQ(runs(), 1U);
  EXPECT_EQ(service().jobs().list().front().by, "webhook deploy");
  EXPECT_EQ(json(ask("GET", "/api/v1/history?record=b1")).find("changes")->array()->size(), 1U);
}

TEST_F(Webhooks, WhatIsNotSignedAsAgreedIsRefusedAlike) {
  webhook("scheme: hmac, secrets: [" + std::string(kSecret) + "]");
  const std::string body = R"({"a": 1})";
  const auto refused = [&](const std::string& sent, const Headers& headers, const std::string& name = "deploy") {
    return deliver(sent, headers, name) == 401;
  };
  EXPECT_TRUE(refused(body, {}));
  EXPECT_TRUE(refused(body + " ", hmac(body, now())));
  EXPECT_TRUE(refused(body, hmac(body, now(), "another-secret-of-letters")));
  EXPECT_TRUE(refused(body, hmac(body, now(-301))));
  EXPECT_TRUE(refused(body, hmac(body, now(+301))));
  EXPECT_TRUE(refused(body, hmac(body, "")));
  EXPECT_TRUE(refused(body, hmac(body, now()), "unknown"));
  EXPECT_EQ(service().answer(request("POST", "/api/v1/hooks/deploy", body)).body,
            service().answer(request("POST", "/api/v1/hooks/unknown", body)).body);
  EXPECT_EQ(deliver(body, hmac(body, now())), 202);
}

TEST_F(Webhooks, TheOldSecretIsGoodWhileBothAreNamed) {
  webhook("scheme: hmac, secrets: [the-new-secret-of-letters, " + std::string(kSecret) + "]");
  EXPECT_EQ(deliver("1", hmac("1", now())), 202);
  EXPECT_EQ(deliver("2", hmac("2", now(), "the-new-secret-of-letters")), 202);
}

// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
TEST_F(Webhooks, StandardOnesAreSignedOverIdTimeAndBody) {
  webhook("scheme: standard, secrets: [\"" + std::string(kStandardSecret) + "\"]");
  const std::string timestamp = now();
  const std::string hex = keyed_hash("0123456789abcdef0123456789abcdef", "msg_1." + timestamp + ".{}");
  std::string raw = from_hex(hex), encoded;
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < raw.size(); i += 3) {
    const auto byte = [&](std::size_t at) { return at < raw.size() ? static_cast<unsigned char>(raw[at]) : 0U; };
    const unsigned group = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
    for (int shift = 18; shift >= 0; shift -= 6) encoded += kDigits[group >> static_cast<unsigned>(shift) & 63U];
  }
  encoded.back() = '=';
  const Headers headers = {{"webhook-id", "msg_1"}, {"webhook-timestamp", timestamp}, {"webhook-signature", "v1,nonsense v1," + encoded}};
  EXPECT_EQ(deliver("{}", headers), 202);
  Headers other = headers;
  other["webhook-id"] = "msg_2";
  EXPECT_EQ(deliver("{}", other), 401);
}

TEST_F(Webhooks, GithubsAreSignedOverTheBody) {
  webhook("scheme: github, secrets: [" + std::string(kSecret) + "]");
  const Headers headers = {{"X-GitHub-Delivery", "d1"}, {"X-Hub-Signature-256", "sha256=" + keyed_hash(kSecret, "{}")}};
  EXPECT_EQ(deliver("{}", headers), 202);
  EXPECT_EQ(deliver("{ }", headers), 401);
}

TEST_F(Webhooks, ASharedSecretIsEnoughWhereThatIsAgreed) {
  webhook("scheme: token, secrets: [" + std::string(kSecret) + "]");
  EXPECT_EQ(deliver("{}", {{"X-Vapi-Secret", kSecret}}), 202);
  EXPECT_EQ(deliver("{}", {{"X-Vapi-Secret", "another-secret-of-letters"}}), 401);
}

TEST_F(Webhooks, ACopyIsTakenAndStartsNothing) {
  webhook("scheme: hmac, secrets: [" + std::string(kSecret) + "]");
  const Headers headers = hmac("{}", now());
  EXPECT_EQ(deliver("{}", headers), 202);
  EXPECT_EQ(deliver("{}", headers), 202);
  const Json list = json(ask("GET", "/api/v1/hooks/deploy/deliveries"));
  EXPECT_EQ(list.find("items")->array()->front().text_at("result"), "a copy");
}

TEST_F(Webhooks, ASecretIsShownNowhere) {
  webhook("scheme: hmac, secrets: [" + std::string(kSecret) + "]");
  EXPECT_EQ(ask("GET", "/api/v1/hooks").body.find(kSecret), std::string::npos);
}

class Gathering : public testing::Test {
 protected:
  WebhookUse use_{.name = "deploy",
                  .scheme = WebhookScheme::Hmac,
                  .secrets = {},
                  .syncs = {"books"},
                  .id = "data.id",
                  .signature_header = {},
                  .timestamp_header = {},
                  .token_header = {},
                  .place = {}};
  test::FakeClock clock_;
  std::vector<std::vector<std::string>> begun_;
  Deliveries deliveries_{{}, clock_, [this](const WebhookUse&, const std::vector<std::string>& ids) { begun_.push_back(ids); }};

  void pass(Millis time) {
    clock_.advance(time);
    deliveries_.turn();
  }
};

TEST_F(Gathering, ManyOfAMomentAreOneRunOfTheItemsThatTheyName) {
  for (int i = 0; i < 1000; ++i) deliveries_.take(use_, std::to_string(i), R"({"data": {"id": "b)" + std::to_string(i % 3) + "\"}}");
  pass(500ms);
  EXPECT_TRUE(begun_.empty());
  pass(600ms);
  ASSERT_EQ(begun_.size(), 1U);
  EXPECT_EQ(begun_[0], (std::vector<std::string>{"b0", "b1", "b2"}));
}

TEST_F(Gathering, OneThatNamesNoItemMeansTheWholeList) {
  deliveries_.take(use_, "1", R"({"data": {"id": "b1"}})");
  deliveries_.take(use_, "2", "not even JSON");
  pass(2s);
  ASSERT_EQ(begun_.size(), 1U);
  EXPECT_TRUE(begun_[0].empty());
}

TEST_F(Gathering, ManyItemsAreTheWholeList) {
  for (int i = 0; i < 60; ++i) deliveries_.take(use_, std::to_string(i), R"({"data": {"id": "b)" + std::to_string(i) + "\"}}");
  pass(2s);
  EXPECT_TRUE(begun_.at(0).empty());
}

TEST_F(Gathering, ACopyIsKnownForADay) {
  EXPECT_TRUE(deliveries_.take(use_, "1", "{}"));
  clock_.advance(std::chrono::hours(23));
  EXPECT_FALSE(deliveries_.take(use_, "1", "{}"));
  clock_.advance(std::chrono::hours(2));
  EXPECT_TRUE(deliveries_.take(use_, "1", "{}"));
}

}  // namespace
}  // namespace lockstep::serve
