// Items that were gone, were made anew, and are there again: one row is enough for the two.
#include "engine/two_regions.h"

namespace lockstep::test {
namespace {

/// Item "a" of row 1 was gone, and "new-1" was made in its place. "b" stays.
struct ItemsBack : TwoRegions, testing::WithParamInterface<Mode> {
  ItemsBack() {
    world_.put("a", R"("name":"Ada","slot":1)");
    world_.put("b", R"("name":"Bob","slot":2)");
    run("us", Mode::Import);
    old = there("a");
    world_.items.items.erase("a");
    EXPECT_EQ(run("us").recreated_remote, 1U);
  }
  void come_back() { world_.items.items["a"] = old; }
  std::ptrdiff_t rows_of_ada() { return std::ranges::count(world_.rows("things", {"name"}), "Ada"); }
  void run_twice(const std::string& region = "us") {
    for (int i = 0; i < 2; ++i) run(region, GetParam());
  }
  Json old;
};

TEST_P(ItemsBack, GetNoSecondRow) {
  come_back();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(run("us", GetParam()).exit_code(), 2);
  EXPECT_EQ(rows_of_ada(), 1);
}

TEST_P(ItemsBack, NorUnderAnotherKey) {
  world_.sql("UPDATE things SET id = 77 WHERE remote_id = 'new-1'");
  run("us");
  come_back();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(run("us", GetParam()).exit_code(), 2);
  EXPECT_EQ(rows_of_ada(), 1);
}

TEST_P(ItemsBack, NorWhereTheRowIsInAnotherSyncByNow) {
  move("new-1", "eu");
  run("eu");
  come_back();
  for (const char* region : {"us", "eu", "us"}) EXPECT_EQ(run(region, GetParam()).exit_code(), 2) << region;
  EXPECT_EQ(rows_of_ada(), 1);
}

TEST_P(ItemsBack, NorWhereTheRowIsGone) {
  world_.sql("DELETE FROM things WHERE remote_id = 'new-1'");
  come_back();
  run_twice();
  EXPECT_EQ(rows_of_ada(), GetParam() == Mode::Export ? 0 : 1);
}

TEST_P(ItemsBack, WhereBothAreGoneTheOneThatComesBackFirstHasTheRow) {
  const Json successor = there("new-1");
  world_.sql("DELETE FROM things WHERE remote_id = 'new-1'");
  world_.items.items.erase("new-1");
  run_twice();
  come_back();
  run_twice();
  EXPECT_EQ(rows_of_ada(), GetParam() == Mode::Export ? 0 : 1);
  world_.items.items["new-1"] = successor;
  run_twice();
  EXPECT_EQ(rows_of_ada(), GetParam() == Mode::Export ? 0 : 1);
}

TEST_P(ItemsBack, WhereBothVanishAtOnceTooAndTheRowIsGone) {
  world_.sql("DELETE FROM things WHERE remote_id = 'new-1'");
  world_.items.items.erase("new-1");
  come_back();
  run_twice();
  EXPECT_EQ(rows_of_ada(), GetParam() == Mode::Export ? 0 : 1);
}

INSTANTIATE_TEST_SUITE_P(Modes, ItemsBack, testing::Values(Mode::Import, Mode::Export, Mode::Full));

}  // namespace
}  // namespace lockstep::test
