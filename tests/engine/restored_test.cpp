// What a rollback brings back of whole runs: what stood in the document, byte for byte, and no id of an item that is gone.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

class Restored : public testing::Test {
 protected:
  Restored() {
    world_.put("a", R"("name":"Ada","title":"Countess","tags":["x","y"],"count":"1")");
    world_.run(Mode::Import);
  }
  SyncReport roll_back(const SyncReport& report) {
    return world_.run(Mode::Full, [&](RunOptions& options) { options.task = UndoneRun{report.run}; });
  }
  std::string there(const std::string& member) {
    const Json* found = world_.items.items["a"].find(member);
    return found == nullptr ? "-" : json::to_text(*found);
  }

  TwoWayWorld world_{
      "  title: {type: text, transform: upper}\n  tags: {from: 'tags[0]', type: text}\n  count: {type: integer}\n"
      "  voice: {type: text, default: plain}\n"};
};

TEST_F(Restored, WhatAConverterMadeSomethingElseOfComesBackAsItStood) {
  ASSERT_EQ(world_.rows("things", {"title"}), (Lines{"COUNTESS"}));
  world_.edit("a", "title", Value::text("LADY"));
  const SyncReport sent = world_.run(Mode::Export);
  EXPECT_EQ(there("title"), R"("LADY")");
  const SyncReport back = roll_back(sent);
  EXPECT_EQ(back.exit_code(), 0);
  EXPECT_EQ(there("title"), R"("Countess")");
  EXPECT_EQ(world_.rows("things", {"title"}), (Lines{"LADY"}));
  roll_back(back);
  EXPECT_EQ(there("title"), R"("LADY")");
}

TEST_F(Restored, ANumberThatStoodAsATextComesBackAsOne) {
  world_.edit("a", "count", Value::integer(2));
  const SyncReport sent = world_.run(Mode::Full);
  roll_back(sent);
  EXPECT_EQ(there("count"), R"("1")");
}

TEST_F(Restored, WhatADefaultStoodForIsEmptyAgain) {
  world_.edit("a", "voice", Value::text("deep"));
  const SyncReport sent = world_.run(Mode::Full);
  EXPECT_EQ(there("voice"), R"("deep")");
  roll_back(sent);
  EXPECT_EQ(there("voice"), "null");
}

TEST_F(Restored, TheLoserOfAConflictComesBackAsItStood) {
  world_.edit("a", "title", Value::text("LADY"));
  world_.items.items["a"]["title"] = Json("Duchess");
  const SyncReport won = world_.run(Mode::Full, [](RunOptions& options) { options.on_conflict = OnConflict::Local; });
  EXPECT_EQ(there("title"), R"("LADY")");
  roll_back(won);
  EXPECT_EQ(there("title"), R"("Duchess")");
}

TEST_F(Restored, WhatTheRulesMakeOfTheValueAgainIsNotKeptTwice) {
  world_.edit("a", "name", Value::text("Ada L."));
  world_.run(Mode::Full);
  const Lines changes = world_.rows("lockstep_change", {"side", "fields"});
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(changes.back().find("raw"), std::string::npos) << changes.back();
}

TEST_F(Restored, TheIdOfAnItemThatWasMadeAnewStaysAndIsToldOf) {
  world_.items.items.erase("a");
  const SyncReport made = world_.run(Mode::Full);
  ASSERT_EQ(world_.things().front().substr(0, 6), "new-1|");
  const SyncReport back = roll_back(made);
  ASSERT_EQ(back.skipped.size(), 1U);
  EXPECT_EQ(back.skipped[0].side, Side::Local);
  EXPECT_EQ(back.skipped[0].field, "remote_id");
  EXPECT_EQ(back.skipped[0].code, "id_replaced");
  EXPECT_EQ(back.exit_code(), 2);
  EXPECT_EQ(world_.things().front().substr(0, 6), "new-1|");
  EXPECT_EQ(world_.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(world_.items.creates, 1);
}

// ---- answers that come too early -----------------------------------------------------------------------------------------------------

/// A PATCH that is answered by the item as it was.
class OldAnswer : public testing::Test {
 protected:
  OldAnswer() {
    world_.put("a", R"("name":"Ada","slot":1,"plan":{"size":1,"kind":"k"})");
    world_.run(Mode::Import);
    before_ = json::to_text(world_.items.items["a"]);
    world_.items.bent = [this](const Json&) { return before_; };
    world_.items.gets = 0;
  }
  static bool told(const SyncReport& report, std::string_view code) {
    return std::any_of(report.problems.begin(), report.problems.end(), [&](const Problem& one) { return one.code == code; });
  }

  TwoWayWorld world_{"  plan: json\n"};
  std::string before_;
};

TEST_F(OldAnswer, IsReadBackBeforeItIsSaidThatNothingWasTaken) {
  world_.edit("a", "name", Value::text("Ada L."));
  const SyncReport report = world_.run(Mode::Full);
  EXPECT_FALSE(told(report, "not_taken"));
  EXPECT_EQ(world_.items.gets, 2) << "before the write, and after it";
  EXPECT_EQ(world_.run(Mode::Full).updated_remote, 0U);
}

TEST_F(OldAnswer, IsSeenInsideOfObjectsToo) {
  world_.edit("a", "plan", Value::json(R"({"size":2})"));
  EXPECT_FALSE(told(world_.run(Mode::Full), "not_taken"));
  EXPECT_EQ(json::to_text(*world_.items.items["a"].find("plan")), R"({"size":2})");
}

TEST_F(OldAnswer, ThatIsTrueIsToldOnce) {
  world_.items.refuses = "name";
  world_.edit("a", "name", Value::text("Ada L."));
  EXPECT_TRUE(told(world_.run(Mode::Full), "not_taken"));
  EXPECT_FALSE(told(world_.run(Mode::Full), "not_taken"));
  EXPECT_EQ(world_.items.updates, 1);
}

TEST_F(OldAnswer, AnAnswerThatShowsWhatWasSentIsNotReadBack) {
  world_.items.bent = {};
  world_.edit("a", "name", Value::text("Ada L."));
  world_.run(Mode::Full);
  EXPECT_EQ(world_.items.gets, 1);
}

}  // namespace
}  // namespace lockstep::test
