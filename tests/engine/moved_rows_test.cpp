// Two syncs of one table, each with a `where` of its own: a row that moves from one to the other takes along what was agreed on, promised
// and left open about it, and a plan foresees that.
#include "engine/two_regions.h"

namespace lockstep::test {
namespace {

class MovedRows : public TwoRegions {};

TEST_F(MovedRows, ARowThatMovesWithAnEditKeepsTheEdit) {
  for (const Mode mode : {Mode::Full, Mode::Export, Mode::Import}) {
    world_.put("a", R"("name":"Ada","slot":1)");
    run("us");
    set_slot("a", 5);
    move("a", "eu");
    EXPECT_EQ(run("us", mode).conflicts, 0U);
    EXPECT_EQ(run("eu", mode).conflicts, 0U);
    EXPECT_EQ(rows(), (Lines{"a|Ada|5|eu"})) << static_cast<int>(mode);
    EXPECT_EQ(slot_there("a"), mode == Mode::Import ? "1" : "5");
    move("a", "us");
    run("us");
    EXPECT_EQ(slot_there("a"), "5");
    set_slot("a", 1);
    run("us");
  }
}

TEST_F(MovedRows, ARowThatComesBackMeetsWhatItAgreedOnElsewhere) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  move("a", "eu");
  run("eu");
  there("a")["slot"] = Json(2);
  EXPECT_EQ(run("eu").updated_local, 1U);
  set_slot("a", 1);
  move("a", "us");
  EXPECT_EQ(run("us").conflicts, 0U);
  EXPECT_EQ(slot_there("a"), "1") << "an edit, though us had agreed on it once";
  EXPECT_EQ(rows(), (Lines{"a|Ada|1|us"}));
  move("a", "eu");
  there("a")["slot"] = Json(2);
  EXPECT_EQ(run("eu").conflicts, 0U);
  EXPECT_EQ(rows(), (Lines{"a|Ada|2|eu"})) << "an edit of the remote, though eu had agreed on it once";
  expect_rest();
}

TEST_F(MovedRows, ARowThatWasOutsideBothGoesOnWhereItComesBack) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  world_.sql("UPDATE things SET region = NULL, slot = 4");
  run("us");
  run("eu");
  EXPECT_EQ(rows(), (Lines{"a|Ada|4|-"}));
  world_.sql("UPDATE things SET region = 'eu'");
  run("us");
  EXPECT_EQ(run("eu").conflicts, 0U);
  EXPECT_EQ(slot_there("a"), "4");
  expect_rest();
}

TEST_F(MovedRows, ARowThatMovesWithoutItsIdIsStillTheSame) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  world_.sql("UPDATE things SET region = 'eu', remote_id = NULL, slot = 7");
  EXPECT_EQ(run("eu").conflicts, 0U);
  EXPECT_EQ(rows(), (Lines{"a|Ada|7|eu"}));
  EXPECT_EQ(slot_there("a"), "7");
  expect_rest();
}

TEST_F(MovedRows, ARowThatMovesUnderAnotherKeyIsStillTheSame) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  world_.sql("UPDATE things SET region = 'eu', id = 9, slot = 7");
  run("us");
  EXPECT_EQ(run("eu").conflicts, 0U);
  EXPECT_EQ(rows(), (Lines{"a|Ada|7|eu"}));
  EXPECT_EQ(slot_there("a"), "7");
  expect_rest();
}

TEST_F(MovedRows, AKeyThatTheOtherSyncUsesAgainMakesNoLink) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  world_.sql("UPDATE things SET region = 'eu', remote_id = NULL, name = 'Somebody else', slot = 7");
  run("eu");
  run("us");
  EXPECT_EQ(there("a").text_at("name"), "Ada");
  EXPECT_EQ(rows(), (Lines{"new-1|Somebody else|7|eu", "a|Ada|1|us"}));
  expect_rest();
}

TEST_F(MovedRows, ADeletedRowComesBackOnce) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  move("a", "eu");
  run("eu");
  world_.sql("DELETE FROM things");
  run("us");
  run("eu");
  EXPECT_EQ(rows(), (Lines{"a|Ada|1|eu"}));
  expect_rest();
}

TEST_F(MovedRows, ALostCreateGoesWithItsRow) {
  for (const Mode mode : {Mode::Full, Mode::Export}) {
    lose_create();
    world_.sql("UPDATE things SET region = 'eu', slot = 3 WHERE remote_id IS NULL");
    run("us");
    run("eu", mode);
    EXPECT_EQ(world_.items.creates, mode == Mode::Full ? 1 : 2);
    EXPECT_EQ(rows().size(), static_cast<std::size_t>(world_.items.creates));
    EXPECT_EQ(open("lockstep_intent"), 0U);
    run("eu");
    EXPECT_EQ(slot_there(mode == Mode::Full ? "new-1" : "new-2"), "3");
    expect_rest();
  }
}

TEST_F(MovedRows, ALostCreateWaitsForARowThatIsOutside) {
  lose_create();
  world_.sql("UPDATE things SET region = NULL");
  for (const char* region : {"us", "eu", "us"}) EXPECT_EQ(run(region).exit_code(), 0);
  EXPECT_EQ(rows(), (Lines{"-|Ada|-|-"}));
  world_.sql("UPDATE things SET region = 'eu'");
  run("us");
  EXPECT_EQ(run("eu").exit_code(), 0);
  EXPECT_EQ(rows(), (Lines{"new-1|Ada|-|eu"}));
  EXPECT_EQ(world_.items.creates, 1);
  EXPECT_EQ(open("lockstep_intent"), 0U);
  expect_rest();
}

TEST_F(MovedRows, ALostCreateOfAnApiThatDropsMarkersIsNotRepeatedElsewhere) {
  world_.items.drops_markers = true;
  lose_create();
  world_.sql("UPDATE things SET region = 'eu'");
  run("us");
  run("eu");
  EXPECT_EQ(world_.items.creates, 1);
  EXPECT_EQ(rows().size(), 1U);
  EXPECT_EQ(open("lockstep_intent"), 1U);
}

TEST_F(MovedRows, ALostUpdateGoesWithItsRow) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  set_slot("a", 2);
  world_.items.on_update = [&](const std::string& id) {
    there(id)["slot"] = Json(2);
    throw Error(ErrorKind::Unreachable, "no answer").with_effect(Effect::Maybe);
  };
  attempt("us", Mode::Full);
  world_.items.on_update = {};
  world_.later();
  EXPECT_EQ(open("lockstep_intent"), 1U);
  set_slot("a", 3);
  move("a", "eu");
  EXPECT_EQ(run("eu").conflicts, 0U) << "the remote holds what was sent";
  EXPECT_EQ(slot_there("a"), "3");
  EXPECT_EQ(open("lockstep_intent"), 0U);
}

TEST_F(MovedRows, AConflictThatIsOpenStaysOpenElsewhere) {
  for (const bool former_runs_first : {false, true}) {
    world_.put("a", R"("name":"Ada","slot":1)");
    run("us");
    set_slot("a", 2);
    there("a")["slot"] = Json(3);
    EXPECT_EQ(run("us", Mode::Full, OnConflict::Manual).awaiting, 1U);
    move("a", "eu");
    if (former_runs_first) {
      EXPECT_EQ(run("us").exit_code(), 0);
    }
    EXPECT_EQ(run("eu").awaiting, 1U);
    set_slot("a", 4);
    EXPECT_EQ(run("eu").awaiting, 1U);
    EXPECT_EQ(run("us").awaiting, 0U);
    EXPECT_EQ(slot_there("a"), "3");
    EXPECT_EQ(rows(), (Lines{"a|Ada|4|eu"}));
    EXPECT_EQ(open("lockstep_conflict"), 1U);
    there("a")["slot"] = Json(4);
    EXPECT_EQ(run("eu").awaiting, 0U);
    EXPECT_EQ(open("lockstep_conflict"), 0U);
    move("a", "us");
    set_slot("a", 1);
    run("us");
  }
}

TEST_F(MovedRows, AWordOnAConflictIsForTheSyncThatTheRowIsIn) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  set_slot("a", 2);
  there("a")["slot"] = Json(3);
  run("us", Mode::Full, OnConflict::Manual);
  move("a", "eu");
  const auto resolve = [&](const std::string& region) {
    become(region);
    return world_.run(Mode::Full, [](RunOptions& options) {
      options.ids = {"a"};
      options.task = Resolution{"slot", Resolution::Take::Local, {}, Json(2), Json(3)};
    });
  };
  EXPECT_NE(resolve("us").exit_code(), 0);
  EXPECT_EQ(open("lockstep_conflict"), 1U);
  EXPECT_EQ(resolve("eu").exit_code(), 0);
  EXPECT_EQ(slot_there("a"), "2");
  EXPECT_EQ(open("lockstep_conflict"), 0U);
}

TEST_F(MovedRows, WhatWasRefusedIsNoneOfTheFormerSyncs) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  world_.sql("CREATE TRIGGER small BEFORE UPDATE OF slot ON things WHEN NEW.slot > 9 BEGIN SELECT RAISE(ABORT, 'too much'); END");
  there("a")["slot"] = Json(10);
  EXPECT_EQ(attempt("us", Mode::Full).exit_code(), 2);
  move("a", "eu");
  EXPECT_EQ(attempt("eu", Mode::Full).exit_code(), 2);
  EXPECT_EQ(attempt("us", Mode::Full).exit_code(), 0);
  EXPECT_EQ(open("lockstep_rejected"), 1U);
  there("a")["slot"] = Json(2);
  EXPECT_EQ(run("eu").exit_code(), 0);
  EXPECT_EQ(open("lockstep_rejected"), 0U);
}

TEST_F(MovedRows, ExchangedIdsOfTwoRegionsComeToRest) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  world_.put("b", R"("name":"Bob","slot":2)");
  run("eu");
  ASSERT_EQ(rows(), (Lines{"a|Ada|1|us", "b|Bob|2|eu"}));
  world_.sql("UPDATE things SET remote_id = CASE remote_id WHEN 'a' THEN 'b' ELSE 'a' END");
  EXPECT_EQ(run("us").exit_code(), 0);
  EXPECT_EQ(run("eu").exit_code(), 0);
  EXPECT_EQ(rows(), (Lines{"b|Bob|2|us", "a|Ada|1|eu"}));
  EXPECT_EQ(there("a").text_at("name") + there("b").text_at("name"), "AdaBob");
  set_slot("a", 8);
  set_slot("b", 9);
  EXPECT_EQ(run("eu").conflicts + run("us").conflicts, 0U);
  EXPECT_EQ(slot_there("a") + slot_there("b"), "89");
  expect_rest();
}

TEST_F(MovedRows, ExchangedKeysOfTwoRegionsAreNoEdit) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  world_.put("b", R"("name":"Bob","slot":2)");
  run("eu");
  world_.sql("UPDATE things SET id = 12 - id");
  world_.sql("UPDATE things SET id = CASE id WHEN 11 THEN 2 ELSE 1 END");
  EXPECT_EQ(run("us").exit_code() + run("eu").exit_code(), 0);
  EXPECT_EQ(rows(), (Lines{"b|Bob|2|eu", "a|Ada|1|us"}));
  expect_rest();
}

TEST_F(MovedRows, ARowThatBearsTheIdOfANeighboursRowIsTold) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  world_.sql("INSERT INTO things (name, region, remote_id, slot) VALUES ('Ada', 'eu', 'a', 6)");
  EXPECT_EQ(run("eu").exit_code(), 2);
  EXPECT_EQ(run("us").exit_code(), 0);
  EXPECT_EQ(slot_there("a"), "1");
  EXPECT_EQ(rows(), (Lines{"a|Ada|1|us", "a|Ada|6|eu"}));
  world_.sql("DELETE FROM things WHERE region = 'eu'");
  run("eu");
  EXPECT_EQ(open("lockstep_rejected"), 0U);
  expect_rest();
}

TEST_F(MovedRows, ARowIsLeftAloneWhileItsFormerSyncRuns) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  set_slot("a", 5);
  move("a", "eu");
  {
    const auto lease = world_.store().lease("sync us");
    const SyncReport report = attempt("eu", Mode::Full);
    EXPECT_EQ(report.exit_code(), 2);
    EXPECT_EQ(slot_there("a"), "1");
  }
  EXPECT_EQ(run("eu").exit_code(), 0);
  EXPECT_EQ(slot_there("a"), "5");
  EXPECT_EQ(open("lockstep_rejected"), 0U);
}

TEST_F(MovedRows, ARollbackOfTheFormerSyncSaysWhoseTheRowIs) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  there("a")["slot"] = Json(2);
  const std::string id = run("us").run;
  move("a", "eu");
  run("eu");
  const auto undo = [&] {
    become("us");
    return world_.run(Mode::Full, [&](RunOptions& options) { options.task = UndoneRun{id}; });
  };
  const SyncReport left = undo();
  ASSERT_EQ(left.skipped.size(), 1U);
  EXPECT_EQ(left.skipped[0].code, "moved");
  EXPECT_EQ(rows(), (Lines{"a|Ada|2|eu"}));
  move("a", "us");
  EXPECT_EQ(undo().exit_code(), 0);
  EXPECT_EQ(rows(), (Lines{"a|Ada|1|us"}));
}

/// As states are that were written before links went with their rows.
TEST_F(MovedRows, OfTwoLinksOfOneItemTheOneAgreedOnLaterStays) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  world_.sql("CREATE TABLE kept_link AS SELECT * FROM lockstep_link");
  world_.sql("CREATE TABLE kept_base AS SELECT * FROM lockstep_base");
  move("a", "eu");
  run("eu");
  there("a")["slot"] = Json(2);
  run("eu");
  world_.sql("UPDATE lockstep_link SET id = (2 << 40) + 1");
  world_.sql("UPDATE lockstep_base SET link_id = (2 << 40) + 1");
  world_.sql("UPDATE lockstep_change SET link_id = (2 << 40) + 1 WHERE sync_id = 2");
  world_.sql("INSERT INTO lockstep_link SELECT * FROM kept_link");
  world_.sql("INSERT INTO lockstep_base SELECT * FROM kept_base");
  set_slot("a", 1);
  move("a", "us");
  EXPECT_EQ(run("us").conflicts, 0U);
  EXPECT_EQ(slot_there("a"), "1");
  world_.sql("DELETE FROM things");
  run("us");
  run("eu");
  EXPECT_EQ(rows().size(), 1U);
}

TEST_F(MovedRows, ACreateThatIsAnsweredWithANeighboursItemLinksNothing) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  add("Eve", "eu");
  world_.items.answers_as = "a";
  EXPECT_EQ(attempt("eu", Mode::Full).exit_code(), 2);
  world_.items.answers_as.clear();
  EXPECT_EQ(rows(), (Lines{"a|Ada|1|us", "-|Eve|-|eu"}));
  world_.later();
  run("eu");
  EXPECT_EQ(rows(), (Lines{"a|Ada|1|us", "new-1|Eve|-|eu"}));
}

TEST_F(MovedRows, AConflictIsToldUnderTheKeyThatItsRowBears) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  set_slot("a", 2);
  there("a")["slot"] = Json(3);
  run("us", Mode::Full, OnConflict::Manual);
  world_.sql("UPDATE things SET id = 77");
  run("us");
  State state(world_.store());
  ASSERT_EQ(state.conflicts().size(), 1U);
  EXPECT_EQ(state.conflicts()[0].local_key, "77");
  world_.sql("UPDATE things SET id = 78");
  EXPECT_EQ(run("us").awaiting, 1U);
  EXPECT_EQ(open("lockstep_conflict"), 1U);
}

/// Whatever call of the run that takes it over fails: the next one goes on from a whole state.
TEST(TakenOver, WholeOrNotAtAll) {
  for (int call = 1; call < 12; ++call) {
    TwoWayWorld world("label: name\nwhere: {region: us}\n");
    world.configured = {"us", "eu"};
    world.name = "us";
    world.put("a", R"("name":"Ada","slot":1)");
    world.run(Mode::Import);
    world.sql("UPDATE things SET region = 'eu', slot = 5");
    world.name = "eu";
    world.extra = "label: name\nwhere: {region: eu}\n";
    world.neighbours = {{"us", "", "thing", "things", "region: us", world.configured, {{"region", "us"}}}};
    world.run_struck(Mode::Full, {FaultPoint::What::Storage, call, call % 2 == 0});
    const SyncReport report = world.run(Mode::Full);
    EXPECT_EQ(report.exit_code() + report.conflicts, 0U) << call;
    EXPECT_EQ(json::to_text(*world.items.items.at("a").find("slot")), "5") << call;
    EXPECT_EQ(world.rows("lockstep_link", {"id"}).size(), 1U) << call;
  }
}

/// A soft-deleted row of a table with one sync.
TEST(OutsideRow, KeepsItsLostCreate) {
  TwoWayWorld world("label: name\nwhere: {closed: null}\n");
  world.sql("CREATE TABLE things (id INTEGER PRIMARY KEY, remote_id TEXT, name TEXT, slot INTEGER, seen TEXT, closed TEXT)");
  world.run(Mode::Import);
  world.sql("INSERT INTO things (name) VALUES ('Ada')");
  world.items.on_create = [] { throw Error(ErrorKind::Unreachable, "no answer").with_effect(Effect::Maybe); };
  world.run(Mode::Export);
  world.items.on_create = {};
  world.later();
  world.sql("UPDATE things SET closed = 'now'");
  for (const Mode mode : {Mode::Import, Mode::Full, Mode::Export}) EXPECT_EQ(world.run(mode).exit_code(), 0);
  EXPECT_EQ(world.rows("things", {"remote_id"}), Lines{"-"});
  world.sql("UPDATE things SET closed = NULL");
  EXPECT_EQ(world.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(world.rows("things", {"remote_id"}), Lines{"new-1"});
  EXPECT_EQ(world.items.creates, 1);
}

}  // namespace
}  // namespace lockstep::test
