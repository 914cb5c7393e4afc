// A clock that is set back, between runs and during one: what is written, linked and concluded does not depend on it.

#include <gtest/gtest.h>

#include "format/json.h"
#include "scenarios/shimmed.h"

namespace lockstep::test {
namespace {

constexpr std::int64_t kDay = 86'400;

class SetBack : public ::testing::TestWithParam<const Course& (*)()> {
 protected:
  void SetUp() override { trial_.restore(course()); }
  const Course& course() const { return GetParam()(); }
  std::string cell(const std::string& sql) { return query(trial_.bench().database(), sql).at(0).at(0); }

  Trial trial_;
};

TEST_P(SetBack, BetweenRunsChangesNothing) {
  ShimClock clock(trial_);
  clock.set(10 * kDay);
  trial_.expect_after(course(), trial_.bench().run(kImport));
  clock.set(-kDay);
  const Footprint before = footprint_of(trial_.bench().database());
  const Outcome again = trial_.bench().run(kImport);
  EXPECT_EQ(again.exit, course().exit) << said(again);
  EXPECT_EQ(difference(footprint_of(trial_.bench().database()), before), "") << said(again);
  // A later edit is found all the same.
  const std::string id = trial_.sandbox().ids().back();
  trial_.sandbox().edit(id, "firstMessage", Json("edited after the clock was set back"));
  const Outcome third = trial_.bench().run(kImport);
  EXPECT_EQ(third.exit, course().exit) << said(third);
  EXPECT_EQ(cell("SELECT first_message FROM assistants WHERE vapi_assistant_id = '" + id + "'"), "edited after the clock was set back");
  // The clock did move: the last run claims to have been before the first.
  EXPECT_EQ(cell("SELECT (SELECT started_at FROM lockstep_run ORDER BY id DESC LIMIT 1) < (SELECT started_at FROM lockstep_run ORDER BY id "
                 "LIMIT 1)"),
            "1");
  const Json history = json::parse(trial_.bench().run({"history", "--output", "json"}).out);
  const Json::Array& runs = *history.find("runs")->array();
  ASSERT_EQ(runs.size(), std::stoul(cell("SELECT count(*) FROM lockstep_run")));
  EXPECT_EQ(runs.front().text_at("run"), cell("SELECT run FROM lockstep_run ORDER BY id DESC LIMIT 1")) << "the newest stands first";
  EXPECT_EQ(runs.back().text_at("run"), cell("SELECT run FROM lockstep_run ORDER BY id LIMIT 1"));
}

TEST_P(SetBack, DuringARunChangesNothing) {
  for (std::size_t request = 1; request <= course().requests; ++request) {
    SCOPED_TRACE("request " + std::to_string(request));
    trial_.restore(course());
    ShimClock clock(trial_);
    const auto running = trial_.start_and_hold_at(request, {"assistants:sync", "--output", "json"});
    clock.set(-kDay);
    trial_.release();
    const Outcome outcome = running->finish();
    trial_.expect_after(course(), outcome);
    const Json report = json::parse(outcome.out);
    EXPECT_GE(*report.find("duration_ms")->integer(), 0) << said(outcome);
    EXPECT_EQ(cell("SELECT count(*) FROM lockstep_run WHERE finished_at IS NULL"), "0");
    EXPECT_EQ(cell("SELECT finished_at < started_at FROM lockstep_run ORDER BY id DESC LIMIT 1"), "1") << "the clock did not move";
  }
}

INSTANTIATE_TEST_SUITE_P(Courses, SetBack, ::testing::Values(&first_import, &later_import),
                         [](const auto& named) { return std::string(named.param == &first_import ? "First" : "Later"); });

}  // namespace
}  // namespace lockstep::test
