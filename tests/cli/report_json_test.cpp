#include "operations/report_json.h"

#include <gtest/gtest.h>

#include "format/json.h"

namespace lockstep {
namespace {

SyncReport done() {
  SyncReport report;
  report.name = "assistants";
  report.run = "01J9";
  report.remote = 15;
  report.local = 13;
  report.created_local = 2;
  report.updated_local = 8;
  report.unchanged = 5;
  report.get = 1;
  report.problems.push_back({Problem::Severity::Error, "7af3", "The Lunch Mob", "invalid", "too long"});
  report.started_at = 1;
  return report;
}

const RunSummary kSummary{"01J9", "import", false, 2, 1'700'000'000'000'000, Millis(812)};

TEST(ReportJson, ARunHasTheNamesThatProgramsKnow) {
  const std::vector<SyncReport> reports{done()};
  const Json run = run_json(kSummary, reports, false);
  EXPECT_EQ(
      json::to_text(run),
      R"({"run":"01J9","command":"import","dry_run":false,"exit":2,"started_at":"2023-11-14T22:13:20.000Z","duration_ms":812,"syncs":[)"
      R"({"name":"assistants","remote":15,"local":13,"created_local":2,"updated_local":8,"created_remote":0,"updated_remote":0,)"
      R"("recreated_remote":0,"linked":0,"unchanged":5,"missing_remote":0,"local_edits_replaced":0,"rule_changed":0,"conflicts":0,"rejected":0,)"
      R"("failed":0,"only_local":0,"only_remote":0,"pending_import":0,"pending_export":0,"requests":{"GET":1,"POST":0,"PATCH":0},)"
      R"("problems":[{"severity":"error","id":"7af3","record":null,"label":"The Lunch Mob","code":"invalid","message":"too long"}],"interrupted":false}]})");
}

TEST(ReportJson, ChangesCarryOldAndNew) {
  SyncReport report = done();
  RecordChange change;
  change.remote_id = "7af3";
  change.label = "The Lunch Mob";
  change.action = "update";
  change.side = Side::Local;
  change.local_key = "4";
  change.case_number = 9;
  change.fields.push_back({"first_message", Json("Hi"), Json()});
  report.changes.push_back(change);
  const Json sync = sync_json(report, true);
  EXPECT_EQ(json::to_text(*sync.find("changes")),
            R"([{"id":"7af3","label":"The Lunch Mob","action":"update","side":"local","record":"4","case":9,)"
            R"("fields":{"first_message":{"old":"Hi","new":null}}}])");
  EXPECT_EQ(sync_json(report, false).find("changes"), nullptr);
}

TEST(ReportJson, UnknownNumbersAreNull) {
  SyncReport report;
  report.failure = "connection refused";
  report.failure_code = "unreachable";
  const Json sync = sync_json(report, false);
  EXPECT_TRUE(sync.find("remote")->is_null());
  EXPECT_EQ(sync.find("error")->text_at("code"), "unreachable");
}

TEST(ReportJson, ARunOfWhichNothingWasDoneIsAFailedCommand) {
  SyncReport report;
  report.failure = "connection refused";
  report.failure_code = "unreachable";
  report.failure_hint = "check the address";
  const std::vector<SyncReport> reports{report};
  RunSummary summary = kSummary;
  summary.exit = 1;
  const Json run = run_json(summary, reports, false);
  EXPECT_EQ(json::to_text(*run.find("error")), R"({"code":"unreachable","message":"connection refused","hint":"check the address"})");
  EXPECT_EQ(*run.find("exit")->integer(), 1);
}

TEST(ReportJson, AnErrorHasCodeMessageAndHint) {
  EXPECT_EQ(json::to_text(error_json(Error(ErrorKind::RateLimited, "too fast", "wait"), 1)),
            R"({"error":{"code":"rate_limited","message":"too fast","hint":"wait"},"exit":1})");
}

TEST(ExitCode, FollowsTheWorstThatIsNotTheWhole) {
  SyncReport good, failed, rejected, interrupted;
  failed.failure = "x";
  rejected.rejected = 1;
  interrupted.interrupted = true;
  const auto code = [](std::vector<SyncReport> reports) { return exit_code(reports); };
  EXPECT_EQ(code({}), 0);
  EXPECT_EQ(code({good, good}), 0);
  EXPECT_EQ(code({failed}), 1);
  EXPECT_EQ(code({failed, failed}), 1);
  EXPECT_EQ(code({failed, good}), 2);
  EXPECT_EQ(code({good, rejected}), 2);
  EXPECT_EQ(code({failed, rejected}), 2);
  EXPECT_EQ(code({failed, interrupted}), 130);
}

}  // namespace
}  // namespace lockstep
