// Deliveries of webhooks: which are believed, and what they start.
#include <gtest/gtest.h>

#include "common/scratch_folder.h"
#include "engine/sides/keyed_hash.h"
#include "http/fake_clock.h"
#include "office.h"
#include "serve/deliveries.h"
#include "serve/owed_imports.h"
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

TEST_F(Webhooks, WhatAPauseKeepsBackIsImportedOnceItIsResumed) {
  webhook("scheme: hmac, secrets: [" + std::string(kSecret) + "]");
  service().begin_work();
  ask("POST", "/api/v1/syncs/books/pause", R"({"reason": "a look"})");
  EXPECT_EQ(deliver("{}", hmac("{}", now())), 202);
  const auto last = [&] { return json(ask("GET", "/api/v1/hooks")).find("items")->array()->front().text_at("last_result"); };
  ASSERT_TRUE(soon([&] { return last() == "books is paused: a look"; })) << last();
  EXPECT_EQ(runs(), 0U);
  ask("POST", "/api/v1/syncs/books/resume", "{}");
  EXPECT_TRUE(soon([&] { return runs() == 1; }));
}

TEST_F(Webhooks, WhatWasAnsweredIsImportedByTheNextServer) {
  webhook("scheme: hmac, secrets: [" + std::string(kSecret) + "]");
  EXPECT_EQ(deliver("{}", hmac("{}", now())), 202);
  stop_service();
  service().begin_work();
  EXPECT_TRUE(soon([&] { return runs() == 1; }));
}

TEST_F(Webhooks, ASecretIsShownNowhere) {
  webhook("scheme: hmac, secrets: [" + std::string(kSecret) + "]");
  EXPECT_EQ(ask("GET", "/api/v1/hooks").body.find(kSecret), std::string::npos);
}

class Gathering : public testing::Test {
 protected:
  using Ids = std::vector<std::string>;

  ScratchFolder scratch_{"owed"};
  StateFolder folder_{scratch_.path() / "state"};
  test::FakeClock clock_;
  std::string paused_;                 ///< why nothing runs
  std::map<std::string, bool> ended_;  ///< jobs, with how they ended
  std::vector<Ids> begun_;             ///< by jobs "0", "1", …
  std::vector<std::string> told_;
  std::unique_ptr<OwedImports> owed_ = made();

  std::unique_ptr<OwedImports> made() {
    return std::make_unique<OwedImports>(
        OwedBounds{}, folder_, clock_,
        OwedImports::Doors{.waits = [this](const std::string&) { return paused_; },
                           .begin =
                               [this](const std::string&, const std::string&, const Ids& ids) {
                                 begun_.push_back(ids);
                                 return std::to_string(begun_.size() - 1);
                               },
                           .has_done = [this](const std::string& job) -> std::optional<bool> {
                             const auto end = ended_.find(job);
                             if (end == ended_.end()) return std::nullopt;
                             return end->second;
                           },
                           .tell = [this](const std::string&, const std::string& what) { told_.push_back(what); }});
  }
  void tell(const std::string& id) { owed_->add("deploy", "books", id); }
  void pass(Millis time) {
    clock_.advance(time);
    owed_->turn();
  }
};

TEST_F(Gathering, ManyOfAMomentAreOneRunOfTheItemsThatTheyName) {
  for (int i = 0; i < 1000; ++i) tell("b" + std::to_string(i % 3));
  pass(500ms);
  EXPECT_TRUE(begun_.empty());
  pass(600ms);
  EXPECT_EQ(begun_, (std::vector<Ids>{{"b0", "b1", "b2"}}));
}

TEST_F(Gathering, OneThatNamesNoItemMeansTheWholeList) {
  tell("b1");
  tell("");
  pass(2s);
  EXPECT_EQ(begun_, std::vector<Ids>(1));
}

TEST_F(Gathering, ManyItemsAreTheWholeList) {
  for (int i = 0; i < 60; ++i) tell("b" + std::to_string(i));
  pass(2s);
  EXPECT_EQ(begun_, std::vector<Ids>(1));
}

TEST_F(Gathering, WhatComesDuringARunIsTheNext) {
  tell("b1");
  pass(2s);
  tell("b1");
  pass(2s);
  EXPECT_EQ(begun_.size(), 1U);
  ended_["0"] = true;
  pass(2s);
  EXPECT_EQ(begun_, (std::vector<Ids>{{"b1"}, {"b1"}}));
  ended_["1"] = true;
  pass(60s);
  EXPECT_EQ(begun_.size(), 2U);
}

TEST_F(Gathering, ARunThatFailsIsBegunAgainLaterAndLater) {
  tell("b1");
  pass(2s);
  ended_["0"] = ended_["1"] = false;
  pass(1s);
  EXPECT_EQ(told_, (std::vector<std::string>{"books could not be imported; it is tried again in 30 s"}));
  tell("b2");
  pass(20s);
  EXPECT_EQ(begun_.size(), 1U);
  pass(10s);
  EXPECT_EQ(begun_.back(), (Ids{"b1", "b2"}));
  pass(1s);
  pass(50s);
  EXPECT_EQ(begun_.size(), 2U);
  pass(10s);
  EXPECT_EQ(begun_.size(), 3U);
}

TEST_F(Gathering, APauseKeepsItBack) {
  paused_ = "books is paused";
  tell("b1");
  for (int i = 0; i < 20; ++i) pass(1s);
  EXPECT_TRUE(begun_.empty());
  EXPECT_EQ(told_.size(), 1U);
  paused_.clear();
  pass(3s);
  EXPECT_EQ(begun_.size(), 1U);
}

TEST_F(Gathering, AnotherServerKnowsWhatIsOwed) {
  tell("b1");
  pass(2s);
  tell("b2");
  owed_ = made();
  pass(1ms);
  EXPECT_EQ(begun_.back(), (Ids{"b1", "b2"})) << "what is at work may be cut off";
  ended_["1"] = true;
  pass(1ms);
  owed_ = made();
  pass(60s);
  EXPECT_EQ(begun_.size(), 2U);
}

class Copies : public testing::Test {
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
  std::vector<std::string> ids_;
  bool full_ = false;
  Deliveries deliveries_{{}, clock_, [this](const WebhookUse&, const std::string& id) {
                           if (full_) throw Error(ErrorKind::Storage, "no room");
                           ids_.push_back(id);
                         }};
};

TEST_F(Copies, AreKnownForADay) {
  EXPECT_TRUE(deliveries_.take(use_, "1", R"({"data": {"id": "b1"}})"));
  clock_.advance(std::chrono::hours(23));
  EXPECT_FALSE(deliveries_.take(use_, "1", R"({"data": {"id": "b1"}})"));
  clock_.advance(std::chrono::hours(2));
  EXPECT_TRUE(deliveries_.take(use_, "1", "not even JSON"));
  EXPECT_EQ(ids_, (std::vector<std::string>{"b1", ""}));
}

TEST_F(Copies, AreNoneOfWhatCouldNotBeKept) {
  full_ = true;
  EXPECT_THROW(deliveries_.take(use_, "1", "{}"), Error);
  full_ = false;
  EXPECT_TRUE(deliveries_.take(use_, "1", "{}"));
}

}  // namespace
}  // namespace lockstep::serve
