// A mapping that sends nothing makes no items, and no item is made of a row that holds nothing.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

TEST(ReadOnlyMapping, CreatesPatchesAndRemakesNothing) {
  TwoWayWorld world("read_only: true\n");
  world.put("a", R"("name":"Ada","slot":1)");
  world.put("b", R"("name":"Bob","slot":2)");
  world.run(Mode::Import);
  world.edit("", "name", Value::text("Cleo"));
  world.edit("b", "name", Value::text("Bert"));
  world.items.items.erase("a");
  for (const Mode mode : {Mode::Full, Mode::Export, Mode::Import}) {
    for (const bool dry : {true, false}) {
      const SyncReport report = world.run(mode, [&](RunOptions& options) { options.dry_run = dry; });
      EXPECT_EQ(report.created_remote + report.recreated_remote + report.updated_remote, 0U) << to_string(mode);
      EXPECT_EQ(report.only_local, 1U) << to_string(mode);
      EXPECT_EQ(report.missing_remote, 1U) << to_string(mode);
      EXPECT_EQ(report.exit_code(), 0) << to_string(mode);
      EXPECT_FALSE(report.sends);
    }
  }
  EXPECT_EQ(world.items.creates + world.items.updates, 0);
  EXPECT_EQ(world.things(), (std::vector<std::string>{"-|Cleo|-", "a|Ada|1", "b|Bob|2"}));
}

TEST(RowThatHoldsNothing, MakesNoItem) {
  TwoWayWorld world;
  world.put("a", R"("name":"Ada","slot":1)");
  world.run(Mode::Import);
  world.sql("INSERT INTO things (seen) VALUES ('what the remote alone decides')");
  for (const bool dry : {true, false}) {
    const SyncReport report = world.run(Mode::Export, [&](RunOptions& options) { options.dry_run = dry; });
    EXPECT_TRUE(report.sends);
    EXPECT_EQ(report.created_remote, 0U);
    EXPECT_EQ(report.rejected, 1U);
    ASSERT_FALSE(report.problems.empty());
    EXPECT_EQ(report.problems.back().message, "its row holds nothing that can be sent: no thing is created of it");
  }
  EXPECT_EQ(world.items.creates, 0);
}

}  // namespace
}  // namespace lockstep::test
