// Guards: what would change too much at once stops before its first overwrite, in tables of any size.
#include "engine/passes/guards.h"

#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

void careful(RunOptions& options) { options.allow_mass_change = false; }

/// So many items that were imported: "1", "2", …
void import_items(TwoWayWorld& world, int count) {
  for (int i = 1; i <= count; ++i)
    world.put(std::to_string(i), R"("name":"n)" + std::to_string(i) + R"(","seen":"s)" + std::to_string(i) + R"(")");
  ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
}

void edit_rows(TwoWayWorld& world, int count, const std::string& text) {
  for (int i = 1; i <= count; ++i) world.edit(std::to_string(i), "name", Value::text(text + (text.empty() ? "" : std::to_string(i))));
}

void expect_stopped(TwoWayWorld& world, Mode mode, const std::string& why) {
  const int updates = world.items.updates;
  const auto rows = world.things();
  const SyncReport report = world.run(mode, careful);
  EXPECT_EQ(report.exit_code(), 1);
  EXPECT_NE(report.failure.value_or("").find(why), std::string::npos) << report.failure.value_or("no failure");
  EXPECT_NE(report.failure_hint.find("--allow-mass-change"), std::string::npos);
  EXPECT_EQ(world.items.updates, updates);
  EXPECT_EQ(world.things(), rows);
}

TEST(Guards, AMassIsMoreThanABoundOfTenOrMoreThanHalfOfThree) {
  EXPECT_FALSE(is_mass(3, 10, 30));
  EXPECT_TRUE(is_mass(4, 10, 30));
  EXPECT_FALSE(is_mass(4, 9, 30)) << "of fewer than ten, half is no mass";
  EXPECT_TRUE(is_mass(5, 9, 30));
  EXPECT_TRUE(is_mass(2, 3, 50));
  EXPECT_FALSE(is_mass(2, 2, 50));
  EXPECT_FALSE(is_mass(10, 10, 100)) << "no bound";
}

TEST(Guards, AnEmptyTextIsAsEmptyAsNull) {
  for (const Value& blank : {Value(), Value::null(), Value::text(""), Value::json("[]"), Value::json("{}")}) EXPECT_TRUE(is_blank(blank));
  for (const Value& value : {Value::integer(0), Value::boolean(false), Value::text("0"), Value::json("[0]")}) EXPECT_FALSE(is_blank(value));
}

TEST(Guards, BlanksAreAsEmptyAsNull) {
  TwoWayWorld world;
  import_items(world, 4);
  for (int i = 1; i <= 3; ++i) world.edit(std::to_string(i), "name", Value::text("   "));
  expect_stopped(world, Mode::Export, "this run would empty name in 3 of 4");
}

TEST(Guards, EmptyingHalfOfAFewItemsStops) {
  TwoWayWorld world;
  import_items(world, 5);
  edit_rows(world, 3, "");
  expect_stopped(world, Mode::Export, "this run would empty name in 3 of 5 things in Svc");
  EXPECT_EQ(world.run(Mode::Export).exit_code(), 0) << "where it is meant";
  EXPECT_EQ(world.items.items["1"].text_at("name"), "");
}

TEST(Guards, EmptyingHalfOfAFewRowsStops) {
  TwoWayWorld world;
  import_items(world, 5);
  for (const char* id : {"1", "2", "3"}) world.put(id, R"("name":"")");
  expect_stopped(world, Mode::Import, "this run would empty name in 3 of 5 rows");
}

TEST(Guards, RowsThatAreLinkedForTheFirstTimeCountToo) {
  TwoWayWorld world;
  import_items(world, 5);
  // As if no run had been there: the rows carry their ids alone.
  world.name = "another";
  world.configured = {"things", "another"};
  for (const char* id : {"1", "2", "3", "4"}) world.put(id, R"("name":"","seen":"s)" + std::string(id) + R"(")");
  expect_stopped(world, Mode::Import, "this run would empty name in 4 of 5 rows");
}

TEST(Guards, ChangingMoreThanHalfOfManyItemsStops) {
  TwoWayWorld world;
  import_items(world, 12);
  edit_rows(world, 6, "edited");
  EXPECT_EQ(world.run(Mode::Export, careful).exit_code(), 0) << "half is no more than half";
  edit_rows(world, 7, "again");
  expect_stopped(world, Mode::Export, "this run would change 7 of 12 things in Svc");
  expect_stopped(world, Mode::Full, "this run would change 7 of 12 things in Svc");
  world.mass_change.changed = 60;
  EXPECT_EQ(world.run(Mode::Full, careful).exit_code(), 0);
}

TEST(Guards, ASmallTableThatWasRestoredStops) {
  TwoWayWorld world;
  import_items(world, 4);
  edit_rows(world, 4, "today");
  EXPECT_EQ(world.run(Mode::Full, careful).exit_code(), 0) << "all of a few rows may be edited";
  edit_rows(world, 4, "n");
  expect_stopped(world, Mode::Full, "this run would bring back older values of 4 of 4 things in Svc");
  edit_rows(world, 1, "mine");
  expect_stopped(world, Mode::Full, "this run would bring back older values of 3 of 4 things in Svc");
  edit_rows(world, 2, "mine");
  EXPECT_EQ(world.run(Mode::Full, careful).exit_code(), 0) << "half of a few rows may be set back by hand";
}

TEST(Guards, TwoOfTwoAreARestoredTable) {
  TwoWayWorld world;
  import_items(world, 2);
  edit_rows(world, 2, "today");
  ASSERT_EQ(world.run(Mode::Full, careful).exit_code(), 0);
  edit_rows(world, 1, "n");
  EXPECT_EQ(world.run(Mode::Full, careful).exit_code(), 0) << "one row may be set back by hand";
  edit_rows(world, 1, "today");
  ASSERT_EQ(world.run(Mode::Full, careful).exit_code(), 0);
  edit_rows(world, 2, "n");
  expect_stopped(world, Mode::Full, "this run would bring back older values of 2 of 2 things in Svc");
}

TEST(Guards, AFifthThatIsMostOfWhatWasChangedSinceTheBackup) {
  for (const int count : {7, 12, 15}) {
    TwoWayWorld world;
    import_items(world, count);
    edit_rows(world, 3, "today");
    ASSERT_EQ(world.run(Mode::Full, careful).exit_code(), 0);
    edit_rows(world, 3, "n");
    expect_stopped(world, Mode::Export, "this run would bring back older values of 3 of " + std::to_string(count) + " things in Svc");
  }
}

TEST(Guards, AFewOfManyMayBePutRightByHand) {
  TwoWayWorld world;
  import_items(world, 30);
  edit_rows(world, 3, "tpyo");
  ASSERT_EQ(world.run(Mode::Full, careful).exit_code(), 0);
  edit_rows(world, 3, "n");
  EXPECT_EQ(world.run(Mode::Full, careful).exit_code(), 0);
}

TEST(Guards, WhereMoreWasChangedSinceThreeMayBeSetBackByHand) {
  TwoWayWorld world;
  import_items(world, 12);
  edit_rows(world, 6, "today");
  ASSERT_EQ(world.run(Mode::Full, careful).exit_code(), 0);
  edit_rows(world, 3, "n");
  EXPECT_EQ(world.run(Mode::Full, careful).exit_code(), 0);
}

TEST(Guards, NumbersOfAllItemsMayBeSetAtOnceUnlessTheyAreOlderOnes) {
  TwoWayWorld world;
  import_items(world, 12);
  for (const int slot : {1, 2}) {
    for (int i = 1; i <= 12; ++i) world.edit(std::to_string(i), "slot", Value::integer(slot));
    EXPECT_EQ(world.run(Mode::Export, careful).exit_code(), 0);
  }
  for (int i = 1; i <= 12; ++i) world.edit(std::to_string(i), "slot", Value::integer(1));
  expect_stopped(world, Mode::Export, "this run would bring back older values of 12 of 12 things in Svc");
}

/// Rows that were "today", six of which hold what they held before.
void bring_back_six_of_twelve(TwoWayWorld& world) {
  import_items(world, 12);
  edit_rows(world, 6, "today");
  ASSERT_EQ(world.run(Mode::Export, careful).exit_code(), 0);
  edit_rows(world, 6, "n");
}

TEST(Guards, APartOfATableThatWasRestoredStopsAtALowerBound) {
  TwoWayWorld world;
  bring_back_six_of_twelve(world);
  expect_stopped(world, Mode::Export, "this run would bring back older values of 6 of 12 things in Svc");
  // Somebody edits on: the six are as old as before.
  for (int i = 8; i <= 12; ++i) world.edit(std::to_string(i), "slot", Value::integer(9));
  expect_stopped(world, Mode::Full, "this run would bring back older values of 6 of 12 things in Svc");
  edit_rows(world, 3, "today");
  EXPECT_EQ(world.run(Mode::Full, careful).exit_code(), 0) << "three are less than 30 %";
}

TEST(Guards, WhereChangesHaveNoBoundOlderValuesHaveNone) {
  TwoWayWorld world;
  bring_back_six_of_twelve(world);
  world.mass_change.changed = 100;
  EXPECT_EQ(world.run(Mode::Export, careful).exit_code(), 0);
}

TEST(Guards, OlderValuesOfDifferentTimesAreEdits) {
  TwoWayWorld world;
  import_items(world, 12);
  edit_rows(world, 3, "second");
  ASSERT_EQ(world.run(Mode::Export, careful).exit_code(), 0);
  for (int i = 4; i <= 6; ++i) {
    for (const std::string text : {"second", "third"}) {
      world.edit(std::to_string(i), "name", Value::text(text + std::to_string(i)));
      ASSERT_EQ(world.run(Mode::Export, careful).exit_code(), 0);
    }
  }
  edit_rows(world, 3, "n");
  // What these three held only after the others had been changed.
  for (int i = 4; i <= 6; ++i) world.edit(std::to_string(i), "name", Value::text("second" + std::to_string(i)));
  EXPECT_EQ(world.run(Mode::Export, careful).exit_code(), 0);
}

TEST(Guards, ARowThatKeepsALaterValueIsNoRestoredOne) {
  TwoWayWorld world;
  import_items(world, 12);
  edit_rows(world, 6, "today");
  ASSERT_EQ(world.run(Mode::Export, careful).exit_code(), 0);
  for (int i = 1; i <= 6; ++i) world.edit(std::to_string(i), "slot", Value::integer(7));
  ASSERT_EQ(world.run(Mode::Export, careful).exit_code(), 0);
  edit_rows(world, 6, "n");
  EXPECT_EQ(world.run(Mode::Export, careful).exit_code(), 0) << "a backup would hold no slot";
}

TEST(Guards, WhatPilesUpWhileItIsSentStops) {
  TwoWayWorld world;
  for (int i = 1; i <= 12; ++i) world.put(std::to_string(i), R"("name":null)");
  ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
  for (int i = 1; i <= 5; ++i) {
    // The list is stale: the item that is fetched holds a name.
    const std::string id = std::to_string(i);
    world.items.listed[id] = json::to_text(world.items.items[id]);
    world.put(id, R"("name":"n")");
    world.edit(id, "name", Value::text(""));
  }
  const SyncReport report = world.run(Mode::Export, [](RunOptions& options) {
    careful(options);
    options.on_conflict = OnConflict::Local;
  });
  EXPECT_EQ(report.exit_code(), 2);
  EXPECT_NE(report.failure.value_or("").find("this run would empty name in 4 of 12"), std::string::npos) << report.failure.value_or("none");
  EXPECT_EQ(world.items.updates, 3);
}

}  // namespace
}  // namespace lockstep::test
