// Updates whose answers were lost: what they may have overwritten is in the journal once nobody waits for them any more.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

/// Both sides of "a" have edited its name; the row's was sent over the item's, and the answer was lost.
class LostUpdate : public testing::Test {
 protected:
  LostUpdate() {
    world_.put("a", R"("name":"first","slot":1)");
    world_.run(Mode::Import);
  }

  void send(bool takes_effect = true) {
    world_.edit("a", "name", Value::text("ours"));
    there("name") = Json("theirs");
    world_.items.on_update = [this, takes_effect](const std::string&) {
      if (takes_effect) there("name") = Json("ours");
      if (takes_effect && world_.rows("things", {"slot"}).front() == "2") there("slot") = Json(2);
      throw Error(ErrorKind::Unreachable, "no answer").with_effect(Effect::Maybe);
    };
    world_.run(Mode::Full, [&](RunOptions& options) {
      options.on_conflict = OnConflict::Local;
      options.run = kRun;
    });
    world_.items.on_update = {};
    world_.later();
  }
  SyncReport roll_back() {
    return world_.run(Mode::Full, [](RunOptions& options) { options.task = UndoneRun{kRun}; });
  }
  Json& there(const char* member) { return world_.items.items["a"][member]; }
  std::size_t open_promises() {
    const std::vector<std::string> all = world_.rows("lockstep_intent", {"closed_at"});
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), "-"));
  }
  /// What the journal has of the lost run.
  Json journaled() {
    State state(world_.store());
    Json all{Json::Object{}};
    for (const ChangeEntry& change : state.changes({.run = kRun})) {
      EXPECT_EQ(change.side, Side::Remote);
      for (const auto& [column, values] : *change.fields.object()) all[column] = values;
    }
    return all;
  }
  static Json lost(const char* before, bool confirmed = false) {
    Json entry = Json::Object{{"before", before}, {"after", "ours"}};
    if (!confirmed) entry["unconfirmed"] = Json(true);
    return entry;
  }

  static constexpr const char* kRun = "01M00000000000000000000000";
  TwoWayWorld world_;
};

TEST_F(LostUpdate, WhatItOverwroteIsInTheJournalWhereTheItemWasEditedAgain) {
  send();
  there("name") = Json("again");
  world_.run(Mode::Full);
  EXPECT_EQ(open_promises(), 0U);
  EXPECT_EQ(journaled(), Json(Json::Object{{"name", lost("theirs")}}));
}

TEST_F(LostUpdate, SoItIsWhereTheItemIsGone) {
  send();
  world_.items.items.clear();
  world_.run(Mode::Full);
  EXPECT_EQ(open_promises(), 0U);
  EXPECT_EQ(journaled(), Json(Json::Object{{"name", lost("theirs")}}));
}

TEST_F(LostUpdate, SoItIsWhereTheRowIsGone) {
  send();
  there("name") = Json("again");
  world_.sql("DELETE FROM things");
  world_.run(Mode::Full);
  EXPECT_EQ(open_promises(), 0U);
  EXPECT_EQ(journaled(), Json(Json::Object{{"name", lost("theirs")}}));
}

TEST_F(LostUpdate, SoItIsWhereTheSameIsSentOnceMore) {
  send();
  there("name") = Json("again");
  world_.run(Mode::Full, [](RunOptions& options) { options.on_conflict = OnConflict::Local; });
  EXPECT_EQ(there("name"), Json("ours"));
  EXPECT_EQ(open_promises(), 0U);
  EXPECT_EQ(journaled(), Json(Json::Object{{"name", lost("theirs")}}));
}

TEST_F(LostUpdate, OneOfItsValuesThatIsShownSpeaksForAll) {
  world_.edit("a", "slot", Value::integer(2));
  send();
  there("name") = Json("again");
  world_.run(Mode::Full);
  const Json all = journaled();
  ASSERT_NE(all.find("name"), nullptr);
  EXPECT_EQ(*all.find("name"), lost("theirs", true));
  EXPECT_EQ(*all.find("slot"), Json(Json::Object{{"before", 1}, {"after", 2}}));
}

TEST_F(LostUpdate, WhatIsStillThereWasNotOverwritten) {
  send(false);
  world_.run(Mode::Full);
  EXPECT_EQ(open_promises(), 0U);
  EXPECT_EQ(journaled(), Json(Json::Object{}));
}

TEST_F(LostUpdate, ThatNeverArrivedEndsAlsoWhereNothingIsEditedAnyMore) {
  send(false);
  there("name") = Json("first");
  world_.edit("a", "name", Value::text("first"));
  world_.run(Mode::Full);
  EXPECT_EQ(open_promises(), 0U);
}

TEST_F(LostUpdate, IsOverOnceAnotherValueWasSentAndAnswered) {
  world_.edit("a", "name", Value::text("A"));
  world_.items.on_update = [](const std::string&) { throw Error(ErrorKind::Unreachable, "no answer").with_effect(Effect::Maybe); };
  world_.run(Mode::Full);
  world_.items.on_update = {};
  EXPECT_EQ(open_promises(), 1U);
  world_.edit("a", "name", Value::text("B"));
  world_.run(Mode::Full);
  EXPECT_EQ(there("name"), Json("B"));
  EXPECT_EQ(open_promises(), 0U);
  there("name") = Json("A");
  world_.run(Mode::Full);
  EXPECT_EQ(there("name"), Json("A")) << "a person has chosen it";
  EXPECT_EQ(world_.rows("things", {"name"}), std::vector<std::string>{"A"});
}

TEST_F(LostUpdate, ARollbackRestoresWhatIsStillTheRuns) {
  send();
  roll_back();
  EXPECT_EQ(there("name"), Json("theirs"));
}

TEST_F(LostUpdate, ARollbackLeavesWhatWasEditedSince) {
  send();
  there("name") = Json("again");
  world_.run(Mode::Full);
  const SyncReport left = roll_back();
  ASSERT_EQ(left.skipped.size(), 1U);
  EXPECT_EQ(left.skipped[0].code, "edited_since");
  EXPECT_EQ(there("name"), Json("again"));
  there("name") = Json("ours");
  roll_back();
  EXPECT_EQ(there("name"), Json("ours")) << "the item held something else since";
}

/// The row of a pair that a run has written is deleted, and another one has got its key.
class KeyUsedAgain : public testing::Test {
 protected:
  void replace_row(const std::string& name) {
    world_.put("a", R"("name":"first","slot":1)");
    world_.run(Mode::Import);
    world_.items.items["a"]["slot"] = Json(2);
    world_.run(Mode::Import, [](RunOptions& options) { options.run = kRun; });
    const std::string key = world_.rows("things", {"id"}).front();
    world_.sql("DELETE FROM things; INSERT INTO things (id, name, slot) VALUES (" + key + ", '" + name + "', 2)");
    report_ = world_.run(Mode::Full, [](RunOptions& options) { options.task = UndoneRun{kRun}; });
  }

  static constexpr const char* kRun = "01M00000000000000000000000";
  TwoWayWorld world_;
  SyncReport report_;
};

TEST_F(KeyUsedAgain, LeavesTheOtherRowAlone) {
  replace_row("another customer");
  EXPECT_EQ(world_.rows("things", {"name", "slot"}), std::vector<std::string>{"another customer|2"});
  ASSERT_EQ(report_.skipped.size(), 1U);
  EXPECT_EQ(report_.skipped[0].code, "missing");
}

TEST_F(KeyUsedAgain, OrTakesItForTheSameWhereItsCellsSaySo) {
  replace_row("first");
  EXPECT_EQ(world_.rows("things", {"name", "slot"}), std::vector<std::string>{"first|1"});
}

}  // namespace
}  // namespace lockstep::test
