// What can be asked for: runs, plans, conflicts, history, rollback, and what a client does wrong.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "common/text.h"
#include "office.h"
#include "serve/route.h"

namespace lockstep::serve {
namespace {

using test::execute;
using test::OfficeTest;
using test::shelf;
using ::testing::HasSubstr;

class Api : public OfficeTest {
 protected:
  std::string import_books() { return json(ask_and_wait("/api/v1/runs", R"({"mode": "import"})")).text_at("id"); }
  static const Json& sync(const Json& run) { return run.find("outcome")->find("syncs")->array()->front(); }
  static std::int64_t count(const Json& run, const char* name) { return *sync(run).find(name)->integer(); }
};

TEST_F(Api, ARunIsAcceptedFollowedAndKept) {
  const web::Response accepted = ask("POST", "/api/v1/runs", R"({"mode": "import"})");
  EXPECT_EQ(accepted.status, 202);
  const std::string place = header(accepted, "Location");
  Json run = json(accepted);
  EXPECT_EQ(place, "/api/v1/runs/" + run.text_at("id"));
  while (run.find("outcome")->is_null()) run = json(ask("GET", place));
  EXPECT_EQ(run.text_at("state"), "done");
  EXPECT_EQ(count(run, "created_local"), 2);
  const Json list = json(ask("GET", "/api/v1/runs"));
  EXPECT_EQ(list.find("items")->array()->front().text_at("id"), run.text_at("id"));
}

TEST_F(Api, APageOfRunsBehindNoneIsRefused) {
  import_books();
  EXPECT_EQ(ask("GET", "/api/v1/runs?after=01ARZ3NDEKTSV4RRFFQ69G5FAV").status, 200);
  const web::Response refused = ask("GET", "/api/v1/runs?after=yesterday");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("after: is no id of a run"));
}

TEST_F(Api, ARunThatFailedIsListedWithItsReasonAmongTheOthers) {
  const std::string first = import_books();
  shelf()->unreachable = true;
  const std::string failed = import_books();
  shelf()->unreachable = false;
  const std::string last = import_books();
  const Json list = json(ask("GET", "/api/v1/runs"));
  const Json::Array& items = *list.find("items")->array();
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(items[0].text_at("id"), last);
  EXPECT_EQ(items[1].text_at("id"), failed);
  EXPECT_NE(items[1].find("outcome")->find("error")->text_at("message"), "");
  const Json rest = json(ask("GET", "/api/v1/runs?after=" + failed));
  ASSERT_EQ(rest.find("items")->array()->size(), 1U);
  EXPECT_EQ(rest.find("items")->array()->front().text_at("id"), first);
}

TEST_F(Api, WhoWaitsGetsTheEnd) {
  const web::Response done = ask_and_wait("/api/v1/runs", R"({"mode": "import"})");
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(count(json(done), "created_local"), 2);
}

TEST_F(Api, TheJournalNamesWhoAskedForIt) {
  const std::string run = import_books();
  const Json past = json(ask("GET", "/api/v1/history?since=1h")).find("runs")->array()->front();
  EXPECT_EQ(past.text_at("run"), run);
  EXPECT_EQ(past.text_at("by"), "ada (token, 127.0.0.1)");
  EXPECT_EQ(past.text_at("command"), "import");
}

TEST_F(Api, ADryRunWritesNothing) {
  const Json run = json(ask_and_wait("/api/v1/runs", R"({"mode": "import", "dry_run": true})"));
  EXPECT_EQ(count(run, "created_local"), 2);
  EXPECT_EQ(count(json(ask_and_wait("/api/v1/runs", R"({"mode": "import"})")), "created_local"), 2);
}

TEST_F(Api, MistakesInABodyAreToldAllAtOnceWithTheirPlaces) {
  const web::Response response = ask("POST", "/api/v1/runs", R"({"mode": "improt", "dryrun": true, "ids": [1]})");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(header(response, "Content-Type"), "application/problem+json");
  const Json problem = json(response);
  ASSERT_EQ(problem.find("errors")->array()->size(), 3U);
  EXPECT_EQ(problem.find("errors")->array()->at(0).text_at("pointer"), "/mode");
  EXPECT_THAT(problem.find("errors")->array()->at(0).text_at("detail"), HasSubstr("did you mean \"import\""));
  EXPECT_THAT(problem.find("errors")->array()->at(1).text_at("detail"), HasSubstr("did you mean \"dry_run\""));
}

TEST_F(Api, WhatIsNoJsonOrNotSaidToBeItIsRefused) {
  EXPECT_EQ(ask("POST", "/api/v1/runs", "{").status, 400);
  EXPECT_EQ(ask("POST", "/api/v1/runs", "[]").status, 400);
  EXPECT_EQ(ask("POST", "/api/v1/runs", std::string(100'000, '[')).status, 400);
  EXPECT_EQ(ask("POST", "/api/v1/runs", R"({"mode": "import", "mode": "full"})").status, 400);
  web::Request form = request("POST", "/api/v1/runs", {}, {{"Authorization", "Bearer " + admin()}, {"Content-Type", "text/plain"}});
  form.body = R"({"mode": "import"})";
  EXPECT_EQ(service().answer(form).status, 415);
}

TEST_F(Api, UnknownPlacesParametersAndMethodsAreToldApart) {
  EXPECT_EQ(ask("GET", "/api/v1/nothing").status, 404);
  EXPECT_EQ(ask("GET", "/api/v1/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV").status, 404);
  EXPECT_EQ(ask("GET", "/api/v1/runs?lmit=5").status, 400);
  EXPECT_EQ(ask("GET", "/api/v1/runs?limit=0").status, 400);
  EXPECT_EQ(ask("GET", "/api/v1/runs?limit=x").status, 400);
  const web::Response wrong = ask("PUT", "/api/v1/runs");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(header(wrong, "Allow"), "GET, POST");
  EXPECT_EQ(ask("POST", "/api/v1/runs", R"({"mode": "import", "syncs": ["boks"]})").status, 404);
}

TEST_F(Api, APlanIsLookedAtAndCarriedOutOnce) {
  const web::Response made = ask_and_wait("/api/v1/plans", R"({"mode": "import"})");
  const std::string id = json(made).text_at("id");
  const web::Response shown = ask("GET", "/api/v1/plans/" + id);
  EXPECT_EQ(json(shown).find("plan")->find("syncs")->array()->front().find("changes")->array()->size(), 2U);
  const std::string apply = "/api/v1/plans/" + id + "/apply", tag = header(shown, "ETag");
  EXPECT_EQ(ask_and_wait(apply, "").status, 428);
  EXPECT_EQ(ask_and_wait(apply, "", {{"If-Match", "\"other\""}}).status, 412);
  const web::Response applied = ask_and_wait(apply, "", {{"If-Match", tag}});
  EXPECT_EQ(applied.status, 200) << applied.body;
  EXPECT_EQ(count(json(applied), "created_local"), 2);
  EXPECT_EQ(ask_and_wait(apply, "", {{"If-Match", tag}}).status, 410);
  EXPECT_EQ(json(ask("GET", "/api/v1/plans/" + id)).text_at("state"), "applied");
}

TEST_F(Api, AStalePlanWritesNothing) {
  import_books();
  shelf()->items["b1"] = R"({"id":"b1","title":"Emma II","pages":10})";
  const std::string id = json(ask_and_wait("/api/v1/plans", R"({"mode": "import"})")).text_at("id");
  const std::string tag = header(ask("GET", "/api/v1/plans/" + id), "ETag");
  shelf()->items["b1"] = R"({"id":"b1","title":"Emma III","pages":10})";
  const web::Response refused = ask_and_wait("/api/v1/plans/" + id + "/apply", "", {{"If-Match", tag}});
  EXPECT_EQ(refused.status, 412) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr("remote"));
}

TEST_F(Api, APlanThatIsStoppedOnTheWayIsNotCalledApplied) {
  import_books();
  test::execute("UPDATE books SET title = title || ', edited'");
  const std::string id = json(ask_and_wait("/api/v1/plans", R"({"mode": "export"})")).text_at("id");
  const std::string tag = header(ask("GET", "/api/v1/plans/" + id), "ETag");
  std::atomic<bool> reached = false;
  int lists = 0;
  shelf()->before = [&](std::string_view what) {
    // The first is the look whether anything has moved.
    if (what != "list" || ++lists < 2) return;
    reached = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  };
  const std::string run = json(ask("POST", "/api/v1/plans/" + id + "/apply", "", {{"If-Match", tag}})).text_at("id");
  while (!reached && !service().jobs().find(run).ended()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  ASSERT_TRUE(reached);
  ask("POST", "/api/v1/runs/" + run + "/cancel");
  service().jobs().wait(run);
  const Json plan = json(ask("GET", "/api/v1/plans/" + id));
  EXPECT_EQ(plan.text_at("state"), "stopped");
  EXPECT_EQ(plan.text_at("run"), run);
}

TEST_F(Api, ADiscardedPlanIsOverAndItsValuesAreGone) {
  const std::string id = json(ask_and_wait("/api/v1/plans", R"({"mode": "import"})")).text_at("id");
  EXPECT_TRUE(directory_.has("config/.lockstep/plan-" + id + ".json"));
  EXPECT_EQ(json(ask("POST", "/api/v1/plans/" + id + "/discard", R"({"note": "not today"})")).text_at("state"), "discarded");
  EXPECT_FALSE(directory_.has("config/.lockstep/plan-" + id + ".json"));
  EXPECT_EQ(ask_and_wait("/api/v1/plans/" + id + "/apply", "", {{"If-Match", "\"x\""}}).status, 410);
}

TEST_F(Api, ARunIsRolledBackAfterALookAtIt) {
  import_books();
  shelf()->items["b1"] = R"({"id":"b1","title":"Emma II","pages":10})";
  const std::string run = import_books();
  const Json changes = json(ask("GET", "/api/v1/runs/" + run + "/changes"));
  EXPECT_EQ(changes.find("items")->array()->size(), 1U);
  const Json look = json(ask_and_wait("/api/v1/runs/" + run + "/rollback", R"({"dry_run": true})"));
  EXPECT_EQ(look.find("outcome")->find("restored")->array()->size(), 1U);
  const Json done = json(ask_and_wait("/api/v1/runs/" + run + "/rollback", "{}"));
  EXPECT_EQ(done.text_at("command"), "rollback");
  EXPECT_EQ(done.find("outcome")->find("restored")->array()->size(), 1U);
}

TEST_F(Api, AConflictIsDecidedByWhoHasSeenIt) {
  import_books();
  execute("UPDATE books SET title = 'Mine' WHERE library_id = 'b1'");
  shelf()->items["b1"] = R"({"id":"b1","title":"Theirs","pages":10})";
  ask_and_wait("/api/v1/runs", R"({"mode": "full", "on_conflict": "manual"})");
  const Json list = json(ask("GET", "/api/v1/conflicts"));
  ASSERT_EQ(list.find("items")->array()->size(), 1U);
  const std::string place = "/api/v1/conflicts/" + list.find("items")->array()->front().text_at("id");
  const web::Response shown = ask("GET", place);
  EXPECT_EQ(json(shown).text_at("here"), "Mine");
  EXPECT_EQ(json(shown).text_at("there"), "Theirs");
  EXPECT_EQ(ask_and_wait(place + "/resolve", R"({"take": "local"})").status, 428);
  EXPECT_EQ(ask_and_wait(place + "/resolve", R"({"take": "local"})", {{"If-Match", "\"old\""}}).status, 412);
  const web::Response done = ask_and_wait(place + "/resolve", R"({"take": "local"})", {{"If-Match", header(shown, "ETag")}});
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_THAT(shelf()->items["b1"], HasSubstr("Mine"));
  EXPECT_TRUE(json(ask("GET", "/api/v1/conflicts")).find("items")->array()->empty());
}

TEST_F(Api, TheSameRequestTwiceIsOneRun) {
  const Headers key = {{"Idempotency-Key", "k1"}};
  const web::Response first = ask("POST", "/api/v1/runs", R"({"mode": "import"})", key);
  const web::Response again = ask("POST", "/api/v1/runs", R"({"mode": "import"})", key);
  EXPECT_EQ(first.body, again.body);
  EXPECT_EQ(ask("POST", "/api/v1/runs", R"({"mode": "full"})", key).status, 422);
  EXPECT_EQ(service().jobs().list().size(), 1U);
}

TEST_F(Api, StatusIsComparedOnceForAllWhoAsk) {
  import_books();
  int lists = 0;
  shelf()->before = [&](std::string_view what) { lists += what == "list" ? 1 : 0; };
  for (int i = 0; i < 5; ++i) {
    const Json status = json(ask("GET", "/api/v1/syncs/books/status"));
    EXPECT_EQ(*status.find("remote")->integer(), 2);
  }
  EXPECT_EQ(lists, 1);
  EXPECT_TRUE(*json(ask("GET", "/api/v1/syncs/books/status")).find("in_sync")->boolean());
}

TEST_F(Api, AfterARunTheStatusIsNotTakenForFresh) {
  EXPECT_EQ(*json(ask("GET", "/api/v1/syncs/books/status")).find("only_remote")->integer(), 2);
  import_books();
  EXPECT_TRUE(*json(ask("GET", "/api/v1/syncs/books/status")).find("stale")->boolean());
  Json status;
  do status = json(ask("GET", "/api/v1/syncs/books/status"));
  while (*status.find("stale")->boolean());
  EXPECT_EQ(*status.find("only_remote")->integer(), 0);
}

TEST_F(Api, AnUnreachableRemoteIsToldAndNothingElseBreaks) {
  import_books();
  shelf()->unreachable = true;
  const Json run = json(ask_and_wait("/api/v1/runs", R"({"mode": "import"})"));
  EXPECT_EQ(run.text_at("state"), "failed");
  EXPECT_EQ(ask("GET", "/health/ready").status, 200);
  const Json status = json(ask("GET", "/api/v1/syncs/books/status"));
  EXPECT_TRUE(status.find("in_sync")->is_null());
  EXPECT_NE(status.text_at("problem"), "");
}

TEST_F(Api, ADatabaseThatIsAwayMakesItNotReady) {
  configure("");
  service();
  EXPECT_EQ(service().answer(request("GET", "/health/ready")).status, 200);
  std::filesystem::create_directory("books.db.d");
  directory_.write("config/lockstep.yaml", [&] {
    std::string text = directory_.read("config/lockstep.yaml");
    return text.replace(text.find("books.db"), 8, "books.db.d");
  }());
  ASSERT_TRUE(service().reload());
  const web::Response response = service().answer(request("GET", "/health/ready"));
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr("store main"));
}

TEST_F(Api, AnotherAddressIsToldToAwaitTheNextStart) {
  service();
  configure("serve: {listen: \"127.0.0.1:8799\"}\n");
  EXPECT_EQ(ask("POST", "/api/v1/configuration/reload").status, 200);
  EXPECT_THAT(ask("GET", "/api/v1/configuration").body, HasSubstr("until it is started again, the server listens on 127.0.0.1:8787"));
  configure("");
  EXPECT_EQ(ask("POST", "/api/v1/configuration/reload").status, 200);
  EXPECT_THAT(ask("GET", "/api/v1/configuration").body, Not(HasSubstr("started again")));
}

TEST_F(Api, AReloadTakesEffectAndOneWithMistakesDoesNot) {
  service();
  configure("serve: {at_once: 99}\n");
  const web::Response refused = ask("POST", "/api/v1/configuration/reload");
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, HasSubstr("lockstep.yaml:"));
  EXPECT_EQ(ask("GET", "/api/v1/syncs/books").status, 200);
  EXPECT_THAT(ask("GET", "/api/v1/configuration").body, HasSubstr("at_once"));
  configure("serve: {hosts: [inside]}\n");
  EXPECT_EQ(ask("POST", "/api/v1/configuration/reload").status, 200);
  web::Request named = request("GET", "/health/live");
  named.host = "inside";
  EXPECT_EQ(service().answer(named).status, 200);
}

TEST_F(Api, NoSecretOfTheConfigurationIsShownAnywhere) {
  import_books();
  for (const Route& route : routes()) {
    if (route.method != "GET" || route.path.find('{') != std::string_view::npos) continue;
    EXPECT_EQ(ask("GET", std::string(route.path)).body.find("sesame-open-42"), std::string::npos) << route.path;
  }
}

TEST_F(Api, ARunIsCancelledWhereItIsSafe) {
  std::atomic<bool> reached = false;
  shelf()->before = [&](std::string_view) {
    reached = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  };
  const std::string id = json(ask("POST", "/api/v1/runs", R"({"mode": "import"})")).text_at("id");
  while (!reached) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(ask("POST", "/api/v1/runs/" + id + "/cancel").status, 202);
  const operations::JobSnapshot job = service().jobs().wait(id);
  EXPECT_EQ(job.state, operations::JobState::Cancelled);
  EXPECT_EQ(ask("POST", "/api/v1/runs/" + id + "/cancel").status, 409);
}

TEST_F(Api, AStatusThatIsComparedAnewIsNew) {
  board_bounds_ = {.fresh = Millis(60'000), .fresh_asked = Millis(0)};
  import_books();
  EXPECT_EQ(*json(ask("GET", "/api/v1/syncs/books/status")).find("in_sync"), Json(true));
  shelf()->items["b1"] = R"({"id":"b1","title":"Emma there","pages":10})";
  EXPECT_EQ(*json(ask("GET", "/api/v1/syncs/books/status")).find("in_sync"), Json(true)) << "what is known";
  const Json anew = json(ask("GET", "/api/v1/syncs/books/status?refresh=1"));
  EXPECT_EQ(*anew.find("in_sync"), Json(false));
  EXPECT_EQ(*anew.find("stale"), Json(false));
}

TEST_F(Api, MetricsFollowTheRunsThoughNobodyLooksAtAStatus) {
  board_bounds_ = {.fresh = Millis(0), .fresh_asked = Millis(0)};
  const auto says = [&](const std::string& sample) {
    return soon([&] { return ask("GET", "/metrics").body.find("lockstep_in_sync{sync=\"books\"} " + sample) != std::string::npos; });
  };
  EXPECT_TRUE(says("0"));
  import_books();
  EXPECT_TRUE(says("1"));
}

TEST_F(Api, MetricsNameEveryRouteByItsPattern) {
  import_books();
  ask("GET", "/api/v1/runs/some-id");
  ask("GET", "/api/v1/syncs/books/status");
  const std::string text = ask("GET", "/metrics").body;
  EXPECT_THAT(text, HasSubstr("route=\"/api/v1/runs/{id}\""));
  EXPECT_THAT(text, HasSubstr("lockstep_in_sync{sync=\"books\"} 1"));
  EXPECT_EQ(text.find("some-id"), std::string::npos);
  // A reader of the older form refuses a type that it does not know.
  EXPECT_THAT(text, HasSubstr("# TYPE lockstep_build_info gauge\n"));
  const std::string open = ask("GET", "/metrics", {}, {{"Accept", "application/openmetrics-text"}}).body;
  EXPECT_THAT(open, HasSubstr("# TYPE lockstep_build info\n"));
  EXPECT_TRUE(open.ends_with("# EOF\n"));
}

TEST_F(Api, TheDocumentHasEveryRoute) {
  const Json document = json(service().answer(request("GET", "/api/v1/openapi.json")));
  EXPECT_EQ(document.text_at("openapi"), "3.1.0");
  for (const Route& route : routes()) {
    if (route.of_page) continue;
    const Json* path = document.find("paths")->find(route.path);
    ASSERT_NE(path, nullptr) << route.path;
    EXPECT_NE(path->find(to_lower(route.method)), nullptr) << route.method << " " << route.path;
  }
}

}  // namespace
}  // namespace lockstep::serve
