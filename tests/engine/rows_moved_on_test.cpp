// Rows that the application gave another key, or made again under one, while something of theirs was open: a create, an edit.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

std::size_t items_named(const TwoWayWorld& world, const std::string& name) {
  return static_cast<std::size_t>(
      std::ranges::count_if(world.items.items, [&](const auto& item) { return item.second.text_at("name") == name; }));
}

/// Row 2 was being created, and the answer was lost. Markers are kept.
struct MarkedCreate : ::testing::TestWithParam<Mode> {
  MarkedCreate() {
    world.put("a", R"("name":"lamp")");
    EXPECT_EQ(world.run(Mode::Import).exit_code(), 0);
    world.edit("", "name", Value::text("first"));
    EXPECT_EQ(world.run(Mode::Export).exit_code(), 0);  // a marker is seen to be kept
    world.edit("", "name", Value::text("desk"));
    world.items.on_create = [] { throw Error(ErrorKind::Unreachable, "no answer").with_effect(Effect::Maybe); };
    EXPECT_EQ(world.run(Mode::Export).exit_code(), 2);
    world.items.on_create = {};
  }
  void expect_one_of_each() {
    for (const Mode mode : {GetParam(), Mode::Full, Mode::Import, Mode::Export}) world.run(mode);
    EXPECT_EQ(items_named(world, "desk"), 1U);
    EXPECT_EQ(std::ranges::count(world.rows("things", {"name"}), "desk"), 1);
  }

  TwoWayWorld world{"label: name\n"};
};

TEST_P(MarkedCreate, GoesWithARowThatGotAnotherKey) {
  world.set_key("3", "77");
  expect_one_of_each();
}

TEST_P(MarkedCreate, GoesWithARowThatWasMadeAgain) {
  world.sql("DELETE FROM things WHERE name = 'desk'");
  world.sql("INSERT INTO things (id, name) VALUES (91, 'desk')");
  expect_one_of_each();
}

TEST_P(MarkedCreate, GoesWithARowThatWasEditedBesides) {
  world.sql("UPDATE things SET id = 77, slot = 5 WHERE name = 'desk'");
  expect_one_of_each();
  EXPECT_EQ(world.items.items["new-2"].find("slot") != nullptr, true);
}

TEST_P(MarkedCreate, IsAskedAboutWhenItsQuestionWasClosedBefore) {
  world.sql("DELETE FROM things WHERE name = 'desk'");
  world.later();
  world.items.unlisted = "new-2";
  world.run(Mode::Import);  // nobody asks for the create any more
  world.items.unlisted.clear();
  world.sql("INSERT INTO things (id, name) VALUES (91, 'desk')");
  expect_one_of_each();
}

TEST_P(MarkedCreate, ARowThatHoldsSomethingElseIsAnother) {
  world.sql("UPDATE things SET id = 77, name = 'chair' WHERE name = 'desk'");
  world.run(Mode::Full);
  EXPECT_EQ(items_named(world, "chair"), 1U);
}

INSTANTIATE_TEST_SUITE_P(Modes, MarkedCreate, ::testing::Values(Mode::Import, Mode::Export, Mode::Full));

/// Four linked rows, and an edit of one that no run has seen.
struct PendingEdit : ::testing::TestWithParam<Mode> {
  PendingEdit() {
    for (const char* id : {"a", "b", "c", "d"})
      world.put(id, R"("name":"thing )" + std::string(id) + R"(","note":"of )" + id + R"(","more":"on )" + id + R"(","slot":)" +
                        std::to_string(id[0]));
    EXPECT_EQ(world.run(Mode::Import).exit_code(), 0);
    world.edit("b", "name", Value::text("mine"));
  }
  void expect_it_stands() {
    const SyncReport report = world.run(GetParam());
    EXPECT_EQ(report.exit_code(), 0);
    EXPECT_EQ(report.conflicting.size(), 0U);
    EXPECT_EQ(world.rows("things", {"name"}, "remote_id")[1], "mine");
    EXPECT_EQ(world.items.items["b"].text_at("name"), GetParam() == Mode::Import ? "thing b" : "mine");
  }

  TwoWayWorld world{"  note: text\n  more: text\nlabel: name\n"};
};

TEST_P(PendingEdit, StandsWhereKeysAreRenumberedOverOneAnother) {
  world.sql("UPDATE things SET id = -id");
  world.sql("UPDATE things SET id = id + 5");
  expect_it_stands();
}

TEST_P(PendingEdit, StandsWhereItsColumnIsMadeAnewFromItself) {
  world.sql("ALTER TABLE things ADD COLUMN name2 TEXT");
  world.sql("UPDATE things SET name2 = name");
  world.sql("ALTER TABLE things DROP COLUMN name");
  world.sql("ALTER TABLE things RENAME COLUMN name2 TO name");
  expect_it_stands();
}

TEST_P(PendingEdit, StandsWhereTheTableIsBuiltAnewInAnotherOrder) {
  world.sql("CREATE TABLE other (id INTEGER PRIMARY KEY, remote_id TEXT UNIQUE, slot INTEGER, seen TEXT, more TEXT, note TEXT, name TEXT)");
  world.sql("INSERT INTO other SELECT id, remote_id, slot, seen, more, note, name FROM things");
  world.sql("DROP TABLE things");
  world.sql("ALTER TABLE other RENAME TO things");
  expect_it_stands();
}

/// A row that was deleted, made again by an import and then brought back from a backup, in the place of the one that the import had made.
TEST(RowBroughtBack, HoldsNoEditsOverWhatTheRemoteHasBecome) {
  for (const Mode mode : {Mode::Export, Mode::Full}) {
    SCOPED_TRACE(to_string(mode));
    TwoWayWorld world{"  note: text\n  more: text\nlabel: name\n"};
    for (const char* id : {"a", "b", "c", "d"})
      world.put(id, R"("name":"thing )" + std::string(id) + R"(","note":"of )" + id + R"(","more":"on )" + id + R"(","slot":)" +
                        std::to_string(id[0]));
    ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
    world.sql("CREATE TABLE backup AS SELECT * FROM things WHERE remote_id = 'a'");
    world.sql("DELETE FROM things WHERE remote_id = 'a'");
    world.items.items["a"]["note"] = Json("edited there");
    ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
    ASSERT_EQ(world.rows("things", {"note"}, "remote_id")[0], "edited there");
    world.sql("DELETE FROM things WHERE remote_id = 'a'");
    world.sql("INSERT INTO things SELECT * FROM backup");
    const SyncReport report = world.run(mode);
    EXPECT_EQ(world.items.items["a"].text_at("note"), "edited there");
    EXPECT_EQ(report.updated_remote, 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, PendingEdit, ::testing::Values(Mode::Import, Mode::Export, Mode::Full));

}  // namespace
}  // namespace lockstep::test
