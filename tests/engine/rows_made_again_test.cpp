// Rows that the application made again under their key and id, and columns under their name: what they do not hold is no edit.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

struct RowsMadeAgain : ::testing::TestWithParam<Mode> {
  RowsMadeAgain() {
    for (const char* id : {"a", "b", "c"})
      world.put(id, R"("name":"thing )" + std::string(id) + R"(","seen":"once","note":"n)" + std::string(id) + R"(","slot":7)");
    EXPECT_EQ(world.run(Mode::Import).exit_code(), 0);
  }
  std::vector<std::string> things() { return world.rows("things", {"remote_id", "name", "note", "slot"}, "remote_id"); }

  TwoWayWorld world{"  note: text\n"};
};

TEST_P(RowsMadeAgain, SendNothingAndAreFilled) {
  world.sql("DELETE FROM things WHERE remote_id = 'a'");
  world.sql("INSERT INTO things (id, remote_id) VALUES (1, 'a')");
  const SyncReport report = world.run(GetParam());
  EXPECT_EQ(report.exit_code(), 0);
  EXPECT_EQ(world.items.updates, 0);
  EXPECT_EQ(world.items.items["a"].text_at("name"), "thing a");
  EXPECT_EQ(things()[0], GetParam() == Mode::Export ? "a|-|-|-" : "a|thing a|na|7");
}

TEST_P(RowsMadeAgain, AValueTheyHoldIsSomebodysAllTheSame) {
  world.sql("UPDATE things SET name = NULL WHERE remote_id = 'a'");
  EXPECT_EQ(world.run(GetParam()).exit_code(), 0);
  EXPECT_EQ(world.items.updates, GetParam() == Mode::Import ? 0 : 1) << "a cell that was emptied on purpose";
}

/// Nothing is mapped but a label, and all rows bear the same.
TEST(AlikeRows, ThatLoseTheirIdsAreStillTheSame) {
  TwoWayWorld world{"label: name\n"};
  for (const char* id : {"a", "b", "c", "d"}) world.put(id, R"("name":"one of many")");
  world.run(Mode::Import);
  world.sql("UPDATE things SET remote_id = NULL WHERE remote_id = 'a'");
  EXPECT_EQ(world.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(world.rows("things", {"remote_id"}), (std::vector<std::string>{"a", "b", "c", "d"}));
  world.sql("UPDATE things SET id = 71, remote_id = NULL WHERE remote_id = 'a'");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(world.run(Mode::Full).exit_code(), 2);
  EXPECT_EQ(world.items.creates, 0);
  EXPECT_EQ(world.rows("things", {"name"}).size(), 4U);
}

/// A column is dropped and added again, in tables of so many rows.
struct ColumnsMadeAgain : ::testing::TestWithParam<std::tuple<int, const char*>> {
  ColumnsMadeAgain() {
    for (int i = 0; i < std::get<0>(GetParam()); ++i)
      world.put(std::string(1, static_cast<char>('a' + i)), R"("name":"n","note":"t","slot":7)");
    EXPECT_EQ(world.run(Mode::Import).exit_code(), 0);
    const std::string column = std::get<1>(GetParam());
    world.sql("ALTER TABLE things DROP COLUMN " + column);
    world.sql("ALTER TABLE things ADD COLUMN " + column + (column == "slot" ? " INTEGER" : " TEXT"));
  }
  void expect_filled_by_full() {
    EXPECT_EQ(world.run(Mode::Full).exit_code(), 0);
    EXPECT_EQ(world.items.updates, 0);
    EXPECT_EQ(world.rows("things", {"name", "note", "slot"})[0], "n|t|7");
  }

  TwoWayWorld world{"  note: text\n"};
};

TEST_P(ColumnsMadeAgain, SendNothing) { expect_filled_by_full(); }

TEST_P(ColumnsMadeAgain, NorInARunAboutOneItem) {
  EXPECT_EQ(world.run(Mode::Export, [](RunOptions& options) { options.ids = {"a"}; }).exit_code(), 0);
  expect_filled_by_full();
}

TEST_P(ColumnsMadeAgain, NorInARunAboutOneRow) {
  EXPECT_EQ(world.run(Mode::Export, [](RunOptions& options) { options.rows = {"1"}; }).exit_code(), 0);
  expect_filled_by_full();
}

INSTANTIATE_TEST_SUITE_P(Tables, ColumnsMadeAgain,
                         ::testing::Combine(::testing::Values(1, 2, 4), ::testing::Values("name", "slot", "note")));
INSTANTIATE_TEST_SUITE_P(Modes, RowsMadeAgain, ::testing::Values(Mode::Import, Mode::Export, Mode::Full));

}  // namespace
}  // namespace lockstep::test
