// kill -9 of a full run over ten rows and ten assistants with every kind of change: before and after every request took effect, and around
// every commit. The next run ends where an undisturbed one would have: no duplicate, no lost edit, nothing to mend by hand. Of the places
// some are taken; LOCKSTEP_LONG=1 takes them all.

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>

#include "format/json.h"
#include "scenarios/full_course.h"
#include "scenarios/shimmed.h"

namespace lockstep::test {
namespace {

constexpr std::size_t kPlacesOfAShortRun = 12;

/// Both sides as they are before the run, and as an undisturbed one leaves them.
class Beginning {
 public:
  static const Beginning& get() {
    static const Beginning instance;
    return instance;
  }
  const Course& course() const { return course_; }
  const Ends& ends() const { return ends_; }

 private:
  Beginning() {
    sandbox::Sandbox& remote = trial_.sandbox();
    const std::string& file = trial_.bench().database();
    prepare_full_course(trial_.bench(), remote);
    course_.name = "full";
    course_.world = json::parse(remote.state());
    course_.database = trial_.bench().directory() / "beginning.db";
    std::filesystem::copy(file, course_.database);
    remote.clear_requests();
    const Outcome outcome = trial_.bench().run(kFull);
    EXPECT_EQ(outcome.exit, 0) << said(outcome);
    course_.requests = remote.requests().size();
    ends_ = ends_of(file, remote);
  }

  Trial trial_;
  Course course_;
  Ends ends_;
};

std::vector<std::size_t> places(std::size_t count) {
  std::vector<std::size_t> out;
  const std::size_t step = long_run() ? 1 : std::max<std::size_t>(1, (count + kPlacesOfAShortRun - 1) / kPlacesOfAShortRun);
  for (std::size_t place = 1; place <= count; place += step) out.push_back(place);
  return out;
}

void expect_whole(Trial& trial, const std::string& what) {
  expect_full_course_ends(
      trial.bench().database(), trial.sandbox(), Beginning::get().ends(), [&] { return trial.bench().run(kFull); }, what);
}

void kill_at_requests(sandbox::FaultKind kind, const std::string& when) {
  const std::vector<std::size_t> at = places(Beginning::get().course().requests);
  play_side_by_side(at.size(), [&](Trial& trial, std::size_t i) {
    trial.restore(Beginning::get().course());
    std::unique_ptr<Running> running;
    if (kind == sandbox::FaultKind::Latency) {
      running = trial.start_and_hold_at(at[i], kFull);
    } else {
      sandbox::Fault fault;
      fault.kind = kind;
      fault.nth = at[i];
      trial.sandbox().fault(fault);
      running = trial.bench().start(kFull);
      EXPECT_TRUE(wait_until([&] { return trial.sandbox().requests().size() >= at[i]; }));
    }
    running->send(SIGKILL);
    EXPECT_EQ(running->finish().exit, kKilled);
    expect_whole(trial, "killed " + when + " request " + std::to_string(at[i]) + " took effect");
  });
}

TEST(KilledFullRuns, BeforeEveryRequestTookEffect) { kill_at_requests(sandbox::FaultKind::Hang, "before"); }

TEST(KilledFullRuns, AfterEveryRequestTookEffect) { kill_at_requests(sandbox::FaultKind::Latency, "after"); }

TEST(KilledFullRuns, AroundEveryCommit) {
  Trial counted;
  counted.restore(Beginning::get().course());
  const std::size_t commits = operations_of(counted, kFull)["commit"];
  ASSERT_GE(commits, 3U);
  const std::vector<std::size_t> at = places(2 * commits);
  play_side_by_side(at.size(), [&](Trial& trial, std::size_t i) {
    trial.restore(Beginning::get().course());
    const std::string place = (at[i] % 2 == 0 ? "after commit " : "before commit ") + std::to_string((at[i] + 1) / 2);
    // How answers fall together, and so the number of commits, is another each time.
    const Outcome outcome = run_struck(trial, place, "kill", kFull);
    EXPECT_TRUE(outcome.exit == kKilled || outcome.exit == 0) << said(outcome);
    expect_whole(trial, "killed " + place);
  });
}

/// The connection is reset before or after every POST and PATCH took effect: no death, and the same end.
TEST(KilledFullRuns, LostConnectionsComeToTheSameEnd) {
  constexpr std::size_t kWrites = 9;
  play_side_by_side(2 * kWrites, [&](Trial& trial, std::size_t i) {
    trial.restore(Beginning::get().course());
    sandbox::Fault fault;
    fault.kind = i % 2 == 0 ? sandbox::FaultKind::ResetAfter : sandbox::FaultKind::ResetBefore;
    fault.method = i / 2 % 2 == 0 ? "POST" : "PATCH";
    fault.nth = 1 + i / 4;
    fault.times = 4;  // more than the retries
    trial.sandbox().fault(fault);
    const Outcome outcome = trial.bench().run(kFull);
    EXPECT_TRUE(outcome.exit == 0 || outcome.exit == 1 || outcome.exit == 2) << said(outcome);
    expect_whole(trial, fault.method + " " + std::to_string(fault.nth) + " reset " + (i % 2 == 0 ? "after" : "before"));
  });
}

}  // namespace
}  // namespace lockstep::test
