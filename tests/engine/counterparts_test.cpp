// Items that nobody owns and that may be a row's: neither side gets a second one until a person says what they are.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

std::size_t items_named(const TwoWayWorld& world, const std::string& name) {
  return static_cast<std::size_t>(
      std::ranges::count_if(world.items.items, [&](const auto& item) { return item.second.text_at("name") == name; }));
}

std::size_t rows_named(TwoWayWorld& world, const std::string& name) {
  return static_cast<std::size_t>(std::ranges::count(world.rows("things", {"name"}), name));
}

bool says(const SyncReport& report, const std::string& text) {
  return std::ranges::any_of(report.problems, [&](const Problem& problem) { return problem.message.find(text) != std::string::npos; });
}

constexpr Mode kModes[] = {Mode::Import, Mode::Export, Mode::Full, Mode::Export, Mode::Import};

/// As after a backup: the row has no id, no create is known, and the item that was made of it carries no marker.
struct Restored {
  Restored() {
    world.put("a", R"("name":"lamp")");
    EXPECT_EQ(world.run(Mode::Import).exit_code(), 0);
    world.edit("", "name", Value::text("desk"));
    world.put("z", R"("name":"desk","slot":3)");
  }
  TwoWayWorld world{"label: name\n"};
};

TEST(Counterparts, ARowThatAnItemHoldsAllOfIsAskedAbout) {
  Restored restored;
  for (const Mode mode : kModes) {
    const SyncReport report = restored.world.run(mode);
    EXPECT_EQ(report.exit_code(), 2);
    EXPECT_TRUE(says(report, "lockstep adopt z --row 2"));
  }
  EXPECT_EQ(items_named(restored.world, "desk"), 1U);
  EXPECT_EQ(rows_named(restored.world, "desk"), 1U);
}

TEST(Counterparts, OneThatHoldsSomethingElseIsAnother) {
  Restored restored;
  restored.world.put("z", R"("name":"desk lamp","slot":3)");
  EXPECT_EQ(restored.world.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(items_named(restored.world, "desk"), 1U);
  EXPECT_EQ(rows_named(restored.world, "desk lamp"), 1U);
}

TEST(Counterparts, WhereMarkersAreKeptThereIsNoQuestion) {
  Restored restored;
  restored.world.items.items.erase("z");
  restored.world.edit("", "name", Value::text("first"));
  ASSERT_EQ(restored.world.run(Mode::Full).exit_code(), 0);
  restored.world.put("z", R"("name":"chair")");
  restored.world.edit("", "name", Value::text("chair"));
  EXPECT_EQ(restored.world.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(items_named(restored.world, "chair"), 2U);
  EXPECT_EQ(rows_named(restored.world, "chair"), 2U);
}

/// The item of a linked row is gone, and somebody made it anew under another id.
struct MadeAnew {
  MadeAnew() {
    for (const char* id : {"a", "b", "c", "d"})
      world.put(id, R"("name":"thing )" + std::string(id) + R"(","slot":)" + std::to_string(id[0]));
    EXPECT_EQ(world.run(Mode::Import).exit_code(), 0);
    world.items.items.erase("a");
    world.put("n", R"("name":"thing a","slot":97)");
  }
  TwoWayWorld world{"label: name\n"};
};

TEST(MadeAnew, AnItemInThePlaceOfOneThatIsGoneIsAskedAbout) {
  for (const Mode first : {Mode::Import, Mode::Export, Mode::Full}) {
    MadeAnew anew;
    for (const Mode mode : {first, Mode::Full, Mode::Export, Mode::Import}) {
      const SyncReport report = anew.world.run(mode);
      EXPECT_EQ(report.exit_code(), 2);
      EXPECT_TRUE(says(report, "lockstep adopt n --row 1"));
    }
    EXPECT_EQ(anew.world.items.creates, 0);
    EXPECT_EQ(rows_named(anew.world, "thing a"), 1U);
  }
}

TEST(MadeAnew, AnEditedRowToo) {
  MadeAnew anew;
  anew.world.edit("a", "slot", Value::integer(5));
  EXPECT_EQ(anew.world.run(Mode::Full).exit_code(), 2);
  EXPECT_EQ(anew.world.items.creates, 0);
}

TEST(MadeAnew, AnotherIsNoneAndTheOldOneIsMadeAnew) {
  MadeAnew anew;
  anew.world.put("n", R"("name":"thing e","slot":97)");
  EXPECT_EQ(anew.world.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(items_named(anew.world, "thing a"), 1U);
  EXPECT_EQ(anew.world.items.creates, 1);
  EXPECT_EQ(rows_named(anew.world, "thing e"), 1U);
}

TEST(MadeAnew, ALabelInAnotherFormIsTheSame) {
  for (const char* name : {"Thing A", " thing a ", "THING A"}) {
    MadeAnew anew;
    anew.world.put("n", R"("name":")" + std::string(name) + R"(","slot":97)");
    EXPECT_EQ(anew.world.run(Mode::Full).exit_code(), 2) << name;
    EXPECT_EQ(anew.world.items.creates, 0) << name;
  }
}

TEST(MadeAnew, OneThatIsThereAgainGetsNoSecondRow) {
  TwoWayWorld world("label: name\n");
  world.put("a", R"("name":"lamp")");
  ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
  world.items.items.erase("a");
  ASSERT_EQ(world.run(Mode::Full).exit_code(), 0);
  ASSERT_EQ(world.things(), std::vector<std::string>{"new-1|lamp|-"});
  world.put("a", R"("name":"lamp")");
  for (const Mode mode : kModes) {
    const SyncReport report = world.run(mode);
    EXPECT_EQ(report.exit_code(), 2);
    EXPECT_TRUE(says(report, "lockstep adopt a --row 1"));
  }
  EXPECT_EQ(rows_named(world, "lamp"), 1U);
  world.items.items.erase("a");
  EXPECT_EQ(world.run(Mode::Full).exit_code(), 0);
}

TEST(MadeAnew, WhileTheOldItemIsThereTheNewOneIsAnother) {
  MadeAnew anew;
  anew.world.put("a", R"("name":"thing a","slot":97)");
  EXPECT_EQ(anew.world.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(rows_named(anew.world, "thing a"), 2U);
}

TEST(MadeAnew, WhereLabelsTellNothingMostOfTheTextsTell) {
  TwoWayWorld world;
  for (const char* id : {"a", "b", "c", "d"}) world.put(id, R"("name":"thing )" + std::string(id) + R"(")");
  ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
  world.items.items.erase("a");
  world.put("n", R"("name":"thing a")");
  EXPECT_EQ(world.run(Mode::Full).exit_code(), 2);
  EXPECT_EQ(world.items.creates, 0);
  EXPECT_EQ(rows_named(world, "thing a"), 1U);
}

/// An item that nobody owns looks like a row of a neighbour, which has no id.
TEST(Counterparts, OfANeighboursRowGetsNoSecondRow) {
  TwoWayWorld world;
  world.sql("CREATE TABLE things (id INTEGER PRIMARY KEY, remote_id TEXT, name TEXT, slot INTEGER, seen TEXT, region TEXT)");
  world.sql("INSERT INTO things (name, region) VALUES ('Ada', 'eu')");
  world.put("a", R"("name":"Ada")");
  world.put("b", R"("name":"Bob")");
  world.configured = {"us", "eu"};
  const auto run = [&](const std::string& region, const std::string& other) {
    world.name = region;
    world.extra = "label: name\nwhere: {region: " + region + "}\n";
    world.neighbours = {{other, "", "thing", "things", "region: " + other, world.configured, {{"region", other}}}};
    return world.run(Mode::Full).exit_code();
  };
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(run("us", "eu"), 2);
    EXPECT_EQ(run("eu", "us"), 2);
  }
  EXPECT_EQ(world.items.creates, 0);
  EXPECT_EQ(world.rows("things", {"remote_id", "name", "region"}), (std::vector<std::string>{"-|Ada|eu", "b|Bob|us"}));
}

}  // namespace
}  // namespace lockstep::test
