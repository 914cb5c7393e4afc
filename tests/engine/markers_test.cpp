// An API that drops the marker of what it creates: what a lost answer left behind is a person's to tell.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

void lose_answers(TwoWayWorld& world) {
  world.items.on_create = [] { throw Error(ErrorKind::Unreachable, "no answer").with_effect(Effect::Maybe); };
}

std::size_t items_named(const TwoWayWorld& world, const std::string& name) {
  return static_cast<std::size_t>(
      std::ranges::count_if(world.items.items, [&](const auto& item) { return item.second.text_at("name") == name; }));
}

std::size_t rows_named(TwoWayWorld& world, const std::string& name) {
  return static_cast<std::size_t>(std::ranges::count(world.rows("things", {"name"}), name));
}

bool told(const SyncReport& report, const std::string& code) {
  return std::ranges::any_of(report.problems, [&](const Problem& problem) { return problem.code == code; });
}

/// The answer to a create is lost; time passes; later runs find an item that may be what it made.
void expect_no_repetition(TwoWayWorld& world) {
  lose_answers(world);
  world.edit("", "name", Value::text("second"));
  world.run(Mode::Export);
  world.items.on_create = {};
  for (const Mode mode : {Mode::Full, Mode::Import, Mode::Export, Mode::Full}) {
    const SyncReport report = world.run(mode);
    EXPECT_EQ(report.exit_code(), 2);
    EXPECT_GT(report.awaiting, 0U);
  }
  EXPECT_EQ(items_named(world, "second"), 1U);
  EXPECT_EQ(rows_named(world, "second"), 1U);
}

TEST(DroppedMarkers, AreKnownByTheAnswerToACreate) {
  TwoWayWorld world;
  world.items.drops_markers = true;
  world.put("a", R"("name":"lamp")");
  ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
  world.edit("", "name", Value::text("first"));
  EXPECT_TRUE(told(world.run(Mode::Full), "marker_dropped"));
  EXPECT_EQ(world.rows("lockstep_sync", {"drops_markers"}).front(), "true");
  EXPECT_FALSE(told(world.run(Mode::Full), "marker_dropped")) << "it is known";
  expect_no_repetition(world);
}

TEST(DroppedMarkers, AreKnownByALaterList) {
  TwoWayWorld world;
  world.put("a", R"("name":"lamp")");
  ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
  world.edit("", "name", Value::text("first"));
  EXPECT_FALSE(told(world.run(Mode::Full), "marker_dropped"));
  world.items.drops_markers = true;
  world.items.items["new-1"].erase("metadata");
  EXPECT_TRUE(told(world.run(Mode::Import), "marker_dropped"));
  expect_no_repetition(world);
}

/// Whether this API keeps markers is not known: no create of ours has been seen yet.
void lose_the_first_create(TwoWayWorld& world) {
  world.put("a", R"("name":"lamp")");
  ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
  world.edit("", "name", Value::text("second"));
  lose_answers(world);
  EXPECT_EQ(world.run(Mode::Export).exit_code(), 2);
  world.items.on_create = {};
}

TEST(DroppedMarkers, AreReckonedWithUntilOneWasSeen) {
  TwoWayWorld world;
  world.items.drops_markers = true;
  lose_the_first_create(world);
  for (const Mode mode : {Mode::Import, Mode::Full, Mode::Export, Mode::Full}) {
    const SyncReport report = world.run(mode);
    EXPECT_EQ(report.exit_code(), 2);
    EXPECT_GT(report.awaiting, 0U);
    EXPECT_TRUE(told(report, "create_unresolved"));
    world.later();
  }
  EXPECT_EQ(items_named(world, "second"), 1U);
  EXPECT_EQ(rows_named(world, "second"), 1U);
  // A person says which item it made.
  const SyncReport resolved = world.run(Mode::Full, [](RunOptions& options) {
    options.ids = {"new-1"};
    options.open_create = OpenCreate{"2", false};
  });
  EXPECT_EQ(resolved.exit_code(), 0);
  EXPECT_EQ(world.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(items_named(world, "second"), 1U);
  EXPECT_EQ(world.rows("things", {"name", "remote_id"}), (std::vector<std::string>{"lamp|a", "second|new-1"}));
}

TEST(DroppedMarkers, OnesThatAreKeptNeedNoPerson) {
  TwoWayWorld world;
  lose_the_first_create(world);
  EXPECT_EQ(world.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(world.rows("things", {"name", "remote_id"}), (std::vector<std::string>{"lamp|a", "second|new-1"}));
  // Now it is known that an item without a marker is nobody's create.
  world.edit("", "name", Value::text("third"));
  world.items.on_create = [&] { throw Error(ErrorKind::Unreachable, "no answer").with_effect(Effect::Maybe); };
  world.run(Mode::Export);
  world.items.on_create = {};
  world.items.items.erase("new-2");
  world.put("z", R"("name":"third")");
  world.later();
  EXPECT_EQ(world.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(items_named(world, "third"), 2U) << "one of a stranger, and ours";
}

TEST(DroppedMarkers, ACreateThatLeftNothingLikeItIsRepeated) {
  TwoWayWorld world;
  lose_the_first_create(world);
  world.items.items.erase("new-1");
  world.put("z", R"("name":"a stranger")");
  world.later();
  EXPECT_EQ(world.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(items_named(world, "second"), 1U);
  EXPECT_EQ(rows_named(world, "a stranger"), 1U);
}

TEST(DroppedMarkers, StrangersThatLookOtherwiseAreImported) {
  TwoWayWorld world;
  world.items.drops_markers = true;
  world.put("a", R"("name":"lamp")");
  ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
  world.edit("", "name", Value::text("first"));
  ASSERT_EQ(world.run(Mode::Full).exit_code(), 0);
  expect_no_repetition(world);
  world.put("z", R"("name":"a stranger")");
  world.run(Mode::Full);
  EXPECT_EQ(rows_named(world, "a stranger"), 1U);
}

}  // namespace
}  // namespace lockstep::test
