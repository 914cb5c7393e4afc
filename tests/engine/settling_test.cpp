// APIs that show an item only some time after they made it.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

/// The row's item was made, and neither list nor GET shows it.
struct Settling : ::testing::TestWithParam<Mode> {
  Settling() {
    world.items.resource().settles = Millis{60'000};
    world.put("old", R"("name":"old")");
    EXPECT_EQ(world.run(Mode::Import).exit_code(), 0);
    world.edit("", "name", Value::text("lamp"));
    EXPECT_EQ(world.run(Mode::Full).exit_code(), 0);
    world.items.unlisted = world.items.hidden = "new-1";
    made = world.items.items["new-1"];
    world.items.items.erase("new-1");
  }
  TwoWayWorld world;
  Json made;
};

TEST_P(Settling, WhatWasMadeJustNowIsWaitedFor) {
  const SyncReport report = world.run(GetParam());
  EXPECT_EQ(report.exit_code(), 0);
  EXPECT_TRUE(std::ranges::any_of(report.problems, [](const Problem& problem) { return problem.code == "settling"; }));
  world.items.items["new-1"] = made;
  world.items.unlisted = world.items.hidden = "";
  EXPECT_EQ(world.run(GetParam()).exit_code(), 0);
  EXPECT_EQ(world.items.creates, 1);
  EXPECT_EQ(world.rows("things", {"name"}).size(), 2U);
}

TEST_P(Settling, ThenItIsGoneLikeAnyOther) {
  world.later();
  EXPECT_EQ(world.run(GetParam()).exit_code(), 0);
  EXPECT_EQ(world.items.creates, GetParam() == Mode::Import ? 1 : 2);
}

TEST_P(Settling, WhatWasThereBeforeIsNotWaitedFor) {
  world.items.items["new-1"] = made;
  world.items.unlisted = world.items.hidden = "";
  world.items.items.erase("old");
  EXPECT_EQ(world.run(GetParam()).exit_code(), 0);
  EXPECT_EQ(world.items.creates, GetParam() == Mode::Import ? 1 : 2);
}

TEST_P(Settling, AnEditOfItsRowWaitsWithIt) {
  EXPECT_EQ(world.run(GetParam()).pending_export, 0U) << "nobody has edited it";
  world.edit("new-1", "slot", Value::integer(5));
  for (int i = 0; i < 2; ++i) {
    const SyncReport report = world.run(GetParam());
    EXPECT_EQ(report.exit_code(), 0);
    EXPECT_EQ(report.pending_export, 1U);
    EXPECT_TRUE(std::ranges::any_of(report.problems, [](const Problem& problem) { return problem.code == "pending_export"; }));
  }
  world.items.items["new-1"] = made;
  world.items.unlisted = world.items.hidden = "";
  world.run(Mode::Full);
  EXPECT_EQ(json::to_text(*world.items.items["new-1"].find("slot")), "5");
}

TEST_P(Settling, ItsRowUnderAnotherKeyAndWithoutItsIdGetsNoSecondItem) {
  world.sql("UPDATE things SET id = 70, remote_id = NULL WHERE remote_id = 'new-1'");
  EXPECT_EQ(world.run(GetParam()).exit_code(), 2);
  world.items.items["new-1"] = made;
  world.items.unlisted = world.items.hidden = "";
  EXPECT_EQ(world.run(GetParam()).exit_code(), 2);
  EXPECT_EQ(world.items.creates, 1);
  EXPECT_EQ(world.rows("things", {"name"}).size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Modes, Settling, ::testing::Values(Mode::Import, Mode::Export, Mode::Full));

}  // namespace
}  // namespace lockstep::test
