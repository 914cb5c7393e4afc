// Two syncs of one table, each with a `where` and an account of its own: a row that moves from one to the other gets an item there, and the
// item that it had stays where it is and gets no second row.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

class MovedAccounts : public testing::Test {
 protected:
  MovedAccounts() {
    world_.sql("CREATE TABLE things (id INTEGER PRIMARY KEY, remote_id TEXT, name TEXT, slot INTEGER, seen TEXT, region TEXT)");
    become("us");
    world_.put("a", R"("name":"Ada","slot":1)");
    world_.put("b", R"("name":"Bob","slot":2)");
    run("us");
  }

  void become(const std::string& region) {
    items_[world_.name] = world_.items.items;
    world_.name = region;
    world_.items.items = items_[region];
    world_.items.resource().address = "http://" + region;
    world_.extra = "label: name\nwhere: {region: " + region + "}\n";
    world_.configured = {"us", "eu"};
  }
  /// What a dry run foresees, and no other.
  SyncReport run(const std::string& region, Mode mode = Mode::Full) {
    become(region);
    const SyncReport foreseen = world_.run(mode, [](RunOptions& options) { options.dry_run = true; });
    SyncReport done = world_.run(mode);
    EXPECT_EQ(told(foreseen), told(done));
    EXPECT_EQ(foreseen.created_local + foreseen.created_remote + foreseen.recreated_remote,
              done.created_local + done.created_remote + done.recreated_remote);
    items_[region] = world_.items.items;
    return done;
  }
  static Lines told(const SyncReport& report) {
    Lines out;
    for (const Problem& problem : report.problems) out.push_back(problem.code);
    return out;
  }
  void move(const std::string& name, const std::string& region) {
    world_.sql("UPDATE things SET region = '" + region + "' WHERE name = '" + name + "'");
  }
  Lines rows() { return world_.rows("things", {"remote_id", "name", "slot", "region"}); }

  std::map<std::string, std::map<std::string, Json>> items_;
  TwoWayWorld world_;
};

TEST_F(MovedAccounts, TheItemThatWasLeftBehindGetsNoSecondRow) {
  for (const Mode mode : {Mode::Import, Mode::Full, Mode::Export}) {
    move("Ada", "eu");
    run("eu");
    const Lines before = rows();
    EXPECT_EQ(before[0], "new-1|Ada|1|eu");
    const SyncReport report = run("us", mode);
    EXPECT_EQ(report.exit_code(), 0) << static_cast<int>(mode);
    EXPECT_EQ(told(report), Lines{"left_behind"});
    EXPECT_EQ(report.problems.at(0).message.find("thing Ada (ID: a) stays in Svc without a row: row 1 of things"), 0U)
        << report.problems.at(0).message;
    EXPECT_EQ(rows(), before);
    EXPECT_EQ(items_["us"].size(), 2U);
    EXPECT_EQ(items_["eu"].size(), 1U);
  }
}

TEST_F(MovedAccounts, NorWhereTheRowWasEditedSince) {
  move("Ada", "eu");
  run("eu");
  world_.sql("UPDATE things SET name = 'Ada Lovelace', slot = 7 WHERE region = 'eu'");
  run("eu");
  EXPECT_EQ(told(run("us")), Lines{"left_behind"});
  EXPECT_EQ(rows(), (Lines{"new-1|Ada Lovelace|7|eu", "b|Bob|2|us"}));
}

TEST_F(MovedAccounts, NorWhereItGotAnotherKeyThere) {
  for (const bool at_once : {false, true}) {
    SCOPED_TRACE(at_once);
    const std::string name = at_once ? "Bob" : "Ada";
    move(name, "eu");
    run("eu");
    if (!at_once) run("us");
    world_.sql("UPDATE things SET id = id + 100 WHERE name = '" + name + "'");
    run("eu");
    const Lines before = rows();
    EXPECT_EQ(told(run("us")).back(), "left_behind");
    EXPECT_EQ(rows(), before);
  }
}

TEST_F(MovedAccounts, NorWhereItsIdWasEmptiedFirst) {
  world_.sql("UPDATE things SET region = 'eu', remote_id = NULL WHERE name = 'Ada'");
  run("eu");
  EXPECT_EQ(told(run("us")), Lines{"left_behind"});
  EXPECT_EQ(rows(), (Lines{"new-1|Ada|1|eu", "b|Bob|2|us"}));
}

TEST_F(MovedAccounts, ARowThatComesBackIsAskedAboutAndNeverDoubled) {
  move("Ada", "eu");
  run("eu");
  run("us");
  world_.sql("UPDATE things SET slot = 9 WHERE name = 'Ada'");
  move("Ada", "us");
  for (const char* region : {"us", "eu", "us"}) EXPECT_EQ(run(region).exit_code(), region == std::string("us") ? 2 : 0);
  EXPECT_EQ(rows(), (Lines{"new-1|Ada|9|us", "b|Bob|2|us"}));
  world_.sql("UPDATE things SET remote_id = 'a' WHERE name = 'Ada'");
  EXPECT_EQ(run("us").exit_code(), 0);
  EXPECT_EQ(told(run("eu")), Lines{"left_behind"});
  EXPECT_EQ(rows(), (Lines{"a|Ada|9|us", "b|Bob|2|us"}));
  EXPECT_EQ(json::to_text(*items_["us"].at("a").find("slot")), "9");
  EXPECT_EQ(items_["us"].size() + items_["eu"].size(), 3U);
}

/// A backup from before the move knows nothing of the item that was made in the other account.
TEST_F(MovedAccounts, ABackupFromBeforeTheMoveDoublesNothing) {
  run("eu");
  world_.back_up();
  const Lines before = rows();
  move("Ada", "eu");
  run("eu");
  run("us");
  const auto there = items_;
  for (const char* first : {"eu", "us"}) {
    for (const Mode mode : {Mode::Import, Mode::Full, Mode::Export}) {
      SCOPED_TRACE(first + std::to_string(static_cast<int>(mode)));
      world_.restore();
      for (int round = 0; round < 2; ++round) {
        run(first, mode);
        run(first == std::string("eu") ? "us" : "eu", mode);
      }
      EXPECT_EQ(told(run("eu")), Lines{"left_behind"});
      EXPECT_EQ(rows(), before);
      EXPECT_EQ(items_, there);
    }
  }
}

TEST_F(MovedAccounts, AKeyThatAnotherRowBearsThereSaysNothing) {
  world_.sql("DELETE FROM things WHERE name = 'Ada'");
  world_.sql("INSERT INTO things (id, name, slot, region) VALUES (1, 'Cleo', 3, 'eu')");
  run("eu");
  EXPECT_EQ(run("us").created_local, 1U) << "row 14: deleted here";
  EXPECT_EQ(rows(), (Lines{"new-1|Cleo|3|eu", "b|Bob|2|us", "a|Ada|1|us"}));
}

}  // namespace
}  // namespace lockstep::test
