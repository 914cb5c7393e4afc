// Jobs: what works in the background, side by side, and what waits.
#include "operations/jobs.h"

#include <gmock/gmock.h>

#include <atomic>
#include <latch>

#include "common/error.h"
#include "common/log.h"
#include "format/json.h"
#include "operations/desk.h"
#include "operations/status.h"

namespace lockstep::operations {
namespace {

using test::OperationTest;
using test::shelf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Work that ends when it is let go or stopped, and says how much of it is under way.
class Held {
 public:
  JobRequest on(std::vector<std::string> syncs) {
    return {"held", std::move(syncs), [this](const Workspace&, Observer&, const Clock&, std::stop_token stop) {
              std::unique_lock lock(mutex_);
              most_ = std::max(most_, ++under_way_);
              changed_.notify_all();
              changed_.wait(lock, stop, [this] { return let_go_; });
              --under_way_;
              return JobResult{stop.stop_requested() ? Verdict::Interrupted : Verdict::Done, {}};
            }};
  }
  void await(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return under_way_ >= count; });
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    let_go_ = true;
    changed_.notify_all();
  }
  std::size_t most() const { return most_; }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t under_way_ = 0, most_ = 0;
  bool let_go_ = false;
};

JobRequest at_once() {
  return {"nothing", {}, [](const Workspace&, Observer&, const Clock&, std::stop_token) { return JobResult{}; }};
}

class JobsTest : public OperationTest {
 protected:
  static void SetUpTestSuite() { log::configure({.level = log::Level::Off, .file = {}}); }
  void SetUp() override {
    OperationTest::SetUp();
    shelf()->items = {{"b1", R"({"id":"b1","title":"Emma","pages":474})"}};
  }

  /// A configuration of so many syncs, each with a table and a hook of its own.
  void write_many(int count) {
    std::string text = R"(stores: {main: {plugin: sqlite, path: books.db}}
providers: {library: {plugin: shelf, label: Library, api_key: "sesame-open-42"}}
syncs:
)";
    for (int i = 0; i < count; ++i) {
      const std::string name = "shelf" + std::to_string(i);
      text += "  " + name + ": {provider: library, resource: book, store: main, mapping: " + name + ".yaml, hooks: upper.lua}\n";
      directory_.write("config/" + name + ".yaml",
                       "table: " + name + "\nkey: {column: library_id, from: id}\nlabel: title\nfields: {title: text, pages: integer}\n");
    }
    directory_.write("config/upper.lua",
                     "return {record = function(record) record.title = string.upper(record.title) return record end}\n");
    directory_.write("config/lockstep.yaml", text);
  }
};

JobRequest import_of(const std::string& sync) { return job_of({{}, {{sync}}, "import"}); }

TEST_F(JobsTest, AJobEndsWithItsOutcome) {
  Jobs jobs({}, system_clock());
  const JobSnapshot job = jobs.wait(jobs.submit(workspace_anew(), import_of("books")));
  EXPECT_EQ(job.state, JobState::Done);
  EXPECT_EQ(job.command, "import");
  EXPECT_THAT(job.syncs, ElementsAre("books"));
  EXPECT_EQ(job.progress.sync, "books");
  EXPECT_EQ(job.progress.pass, RunPass::Close);
  EXPECT_EQ(job.progress.read, 1U);
  EXPECT_EQ(job.progress.changes, 1U);
  EXPECT_EQ(job.progress.syncs_finished, 1U);
  EXPECT_LE(job.submitted_at, job.started_at);
  EXPECT_LE(job.started_at, job.finished_at);
  const Json json = to_json(job);
  EXPECT_EQ(json.text_at("state"), "done");
  EXPECT_EQ(json.find("progress")->text_at("pass"), "close");
  EXPECT_EQ(json.find("outcome")->text_at("command"), "import");
}

TEST_F(JobsTest, WhatGoesWrongIsTheOutcome) {
  Jobs jobs({}, system_clock());
  const JobSnapshot unknown = jobs.wait(jobs.submit(workspace_anew(), import_of("boks")));
  EXPECT_EQ(unknown.state, JobState::Failed);
  EXPECT_THAT(unknown.result->outcome.find("error")->text_at("message"), HasSubstr("did you mean \"books\""));
  JobRequest foreign = at_once();
  foreign.work = [](const Workspace&, Observer&, const Clock&, std::stop_token) -> JobResult { throw std::runtime_error("out of luck"); };
  EXPECT_EQ(jobs.wait(jobs.submit(workspace_anew(), foreign)).result->outcome.find("error")->text_at("message"), "out of luck");
  shelf()->unreachable = true;
  EXPECT_EQ(jobs.wait(jobs.submit(workspace_anew(), import_of("books"))).state, JobState::Failed);
}

TEST_F(JobsTest, OneSyncsMistakesDoNotStopTheOthers) {
  write_many(2);
  directory_.write("config/shelf0.yaml", "table: shelf0\nkey: {colum: library_id, from: id}\nfields: {title: text}\n");
  Jobs jobs({}, system_clock());
  const auto shared = workspace_anew();
  const std::string broken = jobs.submit(shared, import_of("shelf0"));
  EXPECT_EQ(jobs.wait(broken).state, JobState::Failed);
  EXPECT_EQ(jobs.wait(jobs.submit(shared, import_of("shelf1"))).state, JobState::Done);
}

TEST_F(JobsTest, OneAtATimeWorksOnASync) {
  Held held;
  Jobs jobs({.at_once = 3}, system_clock());
  const auto shared = workspace_anew();
  jobs.submit(shared, held.on({"a"}));
  const std::string second = jobs.submit(shared, held.on({"a", "b"}));
  const std::string third = jobs.submit(shared, held.on({"b"}));
  jobs.submit(shared, held.on({"c"}));
  held.await(2);
  EXPECT_EQ(jobs.find(second).state, JobState::Queued);
  EXPECT_EQ(jobs.find(third).state, JobState::Queued) << "it came after one that waits for the same sync";
  held.let_go();
  EXPECT_EQ(jobs.wait(second).state, JobState::Done);
  EXPECT_EQ(jobs.wait(third).state, JobState::Done);
}

TEST_F(JobsTest, NoMoreThanTheBoundWorkAtOnce) {
  Held held;
  Jobs jobs({.at_once = 2}, system_clock());
  const auto shared = workspace_anew();
  std::vector<std::string> all;
  for (const char* sync : {"a", "b", "c", "d"}) all.push_back(jobs.submit(shared, held.on({sync})));
  held.await(2);
  held.let_go();
  for (const std::string& id : all) EXPECT_EQ(jobs.wait(id).state, JobState::Done);
  EXPECT_EQ(held.most(), 2U);
}

TEST_F(JobsTest, AJobIsCancelledWhereverItIs) {
  Held held;
  Jobs jobs({.at_once = 1}, system_clock());
  const auto shared = workspace_anew();
  const std::string working = jobs.submit(shared, held.on({"a"}));
  const std::string waiting = jobs.submit(shared, held.on({"b"}));
  held.await(1);
  EXPECT_EQ(jobs.cancel(waiting).state, JobState::Cancelled);
  EXPECT_EQ(jobs.find(waiting).started_at, 0);
  jobs.cancel(working);
  EXPECT_EQ(jobs.wait(working).state, JobState::Cancelled);
  EXPECT_EQ(jobs.cancel(working).state, JobState::Cancelled) << "it has ended already";
  EXPECT_EQ(jobs.wait(jobs.submit(shared, at_once())).state, JobState::Done) << "the others go on";
  EXPECT_THROW(jobs.cancel("01ZZZZ"), Error);
}

TEST_F(JobsTest, AStopEndsARunAtWork) {
  Jobs jobs({}, system_clock());
  std::latch asked(1), stopped(1);
  shelf()->before = [&](std::string_view) {
    asked.count_down();
    stopped.wait();
  };
  const std::string id = jobs.submit(workspace_anew(), import_of("books"));
  asked.wait();
  EXPECT_EQ(jobs.find(id).progress.pass, RunPass::Ask) << "it can be looked at meanwhile";
  EXPECT_EQ(jobs.cancel(id).state, JobState::Running);
  stopped.count_down();
  EXPECT_EQ(jobs.wait(id).state, JobState::Cancelled);
}

TEST_F(JobsTest, TheQueueHasAnEnd) {
  Held held;
  Jobs jobs({.at_once = 1, .waiting = 1}, system_clock());
  const auto shared = workspace_anew();
  jobs.submit(shared, held.on({"a"}));
  held.await(1);
  jobs.submit(shared, held.on({"a"}));
  EXPECT_THROW(jobs.submit(shared, held.on({"a"})), Error);
}

TEST_F(JobsTest, OnlyTheNewestThatEndedAreRemembered) {
  Held held;
  Jobs jobs({.at_once = 2, .ended = 2}, system_clock());
  const auto shared = workspace_anew();
  const std::string working = jobs.submit(shared, held.on({"a"}));
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i) {
    ids.push_back(jobs.submit(shared, at_once()));
    jobs.wait(ids.back());
  }
  held.let_go();
  EXPECT_EQ(jobs.wait(working).state, JobState::Done);
  jobs.shut_down();
  EXPECT_THROW(jobs.find(ids[2]), Error);
  ASSERT_EQ(jobs.list().size(), 2U);
  EXPECT_EQ(jobs.list().front().id, ids[3]) << "the newest first";
  EXPECT_EQ(jobs.list().back().id, working) << "it came first, and ended last";
}

TEST_F(JobsTest, AReloadIsANewWorkspaceAndTheOldOneGoesWithItsJobs) {
  Held held;
  Jobs jobs({}, system_clock());
  std::shared_ptr<const Workspace> old = workspace_anew();
  const std::weak_ptr<const Workspace> watched = old;
  const std::string earlier = jobs.submit(old, held.on({"a"}));
  held.await(1);
  old.reset();
  const std::string later = jobs.submit(workspace_anew(), import_of("books"));
  EXPECT_EQ(jobs.wait(later).state, JobState::Done);
  EXPECT_FALSE(watched.expired()) << "the earlier job is still at work with it";
  held.let_go();
  jobs.wait(earlier);
  EXPECT_TRUE(watched.expired()) << "what is remembered of a job keeps no workspace";
}

TEST_F(JobsTest, AnEndStopsAllAndTakesNoMore) {
  Held held;
  Jobs jobs({.at_once = 1}, system_clock());
  const auto shared = workspace_anew();
  const std::string working = jobs.submit(shared, held.on({"a"}));
  const std::string waiting = jobs.submit(shared, held.on({"b"}));
  held.await(1);
  jobs.shut_down();
  EXPECT_EQ(jobs.find(working).state, JobState::Cancelled);
  EXPECT_EQ(jobs.find(waiting).state, JobState::Cancelled);
  EXPECT_THROW(jobs.submit(shared, at_once()), Error);
}

TEST_F(JobsTest, EightSyncsAndTwentyLooksGoSideBySide) {
  constexpr int kSyncs = 8, kLooks = 20;
  write_many(kSyncs);
  for (int i = 0; i < 40; ++i) {
    const std::string id = "b" + std::to_string(i);
    shelf()->items[id] = R"({"id":")" + id + R"(","title":"Emma","pages":474})";
  }
  const auto shared = workspace_anew();
  Jobs jobs({.at_once = kSyncs}, system_clock());
  std::vector<std::string> ids;
  for (int i = 0; i < kSyncs; ++i) ids.push_back(jobs.submit(shared, import_of("shelf" + std::to_string(i))));
  std::atomic<int> seen = 0;
  {
    std::vector<std::jthread> looks;
    for (int i = 0; i < kLooks; ++i) {
      looks.emplace_back([&, i] {
        Observer nobody;
        const StatusOutcome outcome = status(*shared, {.syncs = {"shelf" + std::to_string(i % kSyncs)}}, nobody, system_clock(), {});
        if (outcome.syncs.at(0).remote == 40U) ++seen;
        jobs.list();
      });
    }
  }
  EXPECT_EQ(seen, kLooks);
  for (const std::string& id : ids) {
    const JobSnapshot job = jobs.wait(id);
    EXPECT_EQ(job.state, JobState::Done) << json::to_text(job.result->outcome);
    EXPECT_EQ(job.progress.changes, 40U);
  }
}

}  // namespace
}  // namespace lockstep::operations
