// The lines of a run, from events that the tests make up.
#include "cli/print/items_reporter.h"

#include "cli/support.h"
#include "common/log.h"

namespace lockstep {
namespace {

/// A reporter on a sync of assistants with everything it wrote.
struct Stage {
  explicit Stage(ItemsReporter::Settings settings = {}) : output(text), reporter(output, settings) {
    sync.nouns = {"assistant", "assistants", "Vapi"};
  }

  void change(const std::string& action, const std::string& label, const std::string& id, std::vector<FieldDelta> fields = {}) {
    RecordChange change;
    change.action = action;
    change.side = Side::Local;
    change.label = label;
    change.remote_id = id;
    change.fields = std::move(fields);
    reporter.changed(change);
  }
  std::string finish(const SyncReport& report) {
    reporter.finished(report);
    output.flush();
    return text;
  }

  std::string text;
  Output output;
  ItemsReporter reporter;
  Sync sync;
  RunOptions options;
};

SyncReport report(std::uint64_t created, std::uint64_t updated, std::uint64_t unchanged) {
  SyncReport out;
  out.created_local = created;
  out.updated_local = updated;
  out.unchanged = unchanged;
  return out;
}

TEST(ItemsReporterTest, PrintsTheLinesInTheirOrderAlthoughTheNumbersComeLast) {
  Stage stage;
  stage.reporter.started(stage.sync, stage.options);
  stage.reporter.found_local(13);
  stage.change("create", "Front Desk", "1b7c");
  stage.change("update", "The Lunch Mob", "7af394ba");
  stage.reporter.unchanged("9712f531", "Demo Agent 5 - Sandia");
  stage.reporter.found_remote(15, true);
  stage.reporter.problem({Problem::Severity::Warning, "77", "Old Desk", "missing_remote",
                          "assistant Old Desk (ID: 77) is not in Vapi any more; nothing was deleted"});
  EXPECT_EQ(stage.finish(report(2, 8, 5)),
            "Starting assistant synchronization...\n"
            "Syncing all assistants...\n"
            "Found 15 assistants in Vapi\n"
            "Found 13 assistants in local database\n"
            "Created assistant: Front Desk (ID: 1b7c)\n"
            "Updated assistant: The Lunch Mob (ID: 7af394ba)\n"
            "Assistant Demo Agent 5 - Sandia (ID: 9712f531) is up to date\n"
            "Warning: assistant Old Desk (ID: 77) is not in Vapi any more; nothing was deleted\n"
            "Sync completed: 15 synced (2 created, 8 updated), 0 errors\n"
            "Assistant synchronization completed successfully!\n");
}

TEST(ItemsReporterTest, ItemsWaitForBothNumbersInWhateverOrderTheyCome) {
  Stage stage;
  stage.reporter.started(stage.sync, stage.options);
  stage.reporter.found_remote(1, true);
  stage.change("create", "A", "1");
  stage.reporter.found_local(0);
  EXPECT_NE(
      stage.finish(report(1, 0, 0)).find("Found 1 assistant in Vapi\nFound 0 assistants in local database\nCreated assistant: A (ID: 1)\n"),
      std::string::npos)
      << stage.text;
}

TEST(ItemsReporterTest, ADryRunSaysWouldAndShowsFieldsOnDemand) {
  Stage stage({.verbosity = 1});
  stage.options.dry_run = true;
  stage.reporter.started(stage.sync, stage.options);
  stage.reporter.found_local(1);
  stage.change("create", "New", "a", {{"name", Json(), Json("New")}});
  stage.change("update", "Old", "b", {{"first_message", Json("Hi"), Json("Hello\n\x1b[31m")}, {"tags", Json(), Json(Json::Array{})}});
  stage.reporter.found_remote(2, true);
  EXPECT_EQ(stage.finish(report(1, 1, 0)),
            "Starting assistant synchronization...\n"
            "Syncing all assistants...\n"
            "Found 2 assistants in Vapi\n"
            "Found 1 assistant in local database\n"
            "Would create assistant: New (ID: a)\n"
            "    name: \"New\"\n"
            "Would update assistant: Old (ID: b)\n"
            "    first_message: \"Hi\" → \"Hello\\n\\u001b[31m\"\n"
            "    tags: null → []\n"
            "Sync completed: 2 synced (1 created, 1 updated), 0 errors\n"
            "Dry run: nothing was written\n"
            "Assistant synchronization completed successfully!\n");
}

TEST(ItemsReporterTest, OneRecordsFailureIsSaidAndEndsWithErrors) {
  Stage stage;
  stage.reporter.started(stage.sync, stage.options);
  stage.reporter.found_local(0);
  stage.reporter.problem({Problem::Severity::Error, "x", "Bad", "rejected", "max_duration_seconds: 5 is less than 10"});
  stage.reporter.found_remote(1, true);
  SyncReport outcome = report(0, 0, 0);
  outcome.rejected = 1;
  const std::string text = stage.finish(outcome);
  EXPECT_NE(text.find("Failed to sync assistant: Bad (ID: x): max_duration_seconds: 5 is less than 10\n"), std::string::npos);
  EXPECT_TRUE(
      text.ends_with("Sync completed: 0 synced (0 created, 0 updated), 1 errors\nAssistant synchronization completed with errors!\n"))
      << text;
}

TEST(ItemsReporterTest, AListThatBrokeOffHasNoNumberAndNoTotals) {
  Stage stage;
  stage.reporter.started(stage.sync, stage.options);
  stage.reporter.found_local(3);
  stage.change("create", "A", "1");
  SyncReport outcome = report(1, 0, 0);
  outcome.failure = "the list of assistants is incomplete: page 2 was cut";
  outcome.failure_hint = "run the same command again";
  EXPECT_EQ(stage.finish(outcome),
            "Starting assistant synchronization...\n"
            "Syncing all assistants...\n"
            "Found 3 assistants in local database\n"
            "Created assistant: A (ID: 1)\n"
            "Assistant synchronization failed: the list of assistants is incomplete: page 2 was cut; run the same command again\n");
}

TEST(ItemsReporterTest, AnInterruptionIsNoFailure) {
  Stage stage;
  stage.reporter.started(stage.sync, stage.options);
  SyncReport outcome;
  outcome.interrupted = true;
  outcome.failure = "interrupted";
  EXPECT_TRUE(
      stage.finish(outcome).ends_with("Assistant synchronization interrupted: what was written stays, the next run goes on from there\n"));
}

TEST(ItemsReporterTest, NamesTheLimitsOfARun) {
  Stage one;
  one.options.ids = {"7af3"};
  one.reporter.started(one.sync, one.options);
  EXPECT_NE(one.finish({}).find("Syncing assistant 7af3...\n"), std::string::npos);
  Stage user;
  user.options.owner = "5";
  user.reporter.started(user.sync, user.options);
  EXPECT_NE(user.finish({}).find("Syncing assistants of user 5...\n"), std::string::npos);
}

TEST(ItemsReporterTest, QuietPrintsErrorsOnlyAndSilentNothing) {
  for (const bool silent : {false, true}) {
    Stage stage({.quiet = true, .silent = silent});
    stage.reporter.started(stage.sync, stage.options);
    stage.reporter.found_local(1);
    stage.change("create", "A", "1");
    stage.reporter.problem({Problem::Severity::Warning, "", "", "w", "careful"});
    stage.reporter.problem({Problem::Severity::Error, "2", "B", "failed", "no"});
    stage.reporter.found_remote(2, true);
    SyncReport outcome = report(1, 0, 0);
    outcome.failed = 1;
    EXPECT_EQ(stage.finish(outcome),
              silent ? "" : "Failed to sync assistant: B (ID: 2): no\nAssistant synchronization completed with errors!\n");
  }
}

TEST(ItemsReporterTest, MoreWaitingLinesThanTheCapAreReleased) {
  Stage stage({.waiting_bytes = 100});
  stage.reporter.started(stage.sync, stage.options);
  stage.reporter.found_local(0);
  for (int i = 0; i < 10; ++i) stage.change("create", "Name " + std::to_string(i), std::to_string(i));
  stage.output.flush();
  EXPECT_NE(stage.text.find("Created assistant: Name 9"), std::string::npos);
  EXPECT_EQ(stage.text.find("Found"), std::string::npos);
  stage.reporter.found_remote(10, true);
  const std::string text = stage.finish(report(10, 0, 0));
  EXPECT_NE(text.find("Found 10 assistants in Vapi\nFound 0 assistants in local database\n"), std::string::npos);
}

TEST(ItemsReporterTest, ForeignTextCannotSteerTheTerminalNorShowASecret) {
  register_secret("sk-reporter-secret-1");
  Stage stage;
  stage.reporter.started(stage.sync, stage.options);
  stage.reporter.found_local(0);
  stage.change("create", "Evil\x1b]0;title\x07\nFailed", "sk-reporter-secret-1");
  stage.reporter.found_remote(1, true);
  const std::string text = stage.finish(report(1, 0, 0));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("Created assistant: Evil\\x1b]0;title\\x07\\x0aFailed (ID: [redacted])\n"), std::string::npos) << text;
}

TEST(ItemsReporterTest, WhatIsLeftIsNoted) {
  Stage stage;
  stage.reporter.started(stage.sync, stage.options);
  stage.reporter.found_local(4);
  stage.reporter.found_remote(2, true);
  SyncReport outcome = report(0, 0, 2);
  outcome.only_local = 2;
  outcome.pending_export = 1;
  const std::string text = stage.finish(outcome);
  EXPECT_NE(text.find("Note: 2 assistants only in local database; an export would create them in Vapi\n"), std::string::npos) << text;
  EXPECT_NE(text.find("Note: 1 assistant with local edits that were kept; an export would send them\n"), std::string::npos) << text;
}

TEST(ItemsReporterTest, OfASyncThatSendsNothingNoExportIsOffered) {
  Stage stage;
  stage.reporter.started(stage.sync, stage.options);
  SyncReport outcome = report(0, 0, 2);
  outcome.only_local = 1;
  outcome.sends = false;
  const std::string text = stage.finish(outcome);
  EXPECT_NE(text.find("Note: 1 assistant only in local database; the mapping is read-only, and nothing is created in Vapi\n"),
            std::string::npos)
      << text;
}

TEST(FailureText, AMissingKeyReadsAsOneSentence) {
  SyncReport outcome;
  outcome.failure = "Vapi API key not configured";
  outcome.failure_code = "credentials";
  outcome.failure_hint = "set VAPI_API_KEY";
  EXPECT_EQ(outcome.failure_text(), "Vapi API key not configured: set VAPI_API_KEY");
}

}  // namespace
}  // namespace lockstep
