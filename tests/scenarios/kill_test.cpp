// kill -9 after every request and before and after every commit, and a disk that fails, of imports that create and that overwrite: each
// value is the old or the new one, and the next run ends where an undisturbed one would have. LOCKSTEP_LONG=1 takes every single operation
// on the file, and plays the same with imports that commit more than once.

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>

#include "scenarios/shimmed.h"

namespace lockstep::test {
namespace {

class Kills : public ::testing::TestWithParam<const Course& (*)()> {
 protected:
  void SetUp() override {
    const bool large = GetParam() == &large_first_import || GetParam() == &large_later_import;
    if (large && !long_run()) GTEST_SKIP() << "a long test: LOCKSTEP_LONG=1 plays it";
  }
  const Course& course() const { return GetParam()(); }

  /// Kills a run at each of these places.
  void kill_at(const std::vector<std::string>& places) const {
    play_side_by_side(places.size(), [&](Trial& trial, std::size_t i) {
      const ::testing::ScopedTrace trace(__FILE__, __LINE__, course().name + ": killed " + places[i]);
      trial.restore(course());
      const Outcome outcome = run_struck(trial, places[i]);
      EXPECT_EQ(outcome.exit, kKilled) << said(outcome);
      trial.expect_promises(course(), outcome);
      trial.expect_whole_after_next_run(course());
    });
  }

  std::map<std::string, std::size_t> operations() const {
    Trial trial;
    trial.restore(course());
    const auto counts = operations_of(trial);
    EXPECT_EQ(difference(footprint_of(trial.bench().database()), course().after), "") << "the shim changes what the program does";
    return counts;
  }
};

TEST_P(Kills, AfterEveryRequest) {
  play_side_by_side(course().requests, [&](Trial& trial, std::size_t i) {
    const std::size_t request = i + 1;
    const ::testing::ScopedTrace trace(__FILE__, __LINE__,
                                       course().name + ": killed while the answer to request " + std::to_string(request) + " is awaited");
    trial.restore(course());
    const auto running = trial.start_and_hold_at(request);
    running->send(SIGKILL);
    const Outcome outcome = running->finish();
    EXPECT_EQ(outcome.exit, kKilled) << said(outcome);
    trial.expect_promises(course(), outcome);
    trial.expect_whole_after_next_run(course());
  });
}

TEST_P(Kills, BeforeAndAfterEveryCommit) {
  const std::size_t commits = operations()["commit"];
  ASSERT_GE(commits, 2U);
  std::vector<std::string> places;
  for (std::size_t number = 1; number <= commits; ++number) {
    for (const char* side : {"before", "after"}) places.push_back(side + std::string(" commit ") + std::to_string(number));
  }
  kill_at(places);
}

TEST_P(Kills, BeforeEveryOperationOnTheFile) {
  if (!long_run()) GTEST_SKIP() << "a long test: LOCKSTEP_LONG=1 plays it";
  const std::size_t all = operations()["all"];
  ASSERT_GE(all, 10U);
  std::vector<std::string> places;
  for (std::size_t number = 1; number <= all; ++number) places.push_back("before operation " + std::to_string(number));
  kill_at(places);
}

/// The disk fails from some operation on: no death but an error, and the same promises.
TEST_P(Kills, ADiskThatFailsFromAnyOperationOn) {
  const std::size_t all = operations()["all"], step = long_run() ? 1 : std::max<std::size_t>(1, all / 12);
  std::vector<std::pair<std::string, std::string>> cases;
  for (std::size_t number = 1; number <= all; number += step) {
    for (const char* deed : {"full", "broken"}) cases.emplace_back("before operation " + std::to_string(number), deed);
  }
  play_side_by_side(cases.size(), [&](Trial& trial, std::size_t i) {
    const auto& [place, deed] = cases[i];
    const ::testing::ScopedTrace trace(__FILE__, __LINE__, course().name + ": " + deed + " " + place);
    trial.restore(course());
    const Outcome outcome = run_struck(trial, place, deed);
    // It does no harm to a run that needs no more room, or nothing at all.
    if (outcome.exit == course().exit) return trial.expect_after(course(), outcome);
    EXPECT_EQ(outcome.exit, exit_of_failed(outcome)) << said(outcome);
    EXPECT_TRUE(contains(outcome, "test.db")) << said(outcome);
    EXPECT_TRUE(contains(outcome, deed == "full" ? "the disk is full" : "disk I/O error")) << said(outcome);
    trial.expect_promises(course(), outcome);
    trial.expect_whole_after_next_run(course());
  });
}

/// Killed at every commit in turn, each time from where the last one left off.
TEST_P(Kills, AgainAndAgainComesToTheSameEnd) {
  Trial trial;
  trial.restore(course());
  const auto is_opened = [&] {
    const std::string& file = trial.bench().database();
    return query(file, "SELECT count(*) FROM sqlite_master WHERE name = 'lockstep_run'")[0][0] != "0" &&
           query(file, "SELECT count(*) FROM lockstep_run WHERE finished_at IS NULL")[0][0] != "0";
  };
  // Tables, sync and rules first, each of which is made once: a run always gets by one commit further. Then ever later in the run itself.
  std::size_t later = 0;
  for (int kills = 0; kills < 60; ++kills) {
    if (later > 0 || is_opened()) ++later;
    const std::string place = later % 2 == 0 ? "after commit " : "before commit ";
    const Outcome outcome = run_struck(trial, place + std::to_string((later + 4) / 2));
    trial.expect_promises(course(), outcome);
    if (outcome.exit != kKilled) break;
  }
  trial.expect_whole_after_next_run(course());
  const std::string killed = "SELECT count(*) FROM lockstep_run WHERE exit = 130",
                    other = "SELECT count(*) FROM lockstep_run WHERE exit <> 130";
  EXPECT_NE(query(trial.bench().database(), killed)[0][0], "0") << "a killed run is not in the journal";
  EXPECT_NE(query(trial.bench().database(), other)[0][0], "0");
}

INSTANTIATE_TEST_SUITE_P(Courses, Kills, ::testing::Values(&first_import, &later_import, &large_first_import, &large_later_import),
                         [](const auto& named) {
                           const auto course = named.param;
                           if (course == &first_import) return "First";
                           if (course == &later_import) return "Later";
                           return course == &large_first_import ? "LargeFirst" : "LargeLater";
                         });

}  // namespace
}  // namespace lockstep::test
