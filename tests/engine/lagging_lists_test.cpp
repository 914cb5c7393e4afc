// Lists that are older than what is known of their items: what was sent, or what an earlier list showed.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

struct LaggingList : ::testing::TestWithParam<Mode> {
  LaggingList() {
    world.put("a", R"("name":"first","at":"2026-01-01T00:00:00Z")");
    world.put("b", R"("name":"other","at":"2026-01-01T00:00:00Z")");
    EXPECT_EQ(world.run(Mode::Import).exit_code(), 0);
  }
  void show_from_now_on() { stale = json::to_text(world.items.items["a"]); }
  SyncReport run_with_stale_list() {
    world.items.listed["a"] = stale;
    const SyncReport report = world.run(GetParam());
    world.items.listed.clear();
    return report;
  }
  std::string row() { return world.rows("things", {"name"})[0]; }

  TwoWayWorld world;
  std::string stale;
};

TEST_P(LaggingList, ShowsNoEditOfWhatWasSent) {
  show_from_now_on();
  world.edit("a", "name", Value::text("second"));
  ASSERT_EQ(world.run(Mode::Export).exit_code(), 0);
  const SyncReport report = run_with_stale_list();
  EXPECT_EQ(report.exit_code(), 0);
  EXPECT_EQ(report.conflicting.size(), 0U);
  EXPECT_EQ(row(), "second");
}

TEST_P(LaggingList, TakesNoLaterEditOfTheRow) {
  show_from_now_on();
  world.edit("a", "name", Value::text("second"));
  ASSERT_EQ(world.run(Mode::Export).exit_code(), 0);
  world.edit("a", "name", Value::text("third"));
  EXPECT_EQ(run_with_stale_list().conflicting.size(), 0U);
  EXPECT_EQ(row(), "third");
  EXPECT_EQ(world.items.items["a"].text_at("name"), GetParam() == Mode::Import ? "second" : "third");
}

TEST_P(LaggingList, MayLagBehindSeveralWrites) {
  show_from_now_on();
  for (const char* name : {"second", "third"}) {
    world.edit("a", "name", Value::text(name));
    ASSERT_EQ(world.run(Mode::Export).exit_code(), 0);
  }
  world.edit("a", "slot", Value::integer(7));
  ASSERT_EQ(world.run(Mode::Export).exit_code(), 0);
  world.edit("a", "name", Value::text("fourth"));
  EXPECT_EQ(run_with_stale_list().conflicting.size(), 0U);
  EXPECT_EQ(row(), "fourth");
}

TEST_P(LaggingList, MayLagBehindAnEditOfSomebodyToo) {
  show_from_now_on();
  world.put("a", R"("name":"first","slot":3,"at":"2026-01-01T00:00:00Z")");
  ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
  world.edit("a", "name", Value::text("second"));
  ASSERT_EQ(world.run(Mode::Export).exit_code(), 0);
  world.edit("a", "name", Value::text("third"));
  EXPECT_EQ(run_with_stale_list().conflicting.size(), 0U);
  EXPECT_EQ(row(), "third");
}

TEST_P(LaggingList, IsNotBelievedWhileAPromiseIsOpen) {
  show_from_now_on();
  world.edit("a", "name", Value::text("second"));
  world.items.bent = [](const Json&) -> std::string { throw Error(ErrorKind::Unreachable, "no answer").with_effect(Effect::Maybe); };
  world.run(Mode::Export);
  world.items.bent = {};
  world.local_edits = LocalEdits::Replace;
  run_with_stale_list();
  EXPECT_EQ(row(), "second");
  EXPECT_EQ(world.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(world.items.items["a"].text_at("name"), "second");
}

TEST_P(LaggingList, AnEditBackThatIsRealIsOne) {
  world.edit("a", "name", Value::text("second"));
  ASSERT_EQ(world.run(Mode::Export).exit_code(), 0);
  world.put("a", R"("name":"first","at":"2026-01-02T00:00:00Z")");
  EXPECT_EQ(world.run(GetParam()).exit_code(), 0);
  EXPECT_EQ(row(), GetParam() == Mode::Export ? "second" : "first");
}

/// What was sent is taken out again: the list and the item's own answer both say so.
TEST_P(LaggingList, AValueTakenOutThatWasSentIsGone) {
  world.edit("a", "slot", Value::integer(7));
  ASSERT_EQ(world.run(Mode::Export).exit_code(), 0);
  world.items.items["a"].erase("slot");
  const SyncReport report = world.run(GetParam());
  EXPECT_EQ(report.problems.size(), 0U) << report.problems[0].message;
  EXPECT_EQ(world.rows("things", {"slot"})[0], GetParam() == Mode::Export ? "7" : "-");
}

TEST_P(LaggingList, ThatIsOlderByItsOwnTimeIsAskedAboutItsItems) {
  world.items.resource().modified = "at";
  show_from_now_on();
  world.put("a", R"("name":"of somebody","at":"2026-01-02T00:00:00Z")");
  ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
  world.edit("a", "name", Value::text("mine"));
  EXPECT_EQ(run_with_stale_list().conflicting.size(), 0U);
  EXPECT_EQ(row(), "mine");
}

TEST_P(LaggingList, MayBeBelievedNoMoreThanAnAnswerThatLagsToo) {
  world.items.resource().modified = "at";
  show_from_now_on();
  const std::string old = stale;
  const std::string just_now = format_time(system_clock().now());
  world.put("a", R"("name":"of somebody","at":")" + just_now + "\"");
  ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
  world.edit("a", "slot", Value::integer(7));
  world.items.got["a"] = old;
  const SyncReport report = run_with_stale_list();
  world.items.got.clear();
  EXPECT_EQ(report.conflicting.size(), 0U);
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].code, "stale");
  EXPECT_EQ(row(), "of somebody");
  EXPECT_EQ(world.items.items["a"].text_at("name"), "of somebody");
  EXPECT_EQ(world.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(*world.items.items["a"].find("slot")->integer(), 7) << "what was left alone is looked at again";
}

TEST(LaggingAnswer, IsNothingToSendOver) {
  TwoWayWorld world;
  world.items.resource().modified = "at";
  world.put("a", R"("name":"first","at":"2026-01-01T00:00:00Z")");
  ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
  const std::string old = json::to_text(world.items.items["a"]);
  world.put("a", R"("name":"of somebody","at":")" + format_time(system_clock().now()) + "\"");
  world.edit("a", "slot", Value::integer(7));
  world.items.got["a"] = old;
  const SyncReport report = world.run(Mode::Export);
  EXPECT_EQ(report.rejected, 1U);
  EXPECT_EQ(world.items.updates, 0);
  world.items.got.clear();
  EXPECT_EQ(world.run(Mode::Export).exit_code(), 0);
  EXPECT_EQ(world.items.updates, 1);
}

TEST_P(LaggingList, ThatStaysOlderShowsAStateThatWasPutBack) {
  world.items.resource().modified = "at";
  show_from_now_on();
  world.put("a", R"("name":"of somebody","at":")" + format_time(system_clock().now()) + "\"");
  ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
  world.items.items["a"] = json::parse(stale);
  world.later();
  world.later();
  ASSERT_EQ(world.run(GetParam()).exit_code(), 0);
  EXPECT_EQ(row(), GetParam() == Mode::Export ? "of somebody" : "first");
}

INSTANTIATE_TEST_SUITE_P(Modes, LaggingList, ::testing::Values(Mode::Import, Mode::Export, Mode::Full));

TEST(Overlap, ASecondRunIsKeptOutWhileTheListIsAwaited) {
  TwoWayWorld world;
  world.put("a", R"("name":"first")");
  ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
  bool leased = false;
  world.items.on_list = [&] { leased = world.is_leased(); };
  EXPECT_EQ(world.run(Mode::Full).exit_code(), 0);
  EXPECT_TRUE(leased);
}

}  // namespace
}  // namespace lockstep::test
