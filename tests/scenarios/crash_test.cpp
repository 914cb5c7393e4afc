// An import that is killed or stopped, and two at once. Whatever happened, the next undisturbed run gives the database that an
// undisturbed import gives.

#include <signal.h>

#include <set>

#include "scenarios/crash_fixture.h"
#include "scenarios/database.h"

namespace lockstep::test {
namespace {

namespace fs = std::filesystem;

// Killed

TEST_F(Crash, KilledBetweenTwoCommits) {
  const auto running = start_and_stop_short(kQuietSync);
  running->send(SIGKILL);
  running->finish();
  const std::size_t kept = rows_kept();
  EXPECT_GT(kept, 0U);
  EXPECT_LT(kept, kAssistants);
  expect_whole_after_next_run();
}

TEST_F(Crash, KilledInsideATransactionThatHasReachedTheFile) {
  // Only a transaction larger than the cache leaves a journal while it is open.
  const auto size = fs::file_size(bench_.database());
  const auto running = bench_.start(kQuietSync);
  ASSERT_TRUE(wait_until([&] {
    std::error_code ignored;
    return fs::file_size(bench_.database(), ignored) > 10 * size && fs::exists(bench_.database() + "-journal", ignored);
  }));
  running->send(SIGKILL);
  EXPECT_EQ(running->finish().exit, 128 + SIGKILL);
  EXPECT_LT(rows_kept(), kAssistants);
  expect_whole_after_next_run();
}

TEST_F(Crash, KilledAtManyInstants) {
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_EQ(bench_.run(kQuietSync).exit, 0);
  const auto whole = std::chrono::steady_clock::now() - begun;
  constexpr int kInstants = 6;
  for (int i = 0; i < kInstants; ++i) {
    SCOPED_TRACE("instant " + std::to_string(i));
    start_anew();
    const auto running = bench_.start(kQuietSync);
    // What must hold does not depend on where exactly this hits.
    std::this_thread::sleep_for(whole * i / kInstants);
    running->send(SIGKILL);
    running->finish();
    rows_kept();
    expect_whole_after_next_run();
    if (HasFailure()) return;
  }
}

TEST_F(Crash, KilledAgainAndAgainComesToTheSameEnd) {
  for (std::size_t request = 1; request <= requests_; ++request) {
    sandbox_.clear_faults();
    sandbox_.clear_requests();
    hang_at(request);
    const auto running = bench_.start(kQuietSync);
    ASSERT_TRUE(wait_until([&] { return sandbox_.count("GET") == request || running->ended(); }));
    running->send(SIGKILL);
    running->finish();
  }
  rows_kept();
  expect_whole_after_next_run();
  EXPECT_EQ(number(bench_.database(), "SELECT count(*) FROM lockstep_run WHERE exit NOT IN (0, 130)"), "0");
}

TEST_F(Crash, KilledWhileRowsAreOverwritten) {
  ASSERT_EQ(bench_.run(kQuietSync).exit, 0);
  // Each row differs, and more than one transaction is needed to set them right.
  const std::string edit = "UPDATE assistants SET first_message = 'mine ' || id";
  const auto begun = std::chrono::steady_clock::now();
  execute(bench_.database(), edit);
  ASSERT_EQ(bench_.run(kQuietSync).exit, 0);
  const auto whole = std::chrono::steady_clock::now() - begun;
  expect_content();
  for (int i = 3; i < 5; ++i) {
    SCOPED_TRACE("instant " + std::to_string(i));
    execute(bench_.database(), edit);
    const auto running = bench_.start(kQuietSync);
    std::this_thread::sleep_for(whole * i / 6);
    running->send(SIGKILL);
    running->finish();
    const std::string& file = bench_.database();
    EXPECT_EQ(bench_.run(kQuietSync).exit, 0);
    expect_content();
    EXPECT_EQ(number(file, "SELECT count(*) FROM lockstep_run WHERE finished_at IS NULL"), "0");
    // Each overwritten value stands in the journal, once for each time that it was overwritten: once for this edit.
    EXPECT_EQ(number(file, "SELECT count(*) FROM lockstep_change WHERE fields LIKE '%\"mine %'"),
              std::to_string(kAssistants * static_cast<std::size_t>(i - 1)));
  }
}

// Stopped

TEST_F(Crash, InterruptedKeepsWhatIsWholeAndExits130) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    SCOPED_TRACE("signal " + std::to_string(signal));
    start_anew();
    const auto running = start_and_stop_short(kSync);
    running->send(signal);
    const Outcome outcome = running->finish(30);
    EXPECT_EQ(outcome.exit, 130) << said(outcome);
    EXPECT_NE(outcome.out.find("interrupted: what was written stays, the next run goes on from there"), std::string::npos) << said(outcome);
    EXPECT_EQ(number(bench_.database(), "SELECT count(*) FROM lockstep_run WHERE exit = 130 AND finished_at IS NOT NULL"), "1");
    const std::size_t kept = rows_kept();
    EXPECT_GT(kept, 0U);
    EXPECT_LT(kept, kAssistants);
    expect_whole_after_next_run();
  }
}

// Two at once

TEST_F(Crash, WhileAPageIsAwaitedOthersMayReadAndWrite) {
  hang_at(2);
  const auto running = bench_.start(kQuietSync);
  EXPECT_TRUE(wait_until([&] { return rows() > 0; })) << "what was read is kept back";
  EXPECT_NO_THROW(execute(bench_.database(), "BEGIN IMMEDIATE; ROLLBACK"));
  running->send(SIGKILL);
  running->finish();
  expect_whole_after_next_run();
}

TEST_F(Crash, TheSecondProcessIsToldWhoHoldsTheSync) {
  hang_at(2);
  const auto first = bench_.start(kQuietSync);
  ASSERT_TRUE(wait_until([&] { return rows() > 0; }));
  const std::size_t before = rows();
  const Outcome second = bench_.run(kSync);
  EXPECT_EQ(second.exit, 1) << said(second);
  const std::string text = second.out + second.err;
  EXPECT_NE(text.find("\"sync assistants\" is running since "), std::string::npos) << said(second);
  EXPECT_NE(text.find("(pid " + std::to_string(first->pid()) + " on "), std::string::npos) << said(second);
  first->send(SIGKILL);
  first->finish();
  EXPECT_EQ(rows_kept(), before) << "the second process wrote";
  expect_whole_after_next_run();
}

TEST_F(Crash, TwoAtTheSameInstantMakeNoDuplicate) {
  const auto first = bench_.start(kQuietSync);
  const auto second = bench_.start(kQuietSync);
  const Outcome one = first->finish(), other = second->finish();
  const std::set<int> exits = {one.exit, other.exit};
  EXPECT_TRUE(exits == std::set<int>({0}) || exits == std::set<int>({0, 1})) << said(one) << said(other);
  expect_content();
  expect_whole_after_next_run();
}

}  // namespace
}  // namespace lockstep::test
