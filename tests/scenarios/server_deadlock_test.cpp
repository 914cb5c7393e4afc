// Transactions that a database server ends because of somebody else's: the program does again what belonged together, and the run ends as if
// nothing had been. Nothing is sent twice, and nothing is in the journal twice.

#include <gtest/gtest.h>

#include <latch>

#include "common/time.h"
#include "scenarios/remote_side.h"
#include "scenarios/server_of_kind.h"
#include "scenarios/workbench.h"

namespace lockstep::test {
namespace {

constexpr std::size_t kAgreed = 40, kEditedThere = 12;
constexpr int kEditedHere = 5, kNewHere = 4;
constexpr int kAlways = 1'000'000;

class ServerDeadlock : public ::testing::TestWithParam<const ServerOfKind*> {
 protected:
  void SetUp() override {
    if (!servers().kind().missing().empty()) GTEST_SKIP() << servers().kind().missing();
  }

  const ServerOfKind& servers() const { return *GetParam(); }
  const std::string& place() const { return bench_->database(); }
  std::string cell(const std::string& sql) const { return query(place(), sql).at(0).at(0); }

  /// Both sides agreed, in a database that was set up with this statement.
  void begin(const std::string& set_up = "") {
    sandbox_.emplace(sandbox_options(kAgreed));
    bench_.emplace(*sandbox_, kind_ ? *kind_ : servers().kind());
    if (!set_up.empty()) execute(place(), set_up);
    bench_->set_option("address: \"${LOCKSTEP_STORE:-${LOCKSTEP_DB:-lockstep.db}}\"", "busy_timeout: 60s");
    ASSERT_EQ(bench_->run({"migrate"}).exit, 0);
    bench_->add_users();
    ASSERT_EQ(bench_->run({"import", "assistants"}).exit, 0);
    sandbox_->clear_requests();
    last_run_ = cell("SELECT max(id) FROM lockstep_run");
  }
  void edit_there() {
    for (const auto& row : query(place(), "SELECT vapi_assistant_id FROM assistants ORDER BY id LIMIT " + std::to_string(kEditedThere)))
      sandbox_->edit(row[0], "firstMessage", Json("from there"));
  }
  void edit_here() const {
    execute(place(), "UPDATE assistants SET first_message = 'from here' WHERE id <= " + std::to_string(kEditedHere));
    for (int i = 0; i < kNewHere; ++i)
      execute(place(), "INSERT INTO assistants (name, user_id, created_by) VALUES ('New " + std::to_string(i) + "', 2, 2)");
  }

  /// While the command runs, another program holds what the command's rows need, and waits for those rows.
  Outcome run_into_a_deadlock(const std::vector<std::string>& command) {
    execute(place(), servers().counted_changes());
    std::latch holds(1);
    std::jthread other([&] {
      execute(place(), servers().begin_winning());
      execute(place(), "UPDATE counted SET n = n");
      holds.count_down();
      const Deadline end = Deadline::after(Millis(60'000));
      // MariaDB shows what it showed before to those who look more often.
      while (cell(servers().waiting()) == "0" && !end.over()) std::this_thread::sleep_for(Millis(200));
      execute(place(), "UPDATE assistants SET created_by = created_by");
      execute(place(), "COMMIT");
    });
    holds.wait();
    Outcome outcome = bench_->run(command);
    other.join();
    EXPECT_TRUE(contains(outcome, "it is done again")) << "no transaction was ended: " << said(outcome);
    return outcome;
  }
  /// Beside what the other program has changed.
  std::string changes_counted() const { return cell("SELECT n - (SELECT count(*) FROM assistants) FROM counted"); }

  void expect_imported() const {
    EXPECT_EQ(cell("SELECT count(*) FROM assistants WHERE first_message = 'from there'"), std::to_string(kEditedThere));
    EXPECT_EQ(count_writes(sandbox_->requests()), 0U);
    expect_journaled_once("local", kEditedThere);
    expect_agreement();
  }
  void expect_exported() const {
    std::size_t there = 0;
    for (const auto& [id, item] : world_of(*sandbox_)) there += item.text_at("firstMessage") == "from here" ? 1 : 0;
    EXPECT_EQ(there, kEditedHere);
    EXPECT_EQ(sandbox_->count("POST"), kNewHere);
    EXPECT_EQ(sandbox_->count("PATCH"), kEditedHere);
    EXPECT_EQ(cell("SELECT count(*) FROM lockstep_intent WHERE closed_at IS NULL"), "0");
    expect_journaled_once("remote", kEditedHere + kNewHere);
    expect_agreement();
  }
  void expect_journaled_once(const std::string& side, std::size_t changes) const {
    const std::string since = " FROM lockstep_change WHERE side = '" + side + "' AND run_id > " + last_run_;
    EXPECT_EQ(cell("SELECT count(*)" + since), std::to_string(changes));
    EXPECT_EQ(cell("SELECT count(DISTINCT remote_id)" + since), std::to_string(changes));
  }
  void expect_agreement() const {
    EXPECT_EQ(cell("SELECT count(*) FROM lockstep_link l JOIN assistants a ON CAST(a.id AS TEXT) = CAST(l.local_key AS TEXT) AND "
                   "a.vapi_assistant_id = l.remote_id JOIN lockstep_base b ON b.link_id = l.id"),
              cell("SELECT count(*) FROM assistants"));
    EXPECT_EQ(cell("SELECT count(*) FROM lockstep_run WHERE finished_at IS NULL"), "0");
  }

  std::optional<DatabaseServer> server_;  ///< where a test needs one of its own
  std::unique_ptr<const DatabaseKind> kind_;
  std::optional<sandbox::Sandbox> sandbox_;
  std::optional<Workbench> bench_;
  std::string last_run_;
};

TEST_P(ServerDeadlock, AnImportDoesItsRowsAgain) {
  for (const std::string& isolation : servers().isolations()) {
    begin(isolation);
    edit_there();
    const Outcome outcome = run_into_a_deadlock({"import", "assistants"});
    EXPECT_EQ(outcome.exit, 0) << said(outcome);
    expect_imported();
    EXPECT_EQ(changes_counted(), std::to_string(kEditedThere));
    EXPECT_EQ(bench_->run({"import", "assistants"}).exit, 0);
    expect_imported();
    if (HasFailure()) return;
  }
}

TEST_P(ServerDeadlock, AnExportTakesItsAnswersInAgainAndSendsNothingTwice) {
  for (const std::string& isolation : servers().isolations()) {
    begin(isolation);
    edit_here();
    const Outcome outcome = run_into_a_deadlock({"export", "assistants"});
    EXPECT_EQ(outcome.exit, 0) << said(outcome);
    expect_exported();
    EXPECT_EQ(changes_counted(), std::to_string(kNewHere));
    EXPECT_EQ(bench_->run({"export", "assistants"}).exit, 0);
    expect_exported();
    if (HasFailure()) return;
  }
}

TEST_P(ServerDeadlock, WhatCannotBeSerializedIsDoneAgain) {
  begin();
  edit_there();
  execute(place(), servers().refuse_to_serialize(5));
  const Outcome imported = bench_->run({"import", "assistants"});
  EXPECT_EQ(imported.exit, 0) << said(imported);
  expect_imported();
  execute(place(), servers().serialize_again());
  begin();
  edit_here();
  execute(place(), servers().refuse_to_serialize(5));
  const Outcome exported = bench_->run({"export", "assistants"});
  EXPECT_EQ(exported.exit, 0) << said(exported);
  expect_exported();
}

TEST_P(ServerDeadlock, WhatNeverSucceedsFailsAndTheNextRunGoesOnFromThere) {
  begin();
  edit_there();
  execute(place(), servers().refuse_to_serialize(kAlways));
  const Outcome imported = bench_->run({"import", "assistants"});
  EXPECT_EQ(imported.exit, 1) << said(imported);
  EXPECT_TRUE(contains(imported, "so it went 6 times in a row")) << said(imported);
  expect_agreement();
  execute(place(), servers().serialize_again());
  EXPECT_EQ(bench_->run({"import", "assistants"}).exit, 0);
  expect_imported();
  begin();
  edit_here();
  execute(place(), servers().refuse_to_serialize(kAlways));
  const Outcome exported = bench_->run({"export", "assistants"});
  EXPECT_EQ(exported.exit, 2) << said(exported);
  EXPECT_TRUE(contains(exported, "so it went 6 times in a row")) << said(exported);
  execute(place(), servers().serialize_again());
  const Outcome next = bench_->run({"export", "assistants"});
  EXPECT_EQ(next.exit, 0) << said(next);
  expect_exported();
}

/// On servers that may be told to end a transaction that has waited for a lock too long.
class ServerTimeout : public ServerDeadlock {};

TEST_P(ServerTimeout, WhatHasWaitedTooLongIsDoneAgain) {
  server_.emplace(servers().name(), "--innodb-rollback-on-timeout=1");
  kind_ = servers().kind_at(server_->folder());
  begin();
  edit_there();
  std::latch holds(1);
  std::jthread other([&] {
    execute(place(), "START TRANSACTION");
    execute(place(), "UPDATE assistants SET created_by = created_by");
    holds.count_down();
    std::this_thread::sleep_for(Millis(2500));
    execute(place(), "COMMIT");
  });
  holds.wait();
  const Outcome outcome = bench_->run({"import", "assistants"});
  other.join();
  EXPECT_EQ(outcome.exit, 0) << said(outcome);
  EXPECT_TRUE(contains(outcome, "it is done again")) << said(outcome);
  expect_imported();
}

INSTANTIATE_TEST_SUITE_P(Mysql, ServerTimeout, ::testing::Values(&mysql_servers()));
INSTANTIATE_TEST_SUITE_P(Postgresql, ServerDeadlock, ::testing::Values(&postgres_servers()));
INSTANTIATE_TEST_SUITE_P(Mysql, ServerDeadlock, ::testing::Values(&mysql_servers()));

}  // namespace
}  // namespace lockstep::test
