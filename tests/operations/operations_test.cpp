// Operations: a request in, an outcome out, and its JSON; no terminal anywhere.
#include <gmock/gmock.h>

#include "common/error.h"
#include "format/json.h"
#include "operations/apply.h"
#include "operations/check.h"
#include "operations/chosen_syncs.h"
#include "operations/conflicts.h"
#include "operations/desk.h"
#include "operations/history.h"
#include "operations/migrate.h"
#include "operations/plan.h"
#include "operations/retry.h"
#include "operations/rollback.h"
#include "operations/status.h"

namespace lockstep::operations {
namespace {

using test::OperationTest;
using test::shelf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kEmma = R"({"id":"b1","title":"Emma","pages":474})";

std::string at(const Json& object, std::string_view name) {
  const Json* found = object.find(name);
  return found == nullptr ? "(absent)" : json::to_text(*found);
}

TEST_F(OperationTest, ARunSaysWhatItDid) {
  shelf()->items = {{"b1", kEmma}};
  const RunOutcome outcome = run(Mode::Import);
  EXPECT_EQ(outcome.verdict, Verdict::Done);
  ASSERT_EQ(outcome.reports.size(), 1U);
  EXPECT_EQ(outcome.reports[0].created_local, 1U);
  const Json json = to_json(outcome);
  EXPECT_EQ(at(json, "run"), "\"" + outcome.run + "\"");
  EXPECT_EQ(at(json, "command"), "\"import\"");
  EXPECT_EQ(at(json, "exit"), "0");
  EXPECT_EQ(at((*json.find("syncs")->array())[0], "created_local"), "1");
}

TEST_F(OperationTest, ARunThatIsToBeCheckedSaysThatSomethingIsPending) {
  shelf()->items = {{"b1", kEmma}};
  RunOptions options;
  options.dry_run = true;
  const RunRequest request{options, {{"books"}}, "import", true};
  EXPECT_EQ(operations::run(workspace(), request, nobody_, system_clock(), {}).verdict, Verdict::Pending);
  run(Mode::Import);
  EXPECT_EQ(operations::run(workspace(), request, nobody_, system_clock(), {}).verdict, Verdict::Done);
}

TEST_F(OperationTest, ARunOfAnUnreachableProviderHasFailed) {
  shelf()->unreachable = true;
  const RunOutcome outcome = run(Mode::Import);
  EXPECT_EQ(outcome.verdict, Verdict::Failed);
  EXPECT_EQ(at(*to_json(outcome).find("error"), "code"), "\"unreachable\"");
}

TEST_F(OperationTest, WhatWasStoppedWasInterrupted) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(status(workspace(), {}, nobody_, system_clock(), stop.get_token()).verdict, Verdict::Interrupted);
}

TEST_F(OperationTest, StatusCountsBothSides) {
  shelf()->items = {{"b1", kEmma}};
  const StatusOutcome before = status(workspace(), {.check = true}, nobody_, system_clock(), {});
  ASSERT_EQ(before.syncs.size(), 1U);
  EXPECT_EQ(before.syncs[0].only_remote, 1U);
  EXPECT_FALSE(before.syncs[0].in_sync());
  EXPECT_EQ(before.verdict, Verdict::Pending);
  run(Mode::Import);
  const StatusOutcome after = status(workspace(), {.check = true}, nobody_, system_clock(), {});
  EXPECT_TRUE(after.syncs[0].in_sync());
  EXPECT_EQ(after.verdict, Verdict::Done);
  const Json json = to_json(after);
  EXPECT_EQ(at((*json.find("syncs")->array())[0], "in_sync"), "true");
  EXPECT_EQ(at(json, "exit"), "0");
}

TEST_F(OperationTest, StatusOfASideThatCannotBeReadIsUnknown) {
  shelf()->unreachable = true;
  const StatusOutcome outcome = status(workspace(), {}, nobody_, system_clock(), {});
  EXPECT_EQ(outcome.verdict, Verdict::Failed);
  EXPECT_THAT(outcome.syncs[0].failure, HasSubstr("connection refused"));
  EXPECT_EQ(at((*to_json(outcome).find("syncs")->array())[0], "in_sync"), "null");
}

TEST_F(OperationTest, HistoryListsChangesWhereSomethingIsAskedOfThem) {
  shelf()->items = {{"b1", kEmma}};
  const std::string id = run(Mode::Import).run;
  const HistoryOutcome runs = history(workspace(), {});
  ASSERT_EQ(runs.runs.size(), 1U);
  EXPECT_EQ(runs.runs[0].counter("created_local"), 1);
  EXPECT_EQ(at(to_json(runs), "changes"), "(absent)");
  const HistoryOutcome changes = history(workspace(), {.run = id, .field = "title"});
  ASSERT_EQ(changes.changes.size(), 0U) << "a row that was inserted has no field before";
  const HistoryOutcome record = history(workspace(), {.record = "b1"});
  ASSERT_EQ(record.changes.size(), 1U);
  EXPECT_EQ(record.changes[0].table, "books");
  EXPECT_EQ(record.changes[0].nouns.one, "book");
  EXPECT_EQ(at((*to_json(record).find("changes")->array())[0], "fields"), "{}");
}

TEST_F(OperationTest, HistoryOfARunThatIsNoneIsAMistake) {
  run(Mode::Import);
  EXPECT_THROW(history(workspace(), {.run = "01ZZZZ"}), Error);
  EXPECT_THROW(history(workspace(), {.syncs = {"boks"}}), Error);
}

TEST_F(OperationTest, WhatWasRefusedIsTriedAgain) {
  shelf()->items = {{"b2", R"({"id":"b2","pages":3})"}};
  EXPECT_EQ(run(Mode::Import).verdict, Verdict::Partly);
  const RejectedOutcome refused = rejected(workspace());
  ASSERT_EQ(refused.rejected.size(), 1U);
  EXPECT_EQ(refused.rejected[0].remote_id, "b2");
  EXPECT_EQ(at((*to_json(refused).find("rejected")->array())[0], "sync"), "\"books\"");
  EXPECT_THROW(retry(workspace(), {.ids = {"b3"}}, nobody_, system_clock(), {}), Error);
  shelf()->items["b2"] = R"({"id":"b2","title":"Persuasion","pages":3})";
  EXPECT_EQ(retry(workspace(), {.ids = {"b2"}}, nobody_, system_clock(), {}).verdict, Verdict::Done);
  EXPECT_TRUE(rejected(workspace()).rejected.empty());
}

/// A field that was edited on both sides.
void edit_both_sides(const std::string& here, const std::string& there) {
  test::execute("UPDATE books SET title = '" + here + "'");
  shelf()->items["b1"] = R"({"id":"b1","title":")" + there + R"(","pages":474})";
}

class ConflictOperationTest : public OperationTest {
 protected:
  void SetUp() override {
    OperationTest::SetUp();
    shelf()->items = {{"b1", kEmma}};
    shelf()->takes_writes = true;
    run(Mode::Import);
    edit_both_sides("Emma here", "Emma there");
    RunOptions options;
    options.on_conflict = OnConflict::Manual;
    options.local_edits = LocalEdits::Keep;
    EXPECT_EQ(run(Mode::Full, options).verdict, Verdict::Partly);
  }
};

TEST_F(ConflictOperationTest, AwaitsAWordThatSaysWhatBothSidesHold) {
  const ConflictsOutcome open = conflicts(workspace());
  ASSERT_EQ(open.conflicts.size(), 1U);
  EXPECT_EQ(open.conflicts[0].field, "title");
  EXPECT_EQ(open.conflicts[0].remote, "Library");
  EXPECT_EQ(at((*to_json(open).find("conflicts")->array())[0], "here"), "\"Emma here\"");
  EXPECT_THROW(resolve(workspace(), {.id = open.conflicts[0].id}, nobody_, system_clock(), {}), Error) << "neither a side nor a value";
  EXPECT_THROW(resolve(workspace(), {.id = "99"}, nobody_, system_clock(), {}), Error);
}

TEST_F(ConflictOperationTest, IsDecidedAtOnce) {
  const std::string id = conflicts(workspace()).conflicts.at(0).id;
  const ResolveOutcome outcome = resolve(workspace(), {.id = id, .take = Side::Local}, nobody_, system_clock(), {});
  EXPECT_EQ(outcome.end, ResolveOutcome::End::Decided);
  EXPECT_EQ(outcome.verdict, Verdict::Done);
  EXPECT_EQ(at(to_json(outcome), "command"), "\"resolve\"");
  EXPECT_THAT(shelf()->items["b1"], HasSubstr("Emma here"));
  EXPECT_TRUE(conflicts(workspace()).conflicts.empty());
}

TEST_F(OperationTest, APlanIsSavedAndCarriedOutUnlessSomethingMoved) {
  shelf()->items = {{"b1", kEmma}};
  const auto planned = [&](const std::string& file) {
    PlanRequest request;
    request.file = file;
    return plan(workspace(), request, nobody_, system_clock(), {});
  };
  const PlanOutcome first = planned("first.json");
  EXPECT_TRUE(first.saved);
  EXPECT_EQ(at(to_json(first), "mode"), "\"import\"");
  planned("second.json");
  const ApplyOutcome applied =
      apply(workspace(), {.file = "first.json", .typed = "apply first.json"}, {nobody_, nobody_}, system_clock(), {});
  EXPECT_TRUE(applied.ran);
  EXPECT_EQ(applied.verdict, Verdict::Done);
  EXPECT_EQ(applied.run.reports.at(0).created_local, 1U);
  const ApplyOutcome stale =
      apply(workspace(), {.file = "second.json", .typed = "apply second.json"}, {nobody_, nobody_}, system_clock(), {});
  EXPECT_FALSE(stale.ran);
  EXPECT_EQ(stale.verdict, Verdict::Failed);
  EXPECT_FALSE(stale.moved.empty());
  EXPECT_EQ(at(*to_json(stale).find("error"), "code"), "\"stale\"");
}

TEST_F(OperationTest, ARollbackSaysWhatCameBackAndWhatStays) {
  shelf()->items = {{"b1", kEmma}};
  run(Mode::Import);
  shelf()->items["b1"] = R"({"id":"b1","title":"Emma","pages":500})";
  const std::string id = run(Mode::Import).run;
  const Undone undone = find_undone(workspace(), id.substr(0, 24));
  EXPECT_EQ(undone.run, id);
  EXPECT_THAT(undone.syncs, ElementsAre("books"));
  const RollbackOutcome outcome = rollback(workspace(), {.run = id}, nobody_, system_clock(), {});
  EXPECT_EQ(outcome.verdict, Verdict::Done);
  const Json json = to_json(outcome);
  EXPECT_EQ(at(json, "undoes"), "\"" + id + "\"");
  EXPECT_EQ(json.find("restored")->array()->size(), 1U);
}

TEST_F(OperationTest, CheckTellsMistakesOrWhatItFound) {
  const CheckOutcome good = check(workspace(), {.offline = true}, system_clock(), {});
  EXPECT_EQ(good.verdict, Verdict::Done);
  EXPECT_EQ(at(to_json(good), "ok"), "true");
  directory_.write("config/books.yaml", "table: books\nkey: {colum: library_id, from: id}\nfields: {title: text}\n");
  const CheckOutcome bad = check(workspace(), {.offline = true}, system_clock(), {});
  EXPECT_EQ(bad.verdict, Verdict::Failed);
  EXPECT_FALSE(bad.mistakes.empty());
  EXPECT_EQ(at(*to_json(bad).find("error"), "code"), "\"invalid\"");
}

TEST_F(OperationTest, MigrateTellsEachStoreAsItIsDone) {
  std::vector<std::string> heard;
  const auto hear = [&](const MigratedStore& store) { heard.push_back(store.name); };
  const MigrateOutcome dry = migrate(workspace(), {.dry_run = true}, hear, {});
  EXPECT_THAT(heard, ElementsAre("main"));
  EXPECT_FALSE(dry.stores.at(0).statements.empty());
  EXPECT_EQ(migrate(workspace(), {}, hear, {}).stores.at(0).statements, dry.stores.at(0).statements);
  EXPECT_TRUE(migrate(workspace(), {}, hear, {}).stores.at(0).statements.empty());
  EXPECT_EQ(at(to_json(dry), "dry_run"), "true");
}

TEST_F(OperationTest, SyncsAreChosenByNameOrByDefault) {
  EXPECT_THAT(chosen_syncs(workspace(), {}), ElementsAre("books"));
  const std::vector<std::string> twice{"books", "books"};
  EXPECT_THAT(chosen_syncs(workspace(), twice), ElementsAre("books"));
}

}  // namespace
}  // namespace lockstep::operations
