// A rollback of what was sent: the item has its own again, and the row keeps the edits that were sent.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

class UndoneExport : public testing::Test {
 protected:
  void begin(const std::string& fields, const std::string& item) {
    world_.fields = fields;
    world_.put("a", item);
    world_.run(Mode::Import);
  }
  void send(Mode mode = Mode::Export) { sent_ = world_.run(mode).run; }
  /// Told as it is done, also beforehand.
  SyncReport roll_back() {
    const auto undo = [&](bool dry) {
      return world_.run(Mode::Full, [&](RunOptions& options) {
        options.task = UndoneRun{sent_};
        options.dry_run = dry;
        options.want_fields = true;
      });
    };
    const SyncReport foreseen = undo(true);
    const std::vector<std::string> before = row();
    SyncReport done = undo(false);
    EXPECT_EQ(foreseen.changes.size(), done.changes.size());
    EXPECT_EQ(foreseen.skipped.size(), done.skipped.size());
    const bool tells_row =
        std::any_of(done.changes.begin(), done.changes.end(), [](const RecordChange& change) { return change.side == Side::Local; });
    EXPECT_EQ(row() != before, tells_row);
    return done;
  }
  std::vector<std::string> row() { return world_.rows("things", columns_); }
  std::string item(const std::string& member) { return json::to_text(world_.items.items["a"][member]); }

  TwoWayWorld world_;
  std::vector<std::string> columns_;
  std::string sent_;
};

class UndoneObject : public UndoneExport {
 protected:
  UndoneObject() {
    columns_ = {"name", "voice", "voice_id"};
    begin("  name: text\n  voice: json\n  voice_id: {from: voice.id, type: text}\n", R"("name":"A","voice":{"id":"v1","speed":1})");
  }
};

TEST_F(UndoneObject, TheRowKeepsItsEditsOfAnObjectAndItsLeaf) {
  for (const Mode mode : {Mode::Export, Mode::Full}) {
    world_.sql(R"(UPDATE things SET name = 'B', voice = '{"id":"v2","speed":2}', voice_id = 'v2')");
    send(mode);
    const SyncReport done = roll_back();
    EXPECT_EQ(done.changes.size(), 1U);
    EXPECT_EQ(done.skipped.size(), 0U);
    EXPECT_EQ(item("voice"), R"({"id":"v1","speed":1})");
    EXPECT_EQ(item("name"), R"("A")");
    EXPECT_EQ(row(), (std::vector<std::string>{R"(B|{"id":"v2","speed":2}|v2)"}));
    const SyncReport next = world_.run(Mode::Full);
    EXPECT_EQ(next.conflicts, 0U);
    EXPECT_EQ(item("voice"), R"({"id":"v2","speed":2})");
    world_.put("a", R"("name":"A","voice":{"id":"v1","speed":1})");
    world_.run(Mode::Full);
  }
}

TEST_F(UndoneObject, ALeafThatFollowedTheRowsObjectStaysWithIt) {
  world_.sql(R"(UPDATE things SET voice = '{"id":"v2","speed":2}')");
  send();
  EXPECT_EQ(row(), (std::vector<std::string>{R"(A|{"id":"v2","speed":2}|v2)"}));
  const SyncReport done = roll_back();
  EXPECT_EQ(item("voice"), R"({"id":"v1","speed":1})");
  EXPECT_EQ(row(), (std::vector<std::string>{R"(A|{"id":"v2","speed":2}|v2)"}));
  ASSERT_EQ(done.skipped.size(), 1U);
  EXPECT_EQ(done.skipped[0].field, "voice_id");
  EXPECT_EQ(done.skipped[0].code, "edited_before");
  EXPECT_EQ(world_.run(Mode::Full).conflicts, 0U);
  EXPECT_EQ(item("voice"), R"({"id":"v2","speed":2})");
}

TEST_F(UndoneObject, AnObjectThatFollowedTheRowsLeafStaysWithIt) {
  world_.sql("UPDATE things SET voice_id = 'v2'");
  send();
  EXPECT_EQ(row(), (std::vector<std::string>{R"(A|{"id":"v2","speed":1}|v2)"}));
  const SyncReport done = roll_back();
  EXPECT_EQ(item("voice"), R"({"id":"v1","speed":1})");
  EXPECT_EQ(row(), (std::vector<std::string>{R"(A|{"id":"v2","speed":1}|v2)"}));
  ASSERT_EQ(done.skipped.size(), 1U);
  EXPECT_EQ(done.skipped[0].field, "voice");
  EXPECT_EQ(world_.run(Mode::Full).conflicts, 0U);
  EXPECT_EQ(item("voice"), R"({"id":"v2","speed":1})");
}

class UndoneDefault : public UndoneExport, public testing::WithParamInterface<const char*> {
 protected:
  UndoneDefault() {
    columns_ = {"kind"};
    begin("  name: text\n  kind: {from: metadata.type, type: enum, values: [demo, production], default: demo}\n",
          std::string(R"("name":"A","metadata":{"type":")") + GetParam() + R"(","n":1})");
  }
};

TEST_P(UndoneDefault, AClearedColumnWithADefaultComesBackThere) {
  const std::string before = item("metadata");
  world_.sql("UPDATE things SET kind = NULL");
  send();
  EXPECT_EQ(item("metadata"), R"({"n":1})");
  EXPECT_EQ(world_.rows("lockstep_change", {"fields"}).back().find("stored"), std::string::npos) << "nothing is kept there";
  const SyncReport done = roll_back();
  EXPECT_EQ(done.changes.size(), 1U);
  EXPECT_EQ(*world_.items.items["a"].find("metadata")->find("type"), Json(GetParam()));
  EXPECT_EQ(row(), std::vector<std::string>{"-"});
}

INSTANTIATE_TEST_SUITE_P(Values, UndoneDefault, ::testing::Values("demo", "production"));

TEST_F(UndoneExport, WhatTheRemoteAloneDecidesIsNoEditAfterARollback) {
  begin("  name: text\n  seen: text\n", R"("name":"A","seen":"one")");
  world_.put("a", R"("name":"B","seen":"two")");
  columns_ = {"name", "seen"};
  send(Mode::Import);
  roll_back();
  EXPECT_EQ(row(), std::vector<std::string>{"A|one"});
  const SyncReport next = world_.run(Mode::Import);
  EXPECT_TRUE(std::none_of(next.problems.begin(), next.problems.end(), [](const Problem& one) { return one.code == "derived_edited"; }));
  EXPECT_EQ(row(), std::vector<std::string>{"A|two"});
}

}  // namespace
}  // namespace lockstep::test
