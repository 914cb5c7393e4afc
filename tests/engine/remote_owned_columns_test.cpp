// Columns that the remote alone decides: an edit of one is never sent, told by every run that meets it, and in the journal once the remote's
// value takes its place, whatever runs came in between.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

class RemoteOwned : public testing::TestWithParam<LocalEdits> {
 protected:
  RemoteOwned() {
    world_.fields = "  name: text\n  total: {type: integer, derived: true}\n";
    world_.local_edits = GetParam();
    world_.put("a", R"("name":"A","total":1)");
    world_.run(Mode::Import);
    world_.sql("UPDATE things SET total = 99");
  }
  static bool tells(const SyncReport& report) {
    return std::any_of(report.problems.begin(), report.problems.end(), [](const Problem& one) { return one.code == "derived_edited"; });
  }
  Lines row() { return world_.rows("things", {"name", "total"}); }
  /// The newest entry of the journal.
  std::string journaled() { return world_.rows("lockstep_change", {"fields"}).back(); }

  TwoWayWorld world_;
};

TEST_P(RemoteOwned, AnEditIsReplacedByAnImportToldAndJournaled) {
  EXPECT_TRUE(tells(world_.run(Mode::Import)));
  EXPECT_EQ(row(), Lines{"A|1"});
  EXPECT_EQ(journaled(), R"({"total":{"before":99,"after":1}})");
  EXPECT_FALSE(tells(world_.run(Mode::Import)));
}

TEST_P(RemoteOwned, AnExportInBetweenSwallowsNothing) {
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(tells(world_.run(Mode::Export))) << i;
  EXPECT_EQ(row(), Lines{"A|99"});
  EXPECT_TRUE(tells(world_.run(Mode::Import)));
  EXPECT_EQ(row(), Lines{"A|1"});
  EXPECT_EQ(journaled(), R"({"total":{"before":99,"after":1}})");
}

TEST_P(RemoteOwned, AnExportOfAnotherColumnSwallowsNothing) {
  world_.sql("UPDATE things SET name = 'B'");
  EXPECT_TRUE(tells(world_.run(Mode::Export)));
  EXPECT_EQ(world_.items.items["a"].text_at("name"), "B");
  EXPECT_EQ(row(), Lines{"B|99"});
  EXPECT_TRUE(tells(world_.run(Mode::Export)));
  world_.items.items["a"]["total"] = Json(std::int64_t{2});
  EXPECT_TRUE(tells(world_.run(Mode::Import)));
  EXPECT_EQ(row(), Lines{"B|2"});
  EXPECT_EQ(journaled(), R"({"total":{"before":99,"after":2}})");
  EXPECT_FALSE(tells(world_.run(Mode::Import)));
}

TEST_P(RemoteOwned, NewsOfTheRemoteAreNoEdit) {
  world_.sql("UPDATE things SET total = 1");
  world_.items.items["a"]["total"] = Json(std::int64_t{2});
  EXPECT_FALSE(tells(world_.run(Mode::Export)));
  world_.sql("UPDATE things SET name = 'B'");
  EXPECT_FALSE(tells(world_.run(Mode::Export)));
  EXPECT_FALSE(tells(world_.run(Mode::Import)));
  EXPECT_EQ(row(), Lines{"B|2"});
}

INSTANTIATE_TEST_SUITE_P(Policies, RemoteOwned, ::testing::Values(LocalEdits::Keep, LocalEdits::Replace));

}  // namespace
}  // namespace lockstep::test
