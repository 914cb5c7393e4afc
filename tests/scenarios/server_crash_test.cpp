// A database server that loses its power in the middle of a run. It keeps what it said that it had committed; the next run finds whole
// records alone, goes on from there and comes to the end that an undisturbed run comes to.

#include <gtest/gtest.h>

#include <set>

#include "common/text.h"
#include "scenarios/invariants.h"
#include "scenarios/remote_side.h"
#include "scenarios/server_of_kind.h"
#include "scenarios/trial.h"
#include "support/files.h"

namespace lockstep::test {
namespace {

/// A run commits after some MiB: each page is more than that.
constexpr std::size_t kServed = 200, kServedBytes = 25'000, kServedPage = 100;
constexpr const char* kBeforeTheCrash = "beginning";

int instants() { return long_run() ? 60 : 3; }

sandbox::Options served() {
  sandbox::Options options = sandbox_options(kServed);
  options.generate.bytes = kServedBytes;
  return options;
}

class ServerCrash : public ::testing::TestWithParam<const ServerOfKind*> {
 protected:
  void SetUp() override {
    if (!GetParam()->kind().missing().empty()) GTEST_SKIP() << GetParam()->kind().missing();
    server_.emplace(GetParam()->name(), GetParam()->durable());
    kind_ = GetParam()->kind_at(server_->folder());
    sandbox_.emplace(served());
    bench_.emplace(*sandbox_, *kind_);
    bench_->set_option("plugin: vapi", "page_size: " + std::to_string(kServedPage));
    // So long a create whose answer was lost is not repeated.
    const std::string config = file_text(bench_->directory() / "config/lockstep.yaml");
    bench_->write("config/lockstep.yaml", replace_all(config, "timeout: 30s", "timeout: 5s"));
    ASSERT_EQ(bench_->run({"migrate"}).exit, 0);
    bench_->add_users();
  }

  std::string cell(const std::string& sql) const { return query(bench_->database(), sql).at(0).at(0); }

  std::vector<Cells> content() const {
    Cells columns = kind_->columns(bench_->database(), "assistants");
    std::erase(columns, "id");
    return query(bench_->database(), "SELECT " + quoted_list(columns) + " FROM assistants ORDER BY vapi_assistant_id, name");
  }

  /// Rows, links and bases speak of the same records.
  void expect_agreement() const {
    const std::string rows = cell("SELECT count(*) FROM assistants WHERE vapi_assistant_id IS NOT NULL");
    EXPECT_EQ(cell("SELECT count(DISTINCT vapi_assistant_id) FROM assistants"), rows) << "a duplicate";
    EXPECT_EQ(cell("SELECT count(*) FROM lockstep_link l JOIN assistants a ON CAST(a.id AS TEXT) = CAST(l.local_key AS TEXT) AND "
                   "a.vapi_assistant_id = l.remote_id JOIN lockstep_base b ON b.link_id = l.id"),
              rows)
        << "links that lead to their row and have a base";
  }

  /// From the beginning, undisturbed; how long it took.
  std::chrono::steady_clock::duration run_through(const std::vector<std::string>& command) {
    kind_->back_up(bench_->database(), kBeforeTheCrash);
    const auto begun = std::chrono::steady_clock::now();
    const Outcome outcome = bench_->run(command);
    EXPECT_EQ(outcome.exit, 0) << said(outcome);
    return std::chrono::steady_clock::now() - begun;
  }

  /// From the beginning, with a server that ends after that time and comes back.
  Outcome run_and_crash(const std::vector<std::string>& command, std::chrono::steady_clock::duration after) {
    kind_->restore(bench_->database(), kBeforeTheCrash);
    const auto running = bench_->start(command);
    std::this_thread::sleep_for(after);
    server_->crash();
    Outcome outcome = running->finish();
    server_->restart();
    return outcome;
  }

  std::optional<DatabaseServer> server_;
  std::unique_ptr<const DatabaseKind> kind_;
  std::optional<sandbox::Sandbox> sandbox_;
  std::optional<Workbench> bench_;
};

TEST_P(ServerCrash, AnImportGoesOnWhereTheServerHasKeptIt) {
  const std::vector<std::string> import = {"assistants:sync", "--quiet"};
  const auto whole = run_through(import);
  const std::vector<Cells> expected = content();
  const std::set<Cells> known(expected.begin(), expected.end());
  ASSERT_EQ(expected.size(), kServed);
  for (int i = 0; i < instants() && !HasFailure(); ++i) {
    SCOPED_TRACE("instant " + std::to_string(i));
    const Outcome cut = run_and_crash(import, whole * (2 * i + 1) / (2 * instants()));
    const std::vector<Cells> kept = content();
    for (const Cells& row : kept) EXPECT_TRUE(known.contains(row)) << "half a row: " << row[0];
    expect_agreement();
    if (cut.exit == 0) {
      EXPECT_EQ(kept.size(), kServed) << "it had said that all is written\n" << said(cut);
    }
    EXPECT_TRUE(cut.exit == 0 || contains(cut, std::string(kind_->shown()))) << said(cut);
    if (cut.exit == 1) {
      EXPECT_EQ(kept.size(), 0U) << "1 says that nothing was written\n" << said(cut);
    }
    const Outcome next = bench_->run(import);
    EXPECT_EQ(next.exit, 0) << said(next);
    EXPECT_EQ(content(), expected);
    expect_agreement();
    EXPECT_EQ(cell("SELECT count(*) FROM lockstep_run WHERE finished_at IS NULL"), "0") << "a run was left open";
    EXPECT_EQ(cell("SELECT count(DISTINCT remote_id) FROM lockstep_change WHERE action = 'create'"), std::to_string(kServed));
    const std::string journaled = cell("SELECT count(*) FROM lockstep_change");
    EXPECT_EQ(bench_->run(import).exit, 0);
    EXPECT_EQ(cell("SELECT count(*) FROM lockstep_change"), journaled) << "the run after it has nothing left to do";
  }
}

TEST_P(ServerCrash, WhatWasSentIsNeitherForgottenNorSentTwice) {
  sandbox_->load(Json(Json::Array()));
  constexpr int kRows = 40;
  for (int i = 0; i < kRows; ++i) {
    execute(bench_->database(), "INSERT INTO assistants (name, first_message, user_id, created_by) VALUES ('Row " + std::to_string(i) +
                                    "', 'written here', 1, 1)");
  }
  const std::vector<std::string> full = {"full", "assistants", "--allow-mass-change"};
  const auto whole = run_through(full);
  ASSERT_EQ(sandbox_->size(), static_cast<std::size_t>(kRows));
  for (int i = 0; i < instants() && !HasFailure(); ++i) {
    SCOPED_TRACE("instant " + std::to_string(i));
    sandbox_->load(Json(Json::Array()));
    const Outcome cut = run_and_crash(full, whole * (2 * i + 1) / (2 * instants()));
    expect_agreement();
    Outcome next = bench_->run(full);
    // A create that was promised, and of which nobody knows whether it was sent, is at work for a minute.
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(90);
    while (next.exit == 2 && contains(next, "the outcome is not known yet") && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(500));
      next = bench_->run(full);
    }
    EXPECT_EQ(next.exit, 0) << said(cut) << said(next);
    EXPECT_EQ(sandbox_->size(), static_cast<std::size_t>(kRows)) << "an item was made twice\n" << said(cut) << said(next);
    EXPECT_EQ(cell("SELECT count(DISTINCT vapi_assistant_id) FROM assistants"), std::to_string(kRows)) << said(cut) << said(next);
    EXPECT_EQ(cell("SELECT count(*) FROM assistants"), std::to_string(kRows)) << said(cut) << said(next);
    EXPECT_EQ(cell("SELECT count(*) FROM lockstep_intent WHERE closed_at IS NULL"), "0") << said(next);
    expect_agreement();
    sandbox_->clear_requests();
    EXPECT_EQ(bench_->run(full).exit, 0);
    EXPECT_EQ(writes_of(sandbox_->requests()), std::vector<std::string>());
  }
}

INSTANTIATE_TEST_SUITE_P(Postgresql, ServerCrash, ::testing::Values(&postgres_servers()));
INSTANTIATE_TEST_SUITE_P(Mysql, ServerCrash, ::testing::Values(&mysql_servers()));

}  // namespace
}  // namespace lockstep::test
