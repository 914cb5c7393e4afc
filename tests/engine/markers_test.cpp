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
    options.task = OpenCreate{"2", false};
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

TEST(DroppedMarkers, ACreateThatLeftNothingIsRepeated) {
  TwoWayWorld world;
  lose_the_first_create(world);
  world.items.items.erase("new-1");
  world.later();
  EXPECT_EQ(world.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(items_named(world, "second"), 1U);
}

/// The API may have stored something else than it was sent.
TEST(DroppedMarkers, WhereAnyItemIsNobodysTheCreateAwaitsAPerson) {
  TwoWayWorld world;
  world.items.drops_markers = true;
  lose_the_first_create(world);
  world.items.items["new-1"]["name"] = Json("SECOND of ours");
  for (const Mode mode : {Mode::Export, Mode::Full, Mode::Export, Mode::Import, Mode::Full}) {
    world.later();
    const SyncReport report = world.run(mode);
    EXPECT_EQ(report.exit_code(), 2);
    EXPECT_TRUE(told(report, "create_unresolved"));
  }
  EXPECT_EQ(world.items.creates, 1) << "also once an import has given the item a row";
  EXPECT_EQ(rows_named(world, "SECOND of ours"), 1U);
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

/// The list names ids and names alone; markers are kept.
struct Summaries {
  explicit Summaries(bool gets = true) {
    world.items.summaries = true;
    world.items.resource().can_get = gets;
    world.put("a", R"("name":"lamp")");
    EXPECT_EQ(world.run(Mode::Import).exit_code(), 0);
    world.edit("", "name", Value::text("first"));
    EXPECT_EQ(world.run(Mode::Full).exit_code(), 0);
    EXPECT_EQ(world.rows("lockstep_sync", {"keeps_markers"}).front(), "true");
    world.edit("", "name", Value::text("second"));
    lose_answers(world);
    world.run(Mode::Export);
    world.items.on_create = {};
  }
  /// Somebody gave the item another name since.
  void rename() { world.items.items["new-2"]["name"] = Json("renamed"); }

  TwoWayWorld world;
};

TEST(SummarisedLists, AnItemWhoseMarkerTheyDoNotShowIsLookedAt) {
  for (const Mode mode : {Mode::Import, Mode::Export, Mode::Full}) {
    Summaries lists;
    lists.rename();
    lists.world.later();
    EXPECT_EQ(lists.world.run(mode).exit_code(), 0);
    EXPECT_EQ(lists.world.items.creates, 2);
    EXPECT_EQ(lists.world.rows("things", {"remote_id"}), (std::vector<std::string>{"a", "new-1", "new-2"}));
    EXPECT_EQ(lists.world.run(Mode::Full).exit_code(), 0);
    EXPECT_EQ(lists.world.rows("things", {"name"}), (std::vector<std::string>{"lamp", "first", "renamed"}));
  }
}

TEST(SummarisedLists, AnItemWithoutAMarkerIsAStranger) {
  Summaries lists;
  lists.world.items.items.erase("new-2");
  lists.world.put("z", R"("name":"second")");
  lists.world.later();
  EXPECT_EQ(lists.world.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(lists.world.items.creates, 3);
  EXPECT_EQ(rows_named(lists.world, "second"), 2U);
}

TEST(SummarisedLists, WhatCannotBeLookedAtIsAPersons) {
  Summaries lists(false);
  lists.rename();
  for (const Mode mode : {Mode::Import, Mode::Full, Mode::Export}) {
    lists.world.later();
    const SyncReport report = lists.world.run(mode);
    EXPECT_EQ(report.exit_code(), 2);
    EXPECT_GT(report.awaiting, 0U);
    EXPECT_EQ(rows_named(lists.world, "renamed"), 0U);
  }
  EXPECT_EQ(lists.world.items.creates, 2);
  EXPECT_EQ(lists.world.rows("lockstep_sync", {"keeps_markers"}).front(), "false") << "conflicts lists the create";
}

TEST(SummarisedLists, NoMoreItemsAreLookedAtThanARunCanAskFor) {
  Summaries lists;
  lists.rename();
  for (int i = 0; i < 300; ++i) lists.world.put("b" + std::to_string(i), R"("name":"bulk")");
  lists.world.later();
  const int before = lists.world.items.gets;
  const SyncReport report = lists.world.run(Mode::Export);
  EXPECT_EQ(report.exit_code(), 2);
  EXPECT_EQ(lists.world.items.creates, 2);
  EXPECT_LT(lists.world.items.gets - before, 300);
}

/// A run whose own answers say that markers are kept leaves alone what was a person's to tell when it was decided, and so does the next.
TEST(KeptMarkers, TheSameCommandASecondTimeSendsNothingNew) {
  for (const bool stranger : {true, false}) {
    TwoWayWorld world;
    world.put("a", R"("name":"lamp")");
    world.put("b", R"("name":"desk")");
    ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
    world.edit("", "name", Value::text("second"));
    world.items.on_create = [&] {
      world.items.items.erase("new-1");
      throw Error(ErrorKind::Unreachable, "no answer").with_effect(Effect::Maybe);
    };
    world.run(Mode::Export);
    world.items.on_create = {};
    world.put("z", R"("name":"nobody's")");
    if (!stranger) world.run(Mode::Import);
    world.later();
    world.items.items.erase("b");  // and is made anew
    const SyncReport first = world.run(Mode::Export);
    EXPECT_EQ(first.recreated_remote, 1U);
    EXPECT_EQ(first.awaiting, 1U);
    const SyncReport second = world.run(Mode::Export);
    EXPECT_EQ(second.created_remote, 0U);
    EXPECT_EQ(second.awaiting, 1U);
  }
}

TEST(KeptMarkers, AreLearnedWhereNobodyWasAsked) {
  TwoWayWorld world;
  world.put("a", R"("name":"lamp")");
  world.run(Mode::Import);
  world.edit("", "name", Value::text("first"));
  world.run(Mode::Export);
  EXPECT_EQ(world.rows("lockstep_sync", {"keeps_markers"}).front(), "true");
}

}  // namespace
}  // namespace lockstep::test
