// What people are told of the runs of a service, by each form of alert, and that nothing a record holds is in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/text.h"
#include "common/time.h"
#include "http/scripted_server.h"
#include "office.h"
#include "serve/alert_post.h"
#include "serve/alerts.h"
#include "serve/signature.h"

namespace lockstep::serve {
namespace {

using test::OfficeTest;
using test::Peer;
using test::ScriptedServer;
using test::shelf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// A whole service, and somebody who listens.
class Alerting : public OfficeTest {
 protected:
  static constexpr const char* kSecret = "a-secret-of-many-letters";

  void alert(const std::string& keys) { configure("alerts: {ops: {" + keys + "}}\n"); }
  void alert(const std::string& form, const ScriptedServer& server, const std::string& keys = {}) {
    alert("form: " + form + ", url: \"" + server.url() + "/services/T0/very-secret-path\"" + keys);
  }
  ScriptedServer::Script take(int status = 200) {
    return ScriptedServer::serve([this, status](const std::string& request) {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      return test::answer(status, "{}");
    });
  }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  static void change_items(const std::function<void(std::string&)>& change) {
    const auto held = shelf();
    for (auto& [id, item] : held->items) change(item);
  }
  static std::string body_of(const std::string& request) { return request.substr(request.find("\r\n\r\n") + 4); }
  static std::string header_of(const std::string& request, const std::string& name) {
    const std::size_t at = request.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size() + 4;
    return request.substr(begin, request.find("\r\n", begin) - begin);
  }
  /// One message of this type came, without what a record holds.
  void expect_one(const std::string& type) {
    ASSERT_TRUE(soon([&] { return requests().size() == 1; }));
    EXPECT_EQ(json::parse(body_of(requests()[0])).text_at("type"), type);
    EXPECT_THAT(requests()[0], Not(HasSubstr("Emma")));
  }
  void fail_a_run() {
    shelf()->before = [](std::string_view what) {
      if (what == "list") throw Error(ErrorKind::Unreachable, "the prompt Emma, 'You are' a secret");
    };
    ask_and_wait("/api/v1/runs", R"({"mode": "import"})");
    shelf()->before = nullptr;
  }

  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
};

TEST_F(Alerting, AWebhookHearsOfAFailedRunAndOfTheNextGoodOne) {
  ScriptedServer server(take());
  alert("webhook", server, ", secret: " + std::string(kSecret));
  service().begin_work();
  fail_a_run();
  ASSERT_TRUE(soon([&] { return requests().size() == 1; }));
  ask_and_wait("/api/v1/runs", R"({"mode": "import"})");
  ASSERT_TRUE(soon([&] { return requests().size() == 2; }));
  const std::string first = requests()[0], body = body_of(first);
  EXPECT_THAT(first, HasSubstr("POST /services/T0/very-secret-path HTTP/1.1"));
  EXPECT_EQ(json::parse(body).text_at("type"), "lockstep.run_failed");
  EXPECT_EQ(json::parse(body).find("data")->text_at("text"), "books: the run failed (unreachable)");
  EXPECT_EQ(json::parse(body_of(requests()[1])).find("data")->text_at("state"), "recovered");
  EXPECT_THAT(first, Not(HasSubstr("Emma")));
  WebhookUse shared;
  shared.secrets = {kSecret};
  web::Request check;
  check.body = body;
  for (const char* name : {"webhook-id", "webhook-timestamp", "webhook-signature"}) check.headers.add(name, header_of(first, name));
  EXPECT_TRUE(check_signature(shared, check, system_clock().now()).good);
}

TEST_F(Alerting, ARunThatFailsAtTheEndIsToldByTheNextServer) {
  ScriptedServer server(take());
  alert("webhook", server, ", on: [run_failed]");
  service().begin_work();
  shelf()->unreachable = true;
  ask_and_wait("/api/v1/runs", R"({"mode": "import"})");
  stop_service();
  service().begin_work();
  ASSERT_TRUE(soon([&] { return !requests().empty(); }));
  EXPECT_THAT(requests()[0], HasSubstr("the run failed"));
}

TEST_F(Alerting, RecordsThatFailAreCountedAndNotShown) {
  ScriptedServer server(take());
  alert("slack", server, ", on: [records_failed]");
  run(Mode::Import);
  test::execute("DELETE FROM books; DELETE FROM lockstep_link");
  test::execute("CREATE TRIGGER no BEFORE INSERT ON books BEGIN SELECT RAISE(ABORT, 'Emma <is> refused'); END");
  service().begin_work();
  ask_and_wait("/api/v1/runs", R"({"mode": "import"})");
  ASSERT_TRUE(soon([&] { return requests().size() == 1; }));
  EXPECT_THAT(json::parse(body_of(requests()[0])).text_at("text"), HasSubstr("books: 2 records failed\nsince "));
  EXPECT_THAT(requests()[0], Not(HasSubstr("Emma")));
}

TEST_F(Alerting, AConflictThatWaitsIsCounted) {
  ScriptedServer server(take());
  alert("webhook", server);
  run(Mode::Import);
  test::execute("UPDATE books SET title = 'Emma here' WHERE library_id = 'b1'");
  shelf()->items["b1"] = R"({"id":"b1","title":"Emma there","pages":10})";
  ask_and_wait("/api/v1/runs", R"({"mode": "full", "on_conflict": "manual"})");
  service().begin_work();
  ASSERT_TRUE(soon([&] { return !requests().empty(); }));
  EXPECT_EQ(json::parse(body_of(requests()[0])).find("data")->text_at("text"), "books: a conflict waits for a decision");
  EXPECT_THAT(requests()[0], Not(HasSubstr("Emma")));
}

TEST_F(Alerting, ACreateThatMayBeUnderWayAsksNobodyYet) {
  alert_times_ = {.look = Millis(50), .compare = Millis(50), .often = Millis(50), .tick = Millis(20)};
  ScriptedServer server(take());
  alert("webhook", server, ", on: [conflicts_waiting]");
  run(Mode::Import);
  test::execute("INSERT INTO books (title, pages) VALUES ('Persuasion', 30)");
  shelf()->loses_answers = true;
  run(Mode::Export);
  ASSERT_EQ(json(ask("GET", "/api/v1/conflicts")).find("items")->array()->size(), 1U);
  test::execute("UPDATE lockstep_intent SET until = '2999-01-01 00:00:00.000'");
  service().begin_work();
  EXPECT_FALSE(soon([&] { return !requests().empty(); }, 50));
  test::execute("UPDATE lockstep_intent SET until = opened_at");
  EXPECT_TRUE(soon([&] { return !requests().empty(); }));
}

TEST_F(Alerting, AGuardAndAnotherAccountAreToldApartFromOtherFailures) {
  const auto causes = [](const std::string& hint) {
    operations::JobSnapshot job;
    job.id = "01J";
    job.state = operations::JobState::Failed;
    const Json error = Json::Object{{"code", "rejected"}, {"message", "Emma"}, {"hint", hint}};
    job.result = std::make_shared<const operations::JobResult>(
        operations::JobResult{operations::Verdict::Failed,
                              Json::Object{{"dry_run", false}, {"syncs", Json::Array{Json::Object{{"name", "books"}, {"error", error}}}}}});
    std::string out;
    for (const AlertFact& fact : facts_of(job)) {
      EXPECT_THAT(fact.text, Not(HasSubstr("Emma")));
      if (!fact.text.empty()) out += alert_cause_words().word(fact.cause);
    }
    return out;
  };
  EXPECT_EQ(causes("see the log"), "run_failed");
  EXPECT_EQ(causes("if this is meant, add --allow-mass-change"), "guard_stopped");
  EXPECT_EQ(causes("check key and address; if this is meant, add --allow-account-change"), "account_changed");
}

/// What a service looks at by itself, and people hear of: without a run that failed.
TEST_F(Alerting, ADifferenceThatLastsIsToldUntilTheSidesAgree) {
  alert_times_ = {.look = Millis(50), .compare = Millis(50), .often = Millis(50), .tick = Millis(20)};
  board_bounds_ = {.fresh = Millis(20), .fresh_asked = Millis(20)};
  ScriptedServer server(take());
  alert("webhook", server, ", on: [out_of_sync], out_of_sync_after: 200ms");
  run(Mode::Import);
  service().begin_work();
  EXPECT_FALSE(soon([&] { return !requests().empty(); }, 30)) << "both sides agree";
  shelf()->items["b1"] = R"({"id":"b1","title":"Emma there","pages":10})";
  ASSERT_TRUE(soon([&] { return requests().size() == 1; }));
  EXPECT_EQ(json::parse(body_of(requests()[0])).find("data")->text_at("text"), "books: both sides have differed for long");
  ask_and_wait("/api/v1/runs", R"({"mode": "import"})");
  ASSERT_TRUE(soon([&] { return requests().size() == 2; }));
  EXPECT_EQ(json::parse(body_of(requests()[1])).find("data")->text_at("state"), "recovered");
  EXPECT_THAT(requests()[0] + requests()[1], Not(HasSubstr("Emma")));
}

TEST_F(Alerting, ADifferenceIsLookedForAsSoonAsSomebodyWantsToKnow) {
  alert_times_ = {.look = Millis(50), .compare = Millis(300'000), .often = Millis(50), .tick = Millis(20)};
  board_bounds_ = {.fresh = Millis(20), .fresh_asked = Millis(20)};
  ScriptedServer server(take());
  alert("webhook", server, ", on: [out_of_sync], out_of_sync_after: 1s");
  run(Mode::Import);
  service().begin_work();
  EXPECT_FALSE(soon([&] { return !requests().empty(); }, 30));
  shelf()->items["b1"] = R"({"id":"b1","title":"Emma there","pages":10})";
  EXPECT_TRUE(soon([&] { return !requests().empty(); }));
}

TEST_F(Alerting, AShutdownThatIsNearIsToldUntilItIsWithdrawn) {
  alert_times_ = {.look = Millis(50), .compare = Millis(50), .often = Millis(50), .tick = Millis(20)};
  const auto in_days = [](int days) { return format_time(system_clock().now() + Micros{86'400'000'000} * days).substr(0, 10); };
  const auto model = [](const std::string& id, const std::string& ends) {
    shelf()->items[id] = R"({"id":")" + id + R"(","title":"model )" + id + R"(","ends":")" + ends + "\"}";
  };
  ScriptedServer server(take());
  alert("webhook", server, ", on: [shutdown_ahead], shutdown_within: 30d");
  directory_.write("config/lockstep.yaml", replace_all(directory_.read("config/lockstep.yaml"), "commands:\n",
                                                       "commands:\n  \"models\": {run: import, syncs: [books], style: catalogue}\n"));
  directory_.write("config/books.yaml", directory_.read("config/books.yaml") +
                                            "  model_id: {from: id, type: text}\n  shutdown_date: {from: ends, type: text}\n");
  model("b1", in_days(10));
  model("b2", in_days(100));
  run(Mode::Import);
  service().begin_work();
  ASSERT_TRUE(soon([&] { return requests().size() == 1; }));
  EXPECT_THAT(json::parse(body_of(requests()[0])).find("data")->text_at("text"), HasSubstr("b1: is shut down on " + in_days(10)));
  model("b1", in_days(100));
  ask_and_wait("/api/v1/runs", R"({"mode": "import"})");
  ASSERT_TRUE(soon([&] { return requests().size() == 2; }));
  EXPECT_EQ(json::parse(body_of(requests()[1])).find("data")->text_at("state"), "recovered");
}

TEST_F(Alerting, ARunThatAGuardStoppedIsTold) {
  ScriptedServer server(take());
  alert("webhook", server);
  for (int i = 0; i < 12; ++i) {
    const std::string id = "b" + std::to_string(i);
    shelf()->items[id] = R"({"id":")" + id + R"(","title":"Emma","pages":10})";
  }
  run(Mode::Import);
  test::execute("UPDATE books SET title = title || ' again'");
  service().begin_work();
  ask_and_wait("/api/v1/runs", R"({"mode": "export"})");
  expect_one("lockstep.guard_stopped");
}

TEST_F(Alerting, AnotherAccountIsTold) {
  ScriptedServer server(take());
  shelf()->account = "org";
  change_items([](std::string& item) { item.insert(item.size() - 1, R"(,"org":"one")"); });
  alert("webhook", server);
  run(Mode::Import);
  change_items([](std::string& item) { item = replace_all(item, R"("org":"one")", R"("org":"two")"); });
  service().begin_work();
  ask_and_wait("/api/v1/runs", R"({"mode": "import"})");
  expect_one("lockstep.account_changed");
}

TEST_F(Alerting, ATargetThatHangsHoldsNothingUp) {
  ScriptedServer server([](Peer& peer) { peer.wait_closed(); });
  alert("webhook", server);
  service().begin_work();
  fail_a_run();
  ASSERT_TRUE(soon([&] { return server.connections() > 0; }));
  const auto begin = std::chrono::steady_clock::now();
  ask_and_wait("/api/v1/runs", R"({"mode": "import"})");
  EXPECT_EQ(ask("GET", "/api/v1/alerts").status, 200);
  service().stop(Millis(0));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
}

TEST_F(Alerting, AHeartbeatTellsGoodRunsFromFailedOnes) {
  ScriptedServer server(take());
  alert("heartbeat", server);
  service().begin_work();
  ask_and_wait("/api/v1/runs", R"({"mode": "import"})");
  ASSERT_TRUE(soon([&] { return requests().size() == 1; }));
  fail_a_run();
  ASSERT_TRUE(soon([&] { return requests().size() == 2; }));
  EXPECT_THAT(requests()[0], HasSubstr("GET /services/T0/very-secret-path HTTP/1.1"));
  EXPECT_THAT(requests()[1], HasSubstr("GET /services/T0/very-secret-path/fail HTTP/1.1"));
}

TEST_F(Alerting, AMailIsSentAndAnAddressIsNoHeader) {
  std::string mail;
  std::mutex mutex;
  ScriptedServer server([&](Peer& peer) {
    std::string line, all;
    char letter = 0;
    bool data = false;
    peer.send("220 mail\r\n");
    while (::recv(peer.descriptor(), &letter, 1, 0) == 1) {
      line += letter;
      if (letter != '\n') continue;
      all += line;
      if (data && line == ".\r\n") {
        data = false;
        peer.send("250 taken\r\n");
        const std::lock_guard lock(mutex);
        mail = all;
      } else if (!data) {
        data = line.starts_with("DATA");
        peer.send(data ? "354 go on\r\n" : line.starts_with("QUIT") ? "221 bye\r\n" : "250 ok\r\n");
      }
      line.clear();
    }
  });
  AlertUse use = target("duty", {AlertCause::RunFailed});
  use.form = AlertForm::Email;
  use.server = {"127.0.0.1", static_cast<std::uint16_t>(server.port()), http::MailServer::Security::Clear, {}, {}, {}};
  use.from = "lockstep@example.com";
  use.to = {"ada@example.com", "bob@example.com"};
  AlertMessage message;
  message.sync = "books\r\nBcc: eve@example.com";
  message.text = "the run failed äöü";
  send_alert(use, message, "https://sync.example.com/", system_clock(), {});
  const std::lock_guard lock(mutex);
  EXPECT_THAT(mail, HasSubstr("RCPT TO: <ada@example.com>"));
  EXPECT_THAT(mail, HasSubstr("RCPT TO: <bob@example.com>"));
  EXPECT_THAT(mail, HasSubstr("Subject: =?UTF-8?q?Lockstep=3A_"));
  EXPECT_THAT(mail, HasSubstr("https://sync.example.com/"));
  EXPECT_THAT(mail, Not(HasSubstr("\nBcc:")));
}

TEST_F(Alerting, ATrialSaysWhatCameOfItAndNeverTheAddress) {
  ScriptedServer server(take(404));
  alert("webhook", server);
  const web::Response tried = ask("POST", "/api/v1/alerts/ops/test", "{}");
  EXPECT_EQ(tried.status, 502);
  EXPECT_THAT(tried.body, HasSubstr("404"));
  EXPECT_THAT(tried.body + ask("GET", "/api/v1/alerts").body, Not(HasSubstr("very-secret-path")));
  EXPECT_EQ(ask_as(token(Scope::Write), "POST", "/api/v1/alerts/ops/test", "{}").status, 403);
  EXPECT_EQ(ask("POST", "/api/v1/alerts/nobody/test", "{}").status, 404);
}

TEST_F(Alerting, MistakesAreToldWithTheirPlaces) {
  for (const char* wrong :
       {"form: pigeon, url: \"https://x\"", "form: slack", "form: slack, url: \"http://hooks.example.com/x\"",
        "form: slack, url: \"ftp://x\"", "form: webhook, url: \"https://x\", secret: short",
        "form: slack, url: \"https://x\", on: [everything]", "form: slack, url: \"https://x\", syncs: [nothing]",
        "form: heartbeat, url: \"https://x\", on: [run_failed]", "form: email, server: mail.example.com, from: a@b.c, to: [a@b.c]",
        "form: email, server: \"smtp://m:99999\", from: a@b.c, to: [a@b.c]", "form: email, server: \"smtp://m\", from: nobody, to: [a@b.c]",
        "form: email, server: \"smtp://m\", from: a@b.c"}) {
    alert(wrong);
    const auto errors = workspace_anew()->problems().errors();
    ASSERT_FALSE(errors.empty()) << wrong;
    EXPECT_THAT(errors.front(), HasSubstr("lockstep.yaml:")) << wrong;
  }
  alert("form: email, server: \"smtps://mail.example.com\", user: u, password: p4ssw0rd, from: a@b.c, to: [a@b.c], out_of_sync_after: 2h");
  const auto workspace = workspace_anew();
  ASSERT_THAT(workspace->problems().errors(), IsEmpty());
  EXPECT_EQ(workspace->configuration().alerts.front().server.port, 465);
  EXPECT_EQ(workspace->configuration().alerts.front().on.size(), alert_cause_words().rows().size());
}

}  // namespace
}  // namespace lockstep::serve
