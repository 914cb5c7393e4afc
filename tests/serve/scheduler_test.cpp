// What runs by itself: on time, once for what was missed, never beside itself, and not while it is paused.
#include "serve/scheduler.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <filesystem>
#include <set>

#include "http/fake_clock.h"
#include "office.h"

namespace lockstep::serve {
namespace {

using test::OfficeTest;
using test::shelf;

class Schedules : public OfficeTest {
 protected:
  /// A schedule of the sync books.
  void schedule(const std::string& keys) {
    write_books(directory_);
    std::string text = directory_.read("config/lockstep.yaml");
    text.insert(text.find("local_edits: replace"), "schedule: {run: import, jitter: 0s, " + keys + "}, ");
    directory_.write("config/lockstep.yaml", text);
  }
  Scheduler& scheduler() {
    if (!scheduler_) {
      workspace_holder_ = std::make_unique<CurrentWorkspace>([this] { return workspace_anew(); }, clock_);
      folder_ = std::make_unique<StateFolder>(directory_.path() / "state");
      pauses_ = std::make_unique<Pauses>(*folder_, clock_);
      scheduler_ = std::make_unique<Scheduler>(
          *workspace_holder_, *folder_, *pauses_, clock_,
          [this](const Scheduled& of) {
            begun_.push_back(shown_time(clock_.now()).substr(11, 5) + " " + of.name);
            if (stays_) at_work_.insert(std::to_string(begun_.size()));
            return std::to_string(begun_.size());
          },
          [this](const std::string& job) { return !at_work_.contains(job); },
          [this](const std::string&, const std::string& what) { told_.push_back(what); });
    }
    return *scheduler_;
  }
  /// Another process on the same folder.
  void restart() { scheduler_.reset(); }
  void pass(Millis time) {
    for (Millis step{0}; step < time; step += std::chrono::seconds(30)) {
      clock_.advance(std::chrono::seconds(30));
      scheduler().turn();
    }
  }

  test::FakeClock clock_;  // begins at midnight
  std::vector<std::string> begun_, told_;
  std::set<std::string> at_work_;
  bool stays_ = false;
  std::unique_ptr<CurrentWorkspace> workspace_holder_;
  std::unique_ptr<StateFolder> folder_;
  std::unique_ptr<Pauses> pauses_;
  std::unique_ptr<Scheduler> scheduler_;
};

using Runs = std::vector<std::string>;
using std::chrono::hours;
using std::chrono::minutes;

TEST_F(Schedules, RunOnTimeAndNotWhenTheServerStarts) {
  schedule("every: 15m");
  scheduler().turn();
  EXPECT_TRUE(begun_.empty());
  pass(minutes(31));
  EXPECT_EQ(begun_, (Runs{"00:15 books", "00:30 books"}));
}

TEST_F(Schedules, ACommandRunsItsSyncs) {
  write_books(directory_);
  std::string text = directory_.read("config/lockstep.yaml");
  text.insert(text.find("options: {book-id"), "schedule: {cron: \"5 * * * *\", jitter: 0s}, ");
  directory_.write("config/lockstep.yaml", text);
  scheduler().turn();
  pass(minutes(6));
  EXPECT_EQ(begun_, (Runs{"00:05 books:sync"}));
}

TEST_F(Schedules, WhatWasMissedIsCaughtUpOnce) {
  schedule("every: 15m");
  scheduler().turn();
  pass(minutes(16));
  restart();
  clock_.advance(hours(2));
  scheduler().turn();
  EXPECT_EQ(begun_, (Runs{"00:15 books", "02:16 books"}));
  EXPECT_EQ(scheduler().look().front().caught_up, 1U);
  pass(minutes(15));
  EXPECT_EQ(begun_.back(), "02:30 books");
}

TEST_F(Schedules, WhatWasMissedStaysMissedWhereThatIsWanted) {
  schedule("every: 15m, catch_up: false");
  scheduler().turn();
  restart();
  clock_.advance(hours(2) + minutes(1));
  scheduler().turn();
  EXPECT_TRUE(begun_.empty());
}

TEST_F(Schedules, ATimeAtWhichTheLastRunIsAtWorkIsSkippedAndTold) {
  schedule("every: 15m");
  scheduler().turn();
  stays_ = true;
  pass(minutes(46));
  EXPECT_EQ(begun_, (Runs{"00:15 books"}));
  EXPECT_EQ(scheduler().look().front().skipped, 2U);
  EXPECT_EQ(told_.at(0), "skipped: the last run is still at work");
  at_work_.clear();
  pass(minutes(15));
  EXPECT_EQ(begun_.back(), "01:00 books");
}

TEST_F(Schedules, OneThatQueuesRunsOnceTheLastHasEnded) {
  schedule("every: 15m, overlap: queue");
  scheduler().turn();
  stays_ = true;
  pass(minutes(50));
  at_work_.clear();
  pass(minutes(1));
  EXPECT_EQ(begun_, (Runs{"00:15 books", "00:50 books"}));
  EXPECT_EQ(scheduler().look().front().skipped, 0U);
}

TEST_F(Schedules, APausedSyncWaitsUntilItIsResumed) {
  schedule("every: 15m");
  scheduler().turn();
  pauses_->pause("books", {"maintenance", "ada", clock_.now()});
  pass(minutes(16));
  EXPECT_TRUE(begun_.empty());
  EXPECT_EQ(scheduler().look().front().last_skip, "books is paused: maintenance");
  pauses_->resume("books");
  pass(minutes(15));
  EXPECT_EQ(begun_, (Runs{"00:30 books"}));
}

TEST_F(Schedules, APauseEndsAtItsTime) {
  schedule("every: 15m");
  scheduler().turn();
  pauses_->pause("books", {"maintenance", "ada", clock_.now(), clock_.now() + Micros{20} * 60'000'000});
  pass(minutes(31));
  EXPECT_EQ(begun_, (Runs{"00:30 books"}));
}

TEST_F(Schedules, ARollbackPausesItWhoeverRolledBack) {
  schedule("every: 15m");
  scheduler().turn();
  run(Mode::Import);
  shelf()->items["b1"] = R"({"id":"b1","title":"Emma II","pages":10})";
  const std::string second = run(Mode::Import).run;
  RunOptions options;
  options.task = UndoneRun{second};
  run(Mode::Import, options);
  pass(minutes(16));
  EXPECT_TRUE(begun_.empty());
  EXPECT_NE(pauses_->find("books")->rollback, "");
  pauses_->resume("books");
  pass(minutes(15));
  EXPECT_EQ(begun_, (Runs{"00:30 books"}));
}

TEST_F(Schedules, AClockThatIsSetBackDoesNotStopIt) {
  schedule("every: 15m");
  scheduler().turn();
  pass(hours(3));
  const std::size_t before = begun_.size();
  clock_.advance(-hours(2));
  pass(minutes(16));
  EXPECT_EQ(begun_.size(), before + 1);
}

TEST_F(Schedules, AReloadChangesThem) {
  schedule("every: 15m");
  scheduler().turn();
  schedule("every: 5m");
  workspace_holder_->reload();
  pass(minutes(11));
  EXPECT_EQ(begun_, (Runs{"00:05 books", "00:10 books"}));
}

TEST_F(Schedules, MistakesAreToldWithTheirPlaces) {
  for (const char* wrong :
       {"every: 1s", "every: 5m, cron: \"* * * * *\"", "cron: \"* * *\"", "cron: \"0 0 * * *\", timezone: Europe/Atlantis",
        "every: 5m, timezone: Europe/Berlin", "evry: 5m", "overlap: skip"}) {
    schedule(wrong);
    EXPECT_FALSE(workspace_anew()->problems().empty()) << wrong;
    EXPECT_NE(workspace_anew()->problems().errors().at(0).find("lockstep.yaml:5:"), std::string::npos)
        << workspace_anew()->problems().errors().at(0);
  }
}

/// What a process holds.
struct Holding {
  std::size_t threads, descriptors, bytes;
};

std::size_t entries(const char* folder) {
  const std::filesystem::directory_iterator all(folder);
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

Holding held() {
  const struct mallinfo2 memory = ::mallinfo2();
  return {entries("/proc/self/task"), entries("/proc/self/fd"), memory.uordblks + memory.hblkhd};
}

TEST_F(Schedules, ADayOfThemLeavesNothingBehind) {
  schedule("every: 4m");
  scheduler();
  const Scheduler::Begin begin = [this](const Scheduled& of) {
    const std::string job = service().submit(scheduled_job(of, "schedule", system_clock().now()));
    service().jobs().wait(job, Deadline::after(std::chrono::seconds(20)));
    begun_.push_back(job);
    return job;
  };
  const auto ended = [this](const std::string& job) { return service().jobs().find(job).ended(); };
  Scheduler day(*workspace_holder_, *folder_, *pauses_, clock_, begin, ended, [](const std::string&, const std::string&) {});
  const auto pass_hours = [&](int count) {
    for (int i = 0; i < count * 60; ++i) {
      clock_.advance(minutes(1));
      day.turn();
    }
  };
  service().begin_work();
  // What is kept of ended runs for people to look at has its bound by then.
  pass_hours(14);
  const Holding before = held();
  pass_hours(10);
  const Holding after = held();
  EXPECT_GE(begun_.size(), 359U);
  EXPECT_EQ(after.threads, before.threads);
  EXPECT_EQ(after.descriptors, before.descriptors);
  EXPECT_LT(after.bytes, before.bytes + 512 * 1024);
}

}  // namespace
}  // namespace lockstep::serve
