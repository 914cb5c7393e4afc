// A row that is deleted in one sync of a table and made again without its id in another: neither side gets a second one, whichever sync
// runs first, as it is within one sync.
#include "engine/two_regions.h"

namespace lockstep::test {
namespace {

/// Which sync runs first, in which mode.
class RemadeElsewhere : public TwoRegions, public testing::WithParamInterface<std::tuple<const char*, Mode>> {
 protected:
  RemadeElsewhere() {
    world_.put("a", R"("name":"Ada","slot":1)");
    run("us", Mode::Import);
    world_.put("b", R"("name":"Bob","slot":2)");
    run("eu", Mode::Import);
  }

  static std::string first() { return std::get<0>(GetParam()); }
  static std::string second() { return first() == "us" ? "eu" : "us"; }
  /// Both syncs, twice: what was told at the beginning is told to the end.
  void run_both() {
    for (const std::string& region : {first(), second(), first(), second()}) run(region, std::get<1>(GetParam()));
  }
  void expect_told() {
    for (const std::string& region : {first(), second()}) EXPECT_EQ(run(region, std::get<1>(GetParam())).exit_code(), 2) << region;
  }
  void remake(const std::string& key, const std::string& name, int slot) {
    world_.sql("DELETE FROM things WHERE remote_id = 'a'");
    world_.sql("INSERT INTO things (id, name, slot, region) VALUES (" + key + ", '" + name + "', " + std::to_string(slot) + ", 'eu')");
  }
  Lines ids() { return world_.rows("things", {"remote_id", "region"}); }
};

TEST_P(RemadeElsewhere, GetsNoSecondItemAndTheItemNoSecondRow) {
  for (const int slot : {1, 9}) {
    remake(std::to_string(70 + slot), "Ada", slot);
    run_both();
    EXPECT_EQ(ids(), (Lines{"b|eu", "-|eu"}));
    EXPECT_EQ(world_.items.creates, 0);
    expect_told();
    world_.sql("UPDATE things SET remote_id = 'a' WHERE remote_id IS NULL");  // as `adopt` does
    run_both();
    EXPECT_EQ(ids(), (Lines{"b|eu", "a|eu"}));
    EXPECT_EQ(world_.items.creates, 0);
    run("eu");
    expect_rest();
    move("a", "us");
    run_both();
  }
}

TEST_P(RemadeElsewhere, UnderTheKeyOfTheRowThatIsGoneToo) {
  remake("1", "Ada", 9);
  world_.sql("UPDATE things SET seen = 'x' WHERE id = 1");
  run_both();
  EXPECT_EQ(ids().size(), 2U);
  EXPECT_EQ(world_.items.creates, 0);
}

TEST_P(RemadeElsewhere, ARowOfAnotherNameIsAnother) {
  remake("71", "Eve", 1);
  run_both();
  if (std::get<1>(GetParam()) == Mode::Import) return;
  EXPECT_EQ(world_.items.creates, 1);
  EXPECT_TRUE(std::ranges::count(ids(), "new-1|eu"));
}

TEST_P(RemadeElsewhere, WhoseItemIsGoneGetsANewOne) {
  remake("71", "Ada", 1);
  world_.items.items.erase("a");
  run_both();
  const bool creates = std::get<1>(GetParam()) != Mode::Import;
  EXPECT_EQ(world_.items.creates, creates ? 1 : 0);
  EXPECT_EQ(ids(), (Lines{"b|eu", creates ? "new-1|eu" : "-|eu"}));
}

TEST_P(RemadeElsewhere, WhoseItemIsLeftGoneGetsANewOne) {
  remake("71", "Ada", 1);
  world_.sql(
      "UPDATE lockstep_link SET left_at = (SELECT checked_at FROM lockstep_sync LIMIT 1) WHERE remote_id = 'a'");  // as `forget` does
  run_both();
  const bool creates = std::get<1>(GetParam()) != Mode::Import;
  EXPECT_EQ(ids(), (Lines{"b|eu", creates ? "new-1|eu" : "-|eu"}));
}

TEST_P(RemadeElsewhere, AnItemThatNoListShowsIsThereAllTheSame) {
  remake("71", "Ada", 1);
  world_.items.unlisted = "a";
  run_both();
  EXPECT_EQ(world_.items.creates, 0);
  EXPECT_EQ(ids(), (Lines{"b|eu", "-|eu"}));
}

TEST_P(RemadeElsewhere, AndSoIsOneThatTheApiNeedNotShowYet) {
  world_.items.resource().settles = Millis{60'000};
  add("Eve", "us");
  run("us", Mode::Export);
  world_.items.unlisted = world_.items.hidden = "new-1";
  world_.sql("DELETE FROM things WHERE name = 'Eve'");
  world_.sql("INSERT INTO things (id, name, region) VALUES (81, 'Eve', 'eu')");
  run_both();
  world_.items.unlisted = world_.items.hidden = "";
  run_both();
  EXPECT_EQ(world_.items.creates, 1);
  EXPECT_EQ(ids(), (Lines{"a|us", "b|eu", "-|eu"}));
}

TEST_P(RemadeElsewhere, ARowThatIsInNoSyncKeepsNoRowBack) {
  world_.sql("DELETE FROM things WHERE remote_id = 'a'");
  world_.sql("INSERT INTO things (id, name, region) VALUES (71, 'Ada', NULL)");
  run_both();
  EXPECT_EQ(world_.rows("things", {"remote_id", "region"}, "region").size(), std::get<1>(GetParam()) == Mode::Export ? 2U : 3U);
}

TEST_P(RemadeElsewhere, ALostCreateGoesWithIt) {
  add("Eve", "us");
  world_.items.on_create = [] { throw Error(ErrorKind::Unreachable, "no answer").with_effect(Effect::Maybe); };
  EXPECT_EQ(attempt("us", Mode::Export).exit_code(), 2);
  world_.items.on_create = {};
  world_.sql("DELETE FROM things WHERE name = 'Eve'");
  world_.sql("INSERT INTO things (id, name, region) VALUES (81, 'Eve', 'eu')");
  run_both();
  world_.later();
  run_both();
  EXPECT_EQ(world_.items.creates, 1);
  EXPECT_EQ(ids(), (Lines{"a|us", "b|eu", "new-1|eu"}));
  EXPECT_EQ(open("lockstep_intent"), 0U);
  expect_rest();
}

TEST_F(TwoRegions, ARowMadeAgainInASyncThatNeverRanGetsNoSecondItem) {
  world_.put("a", R"("name":"Ada","slot":1)");
  run("us");
  world_.sql("DELETE FROM things");
  world_.sql("INSERT INTO things (id, name, region) VALUES (71, 'Ada', 'eu')");
  for (const char* region : {"us", "eu", "us"}) EXPECT_EQ(run(region).exit_code(), 2);
  EXPECT_EQ(rows(), (Lines{"-|Ada|-|eu"}));
  EXPECT_EQ(world_.items.creates, 0);
}

INSTANTIATE_TEST_SUITE_P(Orders, RemadeElsewhere,
                         testing::Combine(testing::Values("us", "eu"), testing::Values(Mode::Full, Mode::Export, Mode::Import)));

}  // namespace
}  // namespace lockstep::test
