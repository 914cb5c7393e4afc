// What answers of remote writes leave: the whole item, what was not taken, and whose trouble a failure is.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

bool tells(const SyncReport& report, std::string_view code, std::string_view part) {
  return std::any_of(report.problems.begin(), report.problems.end(),
                     [&](const Problem& one) { return one.code == code && one.message.find(part) != std::string::npos; });
}

void import_three(TwoWayWorld& world) {
  world.put("a", R"("name":"Ada","slot":1,"seen":"x")");
  world.put("b", R"("name":"Bob","slot":2)");
  world.put("c", R"("name":"Cleo","slot":3)");
  ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
}

TEST(RemoteWrites, WhatAnAnswerDoesNotNameIsReadBack) {
  for (const char* answer : {"", R"({"id":"a"})", R"({"id":"a","slot":9})"}) {
    TwoWayWorld world;
    import_three(world);
    world.items.bent = [&](const Json&) { return std::string(answer); };
    world.edit("a", "slot", Value::integer(9));
    const SyncReport report = world.run(Mode::Full);
    EXPECT_EQ(report.exit_code(), 0) << answer;
    EXPECT_EQ(world.things(), (Lines{"a|Ada|9", "b|Bob|2", "c|Cleo|3"})) << answer;
    EXPECT_EQ(world.run(Mode::Full).updated_local, 0U) << answer;
  }
}

TEST(RemoteWrites, ACreateThatIsAnsweredWithTheIdOfAnotherItemLinksNothing) {
  TwoWayWorld world;
  import_three(world);
  world.edit("", "name", Value::text("Dora"));
  world.items.answers_as = "a";
  const SyncReport report = world.run(Mode::Export);
  EXPECT_EQ(report.exit_code(), 2);
  EXPECT_TRUE(tells(report, "rejected", "answered the create with the ID \"a\", which is that of another thing: row 1 has it"));
  EXPECT_EQ(world.things(), (Lines{"-|Dora|-", "a|Ada|1", "b|Bob|2", "c|Cleo|3"}));
  world.items.answers_as = "";
  EXPECT_EQ(world.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(world.things(), (Lines{"a|Ada|1", "b|Bob|2", "c|Cleo|3", "new-1|Dora|-"}));
  EXPECT_EQ(world.items.creates, 1);
  world.edit("a", "slot", Value::integer(9));
  EXPECT_EQ(world.run(Mode::Export).updated_remote, 1U) << "its link is its own";
  EXPECT_EQ(json::to_text(*world.items.items["a"].find("slot")), "9");
}

TEST(RemoteWrites, AnUpdateThatIsAnsweredWithAnotherItemIsReadBack) {
  TwoWayWorld world;
  import_three(world);
  world.edit("a", "slot", Value::integer(9));
  world.items.answers_as = "b";
  EXPECT_EQ(world.run(Mode::Export).exit_code(), 0);
  EXPECT_EQ(world.rows("lockstep_link", {"remote_id", "local_key"}, "remote_id"), (Lines{"a|1", "b|2", "c|3"}));
  EXPECT_EQ(world.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(world.things(), (Lines{"a|Ada|9", "b|Bob|2", "c|Cleo|3"}));
}

TEST(RemoteWrites, AWholeAnswerIsNotAskedForAgain) {
  TwoWayWorld world;
  import_three(world);
  world.edit("a", "slot", Value::integer(9));
  world.run(Mode::Export);
  EXPECT_EQ(world.items.gets, 1) << "the one before the write";
}

TEST(RemoteWrites, AMemberThatIsGoneAfterAWriteIsTakenOutOnceAListLacksItToo) {
  TwoWayWorld world;
  import_three(world);
  world.items.on_update = [&](const std::string& id) { world.items.items[id].erase("name"); };
  world.edit("a", "slot", Value::integer(9));
  world.run(Mode::Full);
  EXPECT_EQ(world.things().front(), "a|Ada|9");
  world.run(Mode::Full);
  EXPECT_EQ(world.things().front(), "a|-|9");
}

TEST(RemoteWrites, WhatWasNotTakenIsToldOnceAndKept) {
  TwoWayWorld world;
  import_three(world);
  world.items.refuses = "name";
  world.edit("a", "name", Value::text("Ada Lovelace"));
  EXPECT_TRUE(tells(world.run(Mode::Export), "not_taken", "Svc did not take name"));
  const int updates = world.items.updates;
  for (const Mode mode : {Mode::Export, Mode::Full, Mode::Import}) {
    const SyncReport again = world.run(mode);
    EXPECT_TRUE(again.problems.empty());
    EXPECT_EQ(again.not_taken, 1U) << "still a difference";
    EXPECT_EQ(world.things().front(), "a|Ada Lovelace|1");
  }
  EXPECT_EQ(world.items.updates, updates) << "not sent again";
  world.edit("a", "name", Value::text("Countess"));
  world.items.refuses = "";
  EXPECT_EQ(world.run(Mode::Export).updated_remote, 1U) << "edited: sent again";
  EXPECT_EQ(world.run(Mode::Full).not_taken, 0U);
}

/// The write takes effect, and is answered with what stood before, as is the question that follows: a cache stands between.
class LateAnswers : public testing::Test {
 protected:
  LateAnswers() {
    import_three(world_);
    before_ = world_.items.items["a"];
    world_.items.bent = [this](const Json&) { return json::to_text(before_); };
    world_.items.on_update = [this](const std::string& id) { world_.items.got[id] = json::to_text(before_); };
  }
  void send(const std::string& name) {
    world_.items.got.clear();
    world_.edit("a", "name", Value::text(name));
    world_.run(Mode::Full);
    world_.items.got.clear();
  }
  std::string name_there() { return world_.items.items["a"].text_at("name"); }
  std::string name_here() { return world_.rows("things", {"name"}).front(); }

  TwoWayWorld world_;
  Json before_;
};

TEST_F(LateAnswers, WhatWasSentIsNoEditOfTheRemoteWhenItShowsAtLast) {
  send("two");
  ASSERT_EQ(name_there(), "two");
  world_.edit("a", "name", Value::text("three"));
  const SyncReport report = world_.run(Mode::Full);
  EXPECT_EQ(report.conflicts, 0U);
  EXPECT_EQ(name_there(), "three");
  EXPECT_EQ(name_here(), "three");
}

TEST_F(LateAnswers, OfSeveralWritesAnyMayShow) {
  for (const char* shows : {"Ada", "two", "three", "four"}) {
    LateAnswers::send("two");
    send("three");
    send("four");
    world_.items.items["a"]["name"] = Json(shows);
    world_.edit("a", "name", Value::text("five"));
    const SyncReport report = world_.run(Mode::Full);
    EXPECT_EQ(report.conflicts, 0U) << shows;
    EXPECT_EQ(name_there(), "five") << shows;
    EXPECT_EQ(name_here(), "five") << shows;
    world_.items.bent = {};
    send("Ada");
    world_.items.bent = [this](const Json&) { return json::to_text(before_); };
  }
}

TEST_F(LateAnswers, AnImportKeepsTheEditOnTopOfWhatWasSent) {
  send("two");
  world_.edit("a", "name", Value::text("three"));
  for (int i = 0; i < 2; ++i) {
    const SyncReport report = world_.run(Mode::Import);
    EXPECT_EQ(report.conflicts, 0U);
    EXPECT_EQ(report.pending_export, 1U);
    EXPECT_EQ(name_here(), "three");
  }
  world_.run(Mode::Export);
  EXPECT_EQ(name_there(), "three");
}

TEST_F(LateAnswers, AnUneditedRowHasNothingToDoOnceTheRemoteShowsIt) {
  send("two");
  send("three");
  const int updates = world_.items.updates;
  for (const char* shows : {"Ada", "two", "three"}) {
    world_.items.items["a"]["name"] = Json(shows);
    const SyncReport report = world_.run(Mode::Full);
    EXPECT_EQ(report.conflicts + report.updated_local, 0U) << shows;
    EXPECT_EQ(name_here(), "three") << shows;
  }
  EXPECT_EQ(world_.items.updates, updates);
  EXPECT_EQ(world_.run(Mode::Full).not_taken, 0U);
  world_.items.items["a"]["name"] = Json("two");
  EXPECT_EQ(world_.run(Mode::Full).updated_local, 1U) << "it has shown what was sent: from now on an older value is somebody's edit";
}

TEST_F(LateAnswers, AnEditOfSomebodyElseIsOne) {
  send("two");
  world_.items.items["a"]["name"] = Json("theirs");
  world_.edit("a", "name", Value::text("three"));
  EXPECT_EQ(world_.run(Mode::Full).conflicts, 1U);
  EXPECT_EQ(name_here(), "theirs");
}

TEST(RemoteWrites, AMirrorTakesWhatTheRemoteKept) {
  TwoWayWorld world;
  import_three(world);
  world.items.refuses = "name";
  world.edit("a", "name", Value::text("Ada Lovelace"));
  world.run(Mode::Export);
  world.local_edits = LocalEdits::Replace;
  world.run(Mode::Import);
  EXPECT_EQ(world.things().front(), "a|Ada|1");
  EXPECT_EQ(world.run(Mode::Import).not_taken, 0U);
}

TEST(RemoteWrites, AnExportWritesIdsAlone) {
  TwoWayWorld world;
  import_three(world);
  world.items.on_update = [&](const std::string& id) { world.items.items[id]["seen"] = Json("yes"); };
  world.edit("b", "slot", Value::integer(9));
  world.edit("", "name", Value::text("Eve"));
  world.run(Mode::Export);
  EXPECT_EQ(world.rows("things", {"remote_id", "seen"}, "remote_id"), (Lines{"a|x", "b|-", "c|-", "new-1|-"}));
  world.run(Mode::Export);
  EXPECT_EQ(world.run(Mode::Import).updated_local, 1U) << "what the server added is news for the next import, also after a second export";
  EXPECT_EQ(world.rows("things", {"remote_id", "seen"}, "remote_id"), (Lines{"a|x", "b|yes", "c|-", "new-1|-"}));
}

TEST(RemoteWrites, AnExportFillsWhereTheMappingSaysSo) {
  TwoWayWorld world("fill: true\n");
  import_three(world);
  world.items.on_update = [&](const std::string& id) { world.items.items[id]["seen"] = Json("yes"); };
  world.edit("b", "slot", Value::integer(9));
  world.run(Mode::Export);
  EXPECT_EQ(world.rows("things", {"remote_id", "seen"}, "remote_id"), (Lines{"a|x", "b|yes", "c|-"}));
}

TEST(RemoteWrites, ATroubleOfOneRecordIsItsOwn) {
  TwoWayWorld world;
  import_three(world);
  const auto refuse = [](const std::string& id) {
    if (id == "b") throw Error(ErrorKind::Unreachable, "in trouble").with_status(500).with_effect(Effect::Maybe);
  };
  world.items.on_update = refuse;
  for (const char* id : {"a", "b", "c"}) world.edit(id, "slot", Value::integer(9));
  SyncReport report = world.run(Mode::Export);
  EXPECT_EQ(report.updated_remote, 2U);
  EXPECT_EQ(report.failed, 1U);
  EXPECT_FALSE(report.failure);
  EXPECT_EQ(report.exit_code(), 2);
  world.items.on_update = {};
  world.items.on_get = refuse;
  EXPECT_EQ(world.run(Mode::Export).failed, 1U) << "the same of a GET";
  world.items.on_get = {};
  EXPECT_EQ(world.run(Mode::Export).exit_code(), 0);
}

TEST(RemoteWrites, ARunStopsWhenNobodyIsThere) {
  TwoWayWorld world;
  constexpr int kItems = 200;
  for (int i = 0; i < kItems; ++i) world.put("t" + std::to_string(100 + i), R"("name":"x","slot":1)");
  world.run(Mode::Import);
  for (int i = 0; i < kItems; ++i) world.edit("t" + std::to_string(100 + i), "slot", Value::integer(2));
  world.items.on_get = [](const std::string&) { throw Error(ErrorKind::Unreachable, "nobody").with_status(502); };
  const SyncReport report = world.run(Mode::Export);
  EXPECT_TRUE(report.failure);
  EXPECT_EQ(report.exit_code(), 1) << "nothing was written anywhere";
  EXPECT_LT(report.failed, std::uint64_t{kItems});
  world.items.on_get = {};
  EXPECT_EQ(world.run(Mode::Export).updated_remote, std::uint64_t{kItems});
}

TEST(RemoteWrites, AFailedRunThatWroteSomethingSaysSo) {
  TwoWayWorld world;
  import_three(world);
  for (const char* id : {"a", "b", "c"}) world.edit(id, "slot", Value::integer(9));
  world.items.on_update = [](const std::string& id) {
    if (id == "c") throw Error(ErrorKind::Credentials, "the key was withdrawn").with_status(401);
  };
  const SyncReport report = world.run(Mode::Export);
  EXPECT_TRUE(report.failure);
  EXPECT_EQ(report.exit_code(), 2);
}

TEST(RemoteWrites, WhatTheListNamesIsNotGone) {
  for (const Mode mode : {Mode::Export, Mode::Full}) {
    TwoWayWorld world;
    import_three(world);
    world.items.hidden = "b";
    world.edit("b", "slot", Value::integer(9));
    const SyncReport report = world.run(mode);
    EXPECT_EQ(report.recreated_remote + report.created_remote, 0U);
    EXPECT_EQ(report.exit_code(), 2);
    EXPECT_EQ(world.items.items.size(), 3U);
    world.items.hidden = "";
    EXPECT_EQ(world.run(mode).updated_remote, 1U) << "the edit is still there";
  }
}

TEST(RemoteWrites, NorIsItInARunOfSomeIds) {
  for (const Mode mode : {Mode::Export, Mode::Full}) {
    TwoWayWorld world;
    import_three(world);
    const auto alone = [](RunOptions& options) { options.ids = {"b"}; };
    world.items.hidden = "b";
    EXPECT_EQ(world.run(mode, alone).exit_code(), 2);
    EXPECT_EQ(world.items.creates, 0U);
    world.items.hidden = "";
    world.items.items.erase("b");
    EXPECT_EQ(world.run(mode, alone).recreated_remote, 1U) << "the whole list lacks it, too";
  }
}

TEST(RemoteWrites, AnEmptyListSaysNothingOfOneIdEither) {
  TwoWayWorld world;
  import_three(world);
  world.items.items.clear();
  EXPECT_EQ(world.run(Mode::Export, [](RunOptions& options) { options.ids = {"b"}; }).exit_code(), 2);
  EXPECT_EQ(world.items.creates, 0U);
}

}  // namespace
}  // namespace lockstep::test
