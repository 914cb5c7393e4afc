// A value of the remote that its column cannot hold: an edit of the row over it is neither lost nor left unsaid.

#include "engine/two_way_world.h"

namespace lockstep {
namespace {

class UnreadValue : public ::testing::TestWithParam<OnConflict> {
 protected:
  UnreadValue() {
    world_.on_conflict = GetParam();
    world_.put("a", R"("name":"n","kind":"demo")");
    world_.run(Mode::Import);
    world_.put("a", R"("name":"n","kind":"new")");
    world_.run(Mode::Import);
    EXPECT_EQ(sides(), "demo / new");
  }
  std::string sides() { return world_.rows("things", {"kind"})[0] + " / " + world_.items.items["a"].text_at("kind"); }
  void edit() { world_.edit("a", "kind", Value::text("live")); }

  test::TwoWayWorld world_{"  kind: {type: enum, values: [demo, live]}\n"};
};

TEST_P(UnreadValue, AnEditOverItIsAConflict) {
  const bool row_wins = GetParam() == OnConflict::Local, asked = GetParam() == OnConflict::Manual;
  EXPECT_EQ(world_.run(Mode::Full).conflicts, 0U) << "nobody edited the row";
  edit();
  for (const Mode mode : {Mode::Import, Mode::Export, Mode::Full}) {
    const SyncReport foreseen = world_.run(mode, [](RunOptions& options) { options.dry_run = true; });
    const SyncReport done = world_.run(mode);
    EXPECT_EQ(foreseen.conflicts, done.conflicts);
    EXPECT_EQ(foreseen.updated_remote, done.updated_remote);
    const bool sent = row_wins && mode != Mode::Import;
    EXPECT_EQ(sides(), sent ? "live / live" : "live / new") << to_string(mode);
    EXPECT_EQ(done.conflicts, mode == Mode::Full && row_wins ? 0U : 1U) << to_string(mode);
    EXPECT_EQ(done.awaiting, asked ? 1U : 0U) << to_string(mode);
  }
  EXPECT_EQ(world_.run(Mode::Full, [](RunOptions& options) { options.on_conflict = OnConflict::Local; }).exit_code(), 0);
  EXPECT_EQ(sides(), "live / live");
  EXPECT_EQ(world_.run(Mode::Full).conflicts, 0U);
}

TEST_P(UnreadValue, IsNeverTakenInTheRowsPlace) {
  world_.local_edits = LocalEdits::Replace;
  edit();
  world_.run(Mode::Import);
  EXPECT_EQ(world_.rows("things", {"kind"})[0], "live");
  world_.put("a", R"("name":"n","kind":"live")");
  EXPECT_EQ(world_.run(Mode::Full).conflicts, 0U);
  EXPECT_EQ(sides(), "live / live");
}

TEST_P(UnreadValue, ComesBackWithARollback) {
  edit();
  const SyncReport done = world_.run(Mode::Full, [](RunOptions& options) { options.on_conflict = OnConflict::Local; });
  EXPECT_EQ(sides(), "live / live");
  world_.run(Mode::Full, [&](RunOptions& options) { options.task = UndoneRun{done.run}; });
  EXPECT_EQ(sides(), "live / new");
}

TEST_P(UnreadValue, IsADifferenceThatEveryRunCountsAndOneTells) {
  for (const Mode mode : {Mode::Full, Mode::Import, Mode::Export, Mode::Full}) {
    const SyncReport report = world_.run(mode);
    EXPECT_EQ(report.unread, 1U) << to_string(mode);
    EXPECT_TRUE(report.problems.empty()) << "it was told when it came";
    const SyncReport plan = world_.run(mode, [](RunOptions& options) { options.dry_run = true; });
    EXPECT_EQ(plan.unread, 1U) << to_string(mode);
    EXPECT_EQ(plan.problems.size(), 1U) << to_string(mode);
    EXPECT_EQ(report.updated_local + report.updated_remote, 0U);
  }
  EXPECT_EQ(world_.rows("lockstep_change", {"action"}).size(), 1U) << "the insert";
  world_.put("a", R"("name":"n","kind":"live")");
  EXPECT_EQ(world_.run(Mode::Full).unread, 0U);
  EXPECT_EQ(sides(), "live / live");
}

TEST_P(UnreadValue, IsInTheJournalAsItStood) {
  edit();
  const SyncReport done = world_.run(Mode::Full, [](RunOptions& options) {
    options.on_conflict = OnConflict::Local;
    options.want_fields = true;
  });
  EXPECT_EQ(done.unread, 0U);
  ASSERT_EQ(done.changes.size(), 1U);
  EXPECT_EQ(done.changes[0].fields.at(0).before, Json("new"));
  EXPECT_NE(world_.rows("lockstep_change", {"fields"}).back().find(R"("raw":"new")"), std::string::npos);
}

TEST_P(UnreadValue, ARollbackLeavesTheEditOverItAsItWasMet) {
  edit();
  const SyncReport done = world_.run(Mode::Export, [](RunOptions& options) { options.on_conflict = OnConflict::Local; });
  const SyncReport undone = world_.run(Mode::Full, [&](RunOptions& options) {
    options.task = UndoneRun{done.run};
    options.want_fields = true;
  });
  EXPECT_EQ(sides(), "live / new");
  ASSERT_EQ(undone.changes.size(), 1U);
  EXPECT_EQ(undone.changes[0].fields.at(0).after, Json("new"));
  const SyncReport foreseen = world_.run(Mode::Full, [](RunOptions& options) { options.dry_run = true; });
  EXPECT_EQ(foreseen.updated_remote, GetParam() == OnConflict::Local ? 1U : 0U);
  EXPECT_EQ(foreseen.conflicts, 1U);
  EXPECT_EQ(undone.next.at(static_cast<std::size_t>(Mode::Full)).sent, foreseen.updated_remote) << "the rollback says so";
  EXPECT_EQ(world_.run(Mode::Export, [](RunOptions& options) { options.on_conflict = OnConflict::Local; }).updated_remote, 1U);
  EXPECT_EQ(sides(), "live / live");
}

INSTANTIATE_TEST_SUITE_P(Policies, UnreadValue, ::testing::Values(OnConflict::Remote, OnConflict::Local, OnConflict::Manual));

}  // namespace
}  // namespace lockstep
