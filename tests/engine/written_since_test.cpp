// A rollback of a run over whose values something was written since, be it the same value again: by the order of the journal, not by what
// stands there, a value is that run's.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

class WrittenSince : public testing::Test {
 protected:
  explicit WrittenSince(const std::string& fields = "  name: text\n  slot: integer\n", const std::string& item = R"("name":"A","slot":1)") {
    world_.fields = fields;
    world_.put("a", item);
    world_.run(Mode::Import);
  }
  /// The item says so, and an import takes it.
  SyncReport import(const std::string& name) {
    world_.items.items["a"]["name"] = Json(name);
    return world_.run(Mode::Import);
  }
  /// The row says so, and an export sends it.
  SyncReport send(const std::string& name) {
    world_.edit("a", "name", Value::text(name));
    return world_.run(Mode::Export);
  }
  SyncReport roll_back(const SyncReport& report) {
    return world_.run(Mode::Full, [&](RunOptions& options) { options.task = UndoneRun{report.run}; });
  }
  /// Skipped, told, and nothing written.
  void expect_left(const SyncReport& report, Side side) {
    ASSERT_EQ(report.skipped.size(), 1U);
    EXPECT_EQ(report.skipped[0].field, "name");
    EXPECT_EQ(report.skipped[0].side, side);
    EXPECT_EQ(report.skipped[0].code, "edited_since");
    EXPECT_EQ(report.exit_code(), 2);
    EXPECT_EQ(report.updated_local + report.updated_remote, 0U);
  }
  std::string here() { return world_.rows("things", {"name"}).at(0); }
  std::string there() { return world_.items.items["a"].text_at("name"); }

  TwoWayWorld world_;
};

TEST_F(WrittenSince, TheSameValueOfALaterImportStays) {
  world_.local_edits = LocalEdits::Replace;
  const SyncReport first = import("B");
  roll_back(first);
  ASSERT_EQ(here(), "A");
  world_.run(Mode::Import);
  ASSERT_EQ(here(), "B");
  expect_left(roll_back(first), Side::Local);
  EXPECT_EQ(here(), "B");
}

TEST_F(WrittenSince, TheSameValueOfALaterExportStays) {
  const SyncReport first = send("B");
  roll_back(first);
  ASSERT_EQ(there(), "A");
  world_.run(Mode::Export);
  ASSERT_EQ(there(), "B");
  expect_left(roll_back(first), Side::Remote);
  EXPECT_EQ(there(), "B");
}

TEST_F(WrittenSince, TheSameValueAfterAnotherStays) {
  const SyncReport imported = import("B");
  import("C");
  import("B");
  expect_left(roll_back(imported), Side::Local);
  const SyncReport sent = send("D");
  send("E");
  send("D");
  expect_left(roll_back(sent), Side::Remote);
  EXPECT_EQ(here() + there(), "DD");
}

TEST_F(WrittenSince, WhatAPersonTypedAgainAfterTheRollbackStays) {
  const SyncReport first = import("B");
  roll_back(first);
  world_.edit("a", "name", Value::text("B"));
  expect_left(roll_back(first), Side::Local);
  EXPECT_EQ(here(), "B");
}

TEST_F(WrittenSince, WhatTheOtherSideHeldMeanwhileTellsOfAnEdit) {
  const SyncReport sent = send("B");
  import("C");
  import("B");
  expect_left(roll_back(sent), Side::Remote);
  const SyncReport imported = import("D");
  send("E");
  send("D");
  expect_left(roll_back(imported), Side::Local);
  EXPECT_EQ(here() + there(), "DD");
}

TEST_F(WrittenSince, RunsAreTakenBackOneAfterTheOther) {
  const SyncReport first = import("B");
  const SyncReport second = import("C");
  roll_back(second);
  ASSERT_EQ(here(), "B");
  EXPECT_EQ(roll_back(first).exit_code(), 0);
  EXPECT_EQ(here(), "A");
}

TEST_F(WrittenSince, ARollbackThatWasTakenBackCanBeRepeated) {
  const SyncReport first = send("B");
  const SyncReport back = roll_back(first);
  EXPECT_EQ(roll_back(back).exit_code(), 0);
  ASSERT_EQ(there(), "B");
  EXPECT_EQ(roll_back(first).exit_code(), 0);
  EXPECT_EQ(there(), "A");
}

TEST_F(WrittenSince, OtherColumnsOfLaterRunsAreNoObstacle) {
  const SyncReport first = import("B");
  world_.items.items["a"]["slot"] = Json(std::int64_t{7});
  world_.run(Mode::Import);
  EXPECT_EQ(roll_back(first).exit_code(), 0);
  EXPECT_EQ(world_.rows("things", {"name", "slot"}), Lines{"A|7"});
}

TEST_F(WrittenSince, ALaterSendingWhoseAnswerWasLostCounts) {
  const SyncReport first = send("B");
  roll_back(first);
  world_.items.on_update = [](const std::string&) { throw Error(ErrorKind::Unreachable, "no answer"); };
  world_.run(Mode::Export);
  world_.items.on_update = {};
  world_.items.items["a"]["name"] = Json("B");
  roll_back(first);
  EXPECT_EQ(there(), "B");
}

class ObjectWrittenSince : public WrittenSince {
 protected:
  ObjectWrittenSince()
      : WrittenSince("  name: text\n  voice: json\n  voice_id: {from: voice.id, type: text}\n",
                     R"("name":"A","voice":{"id":"v1","speed":1})") {}
  SyncReport send_voice(const std::string& voice) {
    world_.sql("UPDATE things SET voice = '" + voice + "'");
    return world_.run(Mode::Export);
  }
  std::string voice() { return json::to_text(world_.items.items["a"]["voice"]); }
};

TEST_F(ObjectWrittenSince, ALeafThatWentAwayAndCameBackWithItsObjectStays) {
  world_.edit("a", "voice_id", Value::text("v2"));
  const SyncReport first = world_.run(Mode::Export);
  send_voice(R"({"id":"v3","speed":1})");
  send_voice(R"({"id":"v2","speed":1})");
  EXPECT_EQ(roll_back(first).updated_remote, 0U);
  EXPECT_EQ(voice(), R"({"id":"v2","speed":1})");
}

TEST_F(ObjectWrittenSince, AnObjectThatChangedElsewhereIsNoObstacleToItsLeaf) {
  world_.edit("a", "voice_id", Value::text("v2"));
  const SyncReport first = world_.run(Mode::Export);
  send_voice(R"({"id":"v2","speed":9})");
  roll_back(first);
  EXPECT_EQ(voice(), R"({"id":"v1","speed":9})");
}

}  // namespace
}  // namespace lockstep::test
