// Rows whose item another row has by now: what still holds the same as the item gets no second one, in no run; what was given other values
// is a new row, and so is a copy that never had an item.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

class FormerRow : public testing::Test {
 protected:
  FormerRow() {
    world_.put("a", R"("name":"Ada","slot":1)");
    world_.put("b", R"("name":"Ben","slot":2)");
    world_.run(Mode::Import);
    world_.run(Mode::Full);
    // The id goes from the row of "a" to a row of its own.
    world_.sql(
        "UPDATE things SET remote_id = NULL WHERE remote_id = 'a'; INSERT INTO things (remote_id, name, slot) VALUES ('a', 'Ada', 1)");
  }
  void expect_told(const SyncReport& report) {
    EXPECT_EQ(report.exit_code(), 2);
    EXPECT_TRUE(std::any_of(report.problems.begin(), report.problems.end(),
                            [](const Problem& one) { return one.message.find("no second thing is created of it") != std::string::npos; }));
  }

  TwoWayWorld world_;
};

TEST_F(FormerRow, GetsNoSecondItemInAnyRun) {
  expect_told(world_.run(Mode::Export, [](RunOptions& options) { options.dry_run = true; }));
  for (const Mode mode : {Mode::Export, Mode::Full, Mode::Export, Mode::Import, Mode::Full}) {
    const SyncReport report = world_.run(mode);
    if (mode != Mode::Import) expect_told(report);
    EXPECT_EQ(world_.items.items.size(), 2U);
  }
  EXPECT_EQ(world_.things(), (Lines{"-|Ada|1", "a|Ada|1", "b|Ben|2"}));
}

TEST_F(FormerRow, GetsNoneWhereTheItemHasGotNewValues) {
  world_.extra = "label: name\n";
  world_.items.items["a"]["slot"] = Json(std::int64_t{7});
  for (const Mode mode : {Mode::Export, Mode::Full, Mode::Export}) {
    expect_told(world_.run(mode));
    EXPECT_EQ(world_.items.items.size(), 2U);
  }
}

TEST_F(FormerRow, ThatHoldsSomethingElseIsANewOne) {
  world_.run(Mode::Export);
  world_.sql("UPDATE things SET name = 'Ada II' WHERE remote_id IS NULL");
  EXPECT_EQ(world_.run(Mode::Export).exit_code(), 0);
  EXPECT_EQ(world_.items.items.size(), 3U);
  EXPECT_EQ(world_.rows("lockstep_rejected", {"closed_at"}).size(), 1U);
  EXPECT_NE(world_.rows("lockstep_rejected", {"closed_at"}).front(), "-");
}

TEST_F(FormerRow, ACopyThatNeverHadAnItemIsNone) {
  world_.sql("DELETE FROM things WHERE remote_id IS NULL; INSERT INTO things (id, name, slot) VALUES (40, 'Ben', 2)");
  EXPECT_EQ(world_.run(Mode::Export).exit_code(), 0);
  EXPECT_EQ(world_.items.items.size(), 3U);
}

TEST_F(FormerRow, WhoseItemIsGoneIsMadeAnew) {
  world_.run(Mode::Export);
  world_.items.items.erase("a");
  world_.sql("DELETE FROM things WHERE remote_id = 'a'");
  world_.run(Mode::Import);
  world_.run(Mode::Export);
  EXPECT_EQ(world_.items.items.size(), 2U);
}

}  // namespace
}  // namespace lockstep::test
