// References that lead nowhere, or to another item than they did: what is an edit of somebody, what is none, and what is told of either.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

class LostReferences : public testing::Test {
 protected:
  LostReferences() {
    world_.fields = "  name: text\n  other: {from: otherId, references: others.remote_id}\n  other_name: {from: otherId, type: text}\n";
    world_.sql("CREATE TABLE others (id INTEGER PRIMARY KEY, remote_id TEXT)");
    world_.sql("INSERT INTO others VALUES (1, 'o1'), (2, 'o2'), (3, NULL)");
    world_.put("a", R"("name":"Ada","otherId":"o1")");
    world_.run(Mode::Import);
    EXPECT_EQ(row(), "1|Ada|o1");
  }

  SyncReport run(Mode mode, OnConflict on_conflict = OnConflict::Remote, bool dry = false) {
    return world_.run(mode, [&](RunOptions& options) {
      options.on_conflict = on_conflict;
      options.dry_run = dry;
    });
  }
  std::string row() { return world_.rows("things", {"other", "name", "other_name"}).at(0); }
  std::string other_there() { return world_.items.items.at("a").text_at("otherId"); }
  void name_row(std::int64_t key) { world_.edit("a", "other", Value::integer(key)); }
  static std::string told(const SyncReport& report) {
    for (const Problem& problem : report.problems) {
      if (problem.code == "lost_reference" || problem.code == "reference_replaced") return problem.message;
    }
    return {};
  }
  /// A run, before it the same without writing: both say the same.
  SyncReport twice(Mode mode, OnConflict on_conflict = OnConflict::Remote) {
    const SyncReport foreseen = run(mode, on_conflict, true), done = run(mode, on_conflict);
    EXPECT_EQ(told(foreseen), told(done));
    EXPECT_EQ(foreseen.updated_local, done.updated_local);
    EXPECT_EQ(foreseen.updated_remote, done.updated_remote);
    EXPECT_EQ(foreseen.conflicts, done.conflicts);
    EXPECT_EQ(foreseen.rejected, done.rejected);
    return done;
  }

  TwoWayWorld world_;
};

TEST_F(LostReferences, ARowWithoutAnItemIsAnEditThatWaitsForOne) {
  name_row(3);
  for (const Mode mode : {Mode::Import, Mode::Full, Mode::Export}) {
    const SyncReport report = twice(mode);
    EXPECT_EQ(told(report), "table things, row 1, column other: row 3 of others has no remote_id; it is sent once it has");
    EXPECT_EQ(report.pending_export, 1U);
    EXPECT_EQ(row(), "3|Ada|o1");
  }
  EXPECT_EQ(world_.items.updates, 0);
  world_.sql("UPDATE others SET remote_id = 'o3' WHERE id = 3");
  EXPECT_EQ(told(run(Mode::Full)), "");
  EXPECT_EQ(other_there(), "o3");
  EXPECT_EQ(row(), "3|Ada|o3");
}

TEST_F(LostReferences, ARowWithoutAnItemIsInConflictWithAnEditOfTheRemote) {
  name_row(3);
  world_.put("a", R"("name":"Ada","otherId":"o2")");
  for (const OnConflict policy : {OnConflict::Manual, OnConflict::Local}) {
    for (const Mode mode : {Mode::Import, Mode::Full, Mode::Export}) {
      const SyncReport report = twice(mode, policy);
      EXPECT_EQ(report.conflicts, 1U);
      EXPECT_EQ(report.awaiting, 1U) << "what has no item cannot be sent, whoever wins";
      EXPECT_EQ(row().substr(0, 5), "3|Ada");
    }
  }
  EXPECT_EQ(other_there(), "o2");
  world_.sql("UPDATE others SET remote_id = 'o3' WHERE id = 3");
  EXPECT_EQ(run(Mode::Full, OnConflict::Local).conflicts, 1U);
  EXPECT_EQ(other_there(), "o3");
}

TEST_F(LostReferences, WhatTheRemoteWonComesBackWithARollback) {
  name_row(3);
  world_.put("a", R"("name":"Ada","otherId":"o2")");
  const SyncReport lost = twice(Mode::Full);
  EXPECT_EQ(lost.conflicts, 1U);
  EXPECT_EQ(row(), "2|Ada|o2");
  const SyncReport back = world_.run(Mode::Full, [&](RunOptions& options) { options.task = UndoneRun{lost.run}; });
  EXPECT_TRUE(back.skipped.empty());
  EXPECT_EQ(row(), "3|Ada|o1");
}

TEST_F(LostReferences, ARowThatIsNotThereIsToldAndStays) {
  name_row(999);
  const std::string where = "table things, row 1, column other: others has no row 999; ";
  for (const Mode mode : {Mode::Full, Mode::Export}) {
    const SyncReport report = twice(mode);
    EXPECT_EQ(told(report), where + "it is not sent");
    EXPECT_EQ(report.rejected, 1U);
  }
  EXPECT_EQ(told(twice(Mode::Import)), where + "it is left as it is, until the column names the row that is meant");
  EXPECT_EQ(world_.rows("lockstep_rejected", {"reason", "closed_at"}).size(), 1U);
  EXPECT_EQ(row(), "999|Ada|o1");
  EXPECT_EQ(world_.items.updates, 0);
  name_row(1);
  EXPECT_EQ(run(Mode::Full).rejected, 0U);
  EXPECT_NE(world_.rows("lockstep_rejected", {"closed_at"}).at(0), "NULL");
}

TEST_F(LostReferences, AnotherRowUnderTheKeyIsNoEdit) {
  world_.sql("DELETE FROM others WHERE id = 1");
  world_.sql("INSERT INTO others VALUES (1, 'o9'), (5, 'o1')");
  for (const Mode mode : {Mode::Full, Mode::Export, Mode::Import}) {
    EXPECT_EQ(
        told(twice(mode)),
        "table things, row 1, column other: row 1 of others has another remote_id than when both sides last agreed on it (\"o1\"), and "
        "nobody edited the column; it is left as it is, until the column names the row that is meant");
    EXPECT_EQ(row(), "1|Ada|o1");
  }
  EXPECT_EQ(world_.items.updates, 0);
  world_.edit("a", "name", Value::text("Eda"));
  twice(Mode::Full);
  EXPECT_EQ(world_.items.items.at("a").text_at("name"), "Eda");
  EXPECT_EQ(other_there(), "o1") << "an edit beside it sends that alone";
  name_row(5);
  EXPECT_EQ(told(twice(Mode::Full)), "");
  EXPECT_EQ(row(), "5|Eda|o1");
}

TEST_F(LostReferences, ExchangedIdsOfWhatIsReferredToMoveNothing) {
  world_.put("b", R"("name":"Bob","otherId":"o2")");
  run(Mode::Import);
  // The keys move along first: that is no edit, and what the cells hold then was put there by nobody either.
  world_.sql("UPDATE others SET id = id + 10");
  world_.sql("UPDATE things SET other = other + 10");
  EXPECT_EQ(told(twice(Mode::Full)), "");
  world_.sql("UPDATE others SET remote_id = CASE remote_id WHEN 'o1' THEN 'o2' ELSE 'o1' END WHERE remote_id IS NOT NULL");
  EXPECT_NE(told(twice(Mode::Full)), "");
  EXPECT_EQ(world_.items.updates, 0);
  EXPECT_EQ(world_.rows("things", {"other", "name", "other_name"}), (Lines{"11|Ada|o1", "12|Bob|o2"}));
}

TEST_F(LostReferences, ARenamedColumnIsNoMoreEditedThanItWas) {
  world_.sql("ALTER TABLE things RENAME COLUMN other TO peer");
  world_.fields = "  name: text\n  peer: {from: otherId, references: others.remote_id}\n  other_name: {from: otherId, type: text}\n";
  world_.sql("UPDATE others SET remote_id = CASE remote_id WHEN 'o1' THEN 'o2' ELSE 'o1' END WHERE remote_id IS NOT NULL");
  EXPECT_NE(told(twice(Mode::Full)).find("column peer: row 1 of others has another remote_id"), std::string::npos);
  EXPECT_EQ(world_.items.updates, 0);
  EXPECT_EQ(world_.rows("things", {"peer", "other_name"}), (Lines{"1|o1"}));
}

TEST_F(LostReferences, WhatNamesNoRowAnyMoreFollowsTheRemote) {
  world_.sql("DELETE FROM others WHERE id = 1");
  EXPECT_EQ(told(twice(Mode::Import)),
            "table things, row 1, column other: others has no row 1; it is left as it is, until the column names the row that is meant");
  EXPECT_EQ(row(), "1|Ada|o1");
  world_.sql("INSERT INTO others VALUES (7, 'o1')");
  EXPECT_NE(told(twice(Mode::Export)), "");
  EXPECT_EQ(row(), "1|Ada|o1");
  const SyncReport report = twice(Mode::Import);
  EXPECT_EQ(told(report), "table things, row 1, column other: others has no row 1; it is replaced");
  EXPECT_EQ(report.rule_changed, 0U);
  EXPECT_EQ(row(), "7|Ada|o1");
  EXPECT_EQ(told(twice(Mode::Full)), "");
  EXPECT_EQ(world_.items.updates, 0);
}

TEST_F(LostReferences, ANewItemIsMadeWithoutThemAndGetsThemLater) {
  world_.sql("INSERT INTO things (name, other) VALUES ('Neo', 3)");
  run(Mode::Full);
  EXPECT_EQ(world_.items.creates, 1);
  EXPECT_EQ(world_.items.items.at("new-1").find("otherId"), nullptr);
  EXPECT_NE(told(run(Mode::Full)), "");
  world_.sql("UPDATE others SET remote_id = 'o3' WHERE id = 3");
  run(Mode::Full);
  EXPECT_EQ(world_.items.items.at("new-1").text_at("otherId"), "o3");
  EXPECT_EQ(told(run(Mode::Full)), "");
}

TEST_F(LostReferences, AColumnThatReferredElsewhereFollowsItsRule) {
  world_.sql("CREATE TABLE peers (id INTEGER PRIMARY KEY, remote_id TEXT)");
  world_.sql("INSERT INTO peers VALUES (1, 'o2'), (4, 'o1')");
  world_.fields = "  name: text\n  other: {from: otherId, references: peers.remote_id}\n  other_name: {from: otherId, type: text}\n";
  EXPECT_EQ(told(twice(Mode::Full)), "");
  EXPECT_EQ(row(), "4|Ada|o1");
  EXPECT_EQ(world_.items.updates, 0);
}

}  // namespace
}  // namespace lockstep::test
