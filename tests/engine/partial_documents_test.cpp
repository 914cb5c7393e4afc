// Documents that lack what was known of their items: unknown, not gone. Nothing is overwritten from them on either side.
#include "engine/decide/answer.h"
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

bool tells(const SyncReport& report, std::string_view part) {
  return std::any_of(report.problems.begin(), report.problems.end(),
                     [&](const Problem& one) { return one.message.find(part) != std::string::npos; });
}

class PartialDocuments : public testing::Test {
 protected:
  PartialDocuments() {
    world_.put("a", R"("name":"Ada","slot":1,"seen":"x","extra":{"p":1,"q":2})");
    world_.put("b", R"("name":"Bob","slot":2,"seen":"y","extra":{"p":3,"q":4})");
    world_.run(Mode::Import);
  }

  Lines rows() { return world_.rows("things", {"remote_id", "name", "slot", "seen", "p"}, "remote_id"); }
  std::string item(const std::string& id) { return json::to_text(world_.items.items.at(id)); }
  SyncReport one(Mode mode) {
    return world_.run(mode, [](RunOptions& options) { options.ids = {"a"}; });
  }

  TwoWayWorld world_{"  p: {from: extra.p, type: integer}\n"};
  std::vector<std::string> parts_{R"({"id":"a"})", R"({"id":"a","slot":1})", R"({"id":"a","seen":"x","extra":{"p":1}})"};
};

TEST_F(PartialDocuments, AFreshLookThatShowsAPartOverwritesNothing) {
  for (const Mode mode : {Mode::Full, Mode::Export}) {
    for (const std::string& part : parts_) {
      world_.items.got["a"] = part;
      const std::string before = item("a");
      world_.edit("a", "name", Value::text("Ada L."));
      const SyncReport report = world_.run(mode);
      EXPECT_EQ(report.exit_code(), 2) << part;
      EXPECT_TRUE(tells(report, "answers with a part of the thing")) << part;
      EXPECT_EQ(item("a"), before) << part;
      EXPECT_EQ(rows().front(), "a|Ada L.|1|x|1") << part;
      world_.items.got.clear();
      EXPECT_EQ(world_.run(mode).exit_code(), 0) << part;
      EXPECT_EQ(world_.items.items["a"].text_at("name"), "Ada L.") << part;
      EXPECT_EQ(rows().front(), "a|Ada L.|1|x|1") << part;
      world_.edit("a", "name", Value::text("Ada"));
      world_.run(mode);
    }
  }
}

TEST_F(PartialDocuments, AnObjectThatIsShownInPartIsNotSent) {
  world_.items.got["a"] = R"({"id":"a","name":"Ada","slot":1,"seen":"x","extra":{"p":1}})";
  world_.edit("a", "p", Value::integer(7));
  EXPECT_EQ(world_.run(Mode::Full).exit_code(), 2);
  EXPECT_EQ(item("a"), R"({"id":"a","name":"Ada","slot":1,"seen":"x","extra":{"p":1,"q":2}})");
  world_.edit("a", "p", Value::integer(1));
  world_.edit("a", "name", Value::text("Ada L."));
  EXPECT_EQ(world_.run(Mode::Full).exit_code(), 0) << "what is sent was shown";
  EXPECT_EQ(item("a"), R"({"id":"a","name":"Ada L.","slot":1,"seen":"x","extra":{"p":1,"q":2}})");
}

TEST_F(PartialDocuments, WhatSomebodyTookOutAMomentAgoIsTheNextRunsToSettle) {
  world_.items.on_get = [this](const std::string& id) { world_.items.items[id].erase("name"); };
  world_.edit("a", "name", Value::text("Ada L."));
  EXPECT_EQ(world_.run(Mode::Full).exit_code(), 2);
  EXPECT_EQ(rows().front(), "a|Ada L.|1|x|1");
  EXPECT_EQ(world_.items.updates, 0);
  const SyncReport next = world_.run(Mode::Full);
  EXPECT_EQ(next.conflicts, 1U);
  EXPECT_EQ(rows().front(), "a|-|1|x|1");
}

TEST_F(PartialDocuments, AnAnswerInPartThatCannotBeCompletedEmptiesNothing) {
  for (const std::string& part : parts_) {
    world_.items.bent = [&](const Json&) {
      world_.items.got["a"] = part;
      return part;
    };
    world_.edit("a", "name", Value::text("Ada L."));
    const SyncReport report = world_.run(Mode::Full);
    EXPECT_TRUE(tells(report, "does not show")) << part;
    EXPECT_EQ(world_.items.items["a"].text_at("name"), "Ada L.");
    EXPECT_EQ(rows().front(), "a|Ada L.|1|x|1") << part;
    world_.items.got.clear();
    world_.items.bent = {};
    world_.edit("a", "name", Value::text("Ada"));
    EXPECT_EQ(world_.run(Mode::Full).conflicts, 0U) << "what the list shows is what was sent: " << part;
    EXPECT_EQ(world_.items.items["a"].text_at("name"), "Ada");
    EXPECT_EQ(world_.run(Mode::Full).updated_remote, 0U);
  }
}

TEST_F(PartialDocuments, AnUpdateThatHadNoEffectAndNoAnswerIsSentAgain) {
  world_.items.refuses = "name";
  world_.items.bent = [&](const Json&) {
    world_.items.got["a"] = parts_[0];
    return parts_[0];
  };
  world_.edit("a", "name", Value::text("Ada L."));
  world_.run(Mode::Full);
  world_.items.got.clear();
  world_.items.bent = {};
  world_.items.refuses = "";
  EXPECT_EQ(world_.run(Mode::Full).updated_remote, 1U);
  EXPECT_EQ(world_.items.items["a"].text_at("name"), "Ada L.");
  EXPECT_EQ(rows().front(), "a|Ada L.|1|x|1");
}

TEST_F(PartialDocuments, ACreateThatIsAnsweredInPartMakesNoEdit) {
  world_.items.bent = [&](const Json& made) {
    const std::string part = R"({"id":")" + made.text_at("id") + R"("})";
    world_.items.got[made.text_at("id")] = part;
    return part;
  };
  world_.edit("", "name", Value::text("Eve"));
  world_.run(Mode::Full);
  EXPECT_EQ(rows().back(), "new-1|Eve|-|-|-");
  world_.items.bent = {};
  world_.items.got.clear();
  const SyncReport next = world_.run(Mode::Full);
  EXPECT_EQ(next.conflicts + next.updated_remote + next.updated_local, 0U);
  EXPECT_EQ(world_.items.items.size(), 3U);
  EXPECT_EQ(world_.items.items["new-1"].text_at("name"), "Eve");
}

TEST_F(PartialDocuments, ARunAboutOneIdLeavesAloneWhatItIsNotShown) {
  for (const Mode mode : {Mode::Import, Mode::Full, Mode::Export}) {
    for (const std::string& part : parts_) {
      world_.items.got["a"] = part;
      const std::string before = item("a");
      world_.edit("a", "name", Value::text("Ada L."));
      one(mode);
      EXPECT_EQ(item("a"), before) << part;
      EXPECT_EQ(rows().front(), "a|Ada L.|1|x|1") << part;
      world_.items.got.clear();
      one(Mode::Full);
      EXPECT_EQ(world_.items.items["a"].text_at("name"), "Ada L.") << part;
      world_.edit("a", "name", Value::text("Ada"));
      one(Mode::Full);
    }
  }
}

TEST_F(PartialDocuments, ARunAboutOneIdSaysWhatItWasNotShownAndAWholeRunDecides) {
  world_.items.items["a"].erase("name");
  const SyncReport report = one(Mode::Import);
  EXPECT_TRUE(tells(report, "without name, which it had"));
  EXPECT_EQ(rows().front(), "a|Ada|1|x|1");
  world_.run(Mode::Import);
  EXPECT_EQ(rows().front(), "a|-|1|x|1");
}

TEST_F(PartialDocuments, AnItemThatTheListForgotIsNotEmptiedByAPart) {
  world_.items.unlisted = "a";
  for (const std::string& part : parts_) {
    world_.items.got["a"] = part;
    world_.run(Mode::Full);
    EXPECT_EQ(rows().front(), "a|Ada|1|x|1") << part;
  }
  world_.items.unlisted = "";
  world_.items.got.clear();
  EXPECT_EQ(world_.run(Mode::Full).updated_local, 0U);
}

TEST_F(PartialDocuments, AListOfSummariesTakesNothingAway) {
  world_.items.listed["a"] = R"({"id":"a","name":"Ada"})";
  for (const Mode mode : {Mode::Import, Mode::Full, Mode::Export}) {
    EXPECT_EQ(world_.run(mode).exit_code(), 0);
    EXPECT_EQ(rows().front(), "a|Ada|1|x|1");
  }
  world_.items.gets = 0;
  world_.run(Mode::Full);
  EXPECT_EQ(world_.items.gets, 0) << "nothing has moved since";
  world_.edit("a", "slot", Value::integer(9));
  EXPECT_EQ(world_.run(Mode::Full).conflicts, 0U);
  EXPECT_EQ(item("a"), R"({"id":"a","name":"Ada","slot":9,"seen":"x","extra":{"p":1,"q":2}})");
  world_.items.items["a"]["slot"] = Json(std::int64_t{12});
  world_.items.items["a"]["name"] = Json("Countess");
  world_.items.listed["a"] = R"({"id":"a","name":"Countess"})";
  world_.run(Mode::Full);
  EXPECT_EQ(rows().front(), "a|Countess|12|x|1");
}

TEST_F(PartialDocuments, ARollbackRestoresNothingFromAPart) {
  world_.edit("a", "name", Value::text("Ada L."));
  const SyncReport sent = world_.run(Mode::Full);
  world_.items.got["a"] = parts_[0];
  const std::string before = item("a");
  const SyncReport undone = world_.run(Mode::Full, [&](RunOptions& options) { options.task = UndoneRun{sent.run}; });
  EXPECT_EQ(undone.exit_code(), 2);
  EXPECT_EQ(item("a"), before);
  EXPECT_EQ(rows().front(), "a|Ada L.|1|x|1");
}

TEST_F(PartialDocuments, WhatListAndItemBothLackIsGone) {
  world_.items.items["a"].erase("slot");
  EXPECT_EQ(world_.run(Mode::Import).updated_local, 1U);
  EXPECT_EQ(rows().front(), "a|Ada|-|x|1");
}

TEST_F(PartialDocuments, AWholeItemThatIsSaidToBeEmptyIsAskedAbout) {
  world_.items.items["a"] = json::parse(R"({"id":"a"})");
  world_.allow_mass_change = false;
  const SyncReport report = world_.run(Mode::Import);
  EXPECT_EQ(report.rejected, 1U);
  EXPECT_TRUE(tells(report, "--allow-mass-change"));
  EXPECT_EQ(rows().front(), "a|Ada|1|x|1");
}

TEST_F(PartialDocuments, WhatManyItemsHaveLostIsAskedForAFewTimes) {
  for (int i = 0; i < 20; ++i) world_.put("t" + std::to_string(i), R"("name":"T","slot":1,"seen":"z")");
  world_.run(Mode::Import);
  world_.items.gets = 0;
  for (int i = 0; i < 20; ++i) world_.items.items["t" + std::to_string(i)].erase("slot");
  EXPECT_EQ(world_.run(Mode::Import).updated_local, 20U);
  EXPECT_EQ(world_.items.gets, 3);
}

TEST(Answers, NextToNothingIsARemnant) {
  const Resource resource;
  const auto remnant = [&](const char* answer, const char* known) { return is_remnant(json::parse(answer), json::parse(known), resource); };
  EXPECT_TRUE(remnant(R"({"id":1})", R"({"id":1,"a":1,"b":2})"));
  EXPECT_FALSE(remnant(R"({"id":1,"a":1})", R"({"id":1,"a":1,"b":2})"));
  EXPECT_FALSE(remnant(R"({"id":1})", R"({"id":1,"a":1})"));
  EXPECT_TRUE(remnant(R"({"id":1,"a":1})", R"({"id":1,"a":1,"b":2,"c":3,"d":4})"));
  EXPECT_FALSE(remnant(R"({"id":1,"a":1,"b":null})", R"({"id":1,"a":1,"b":2,"c":3,"d":4})"));
}

TEST(Answers, WhatAnUpdateIsExpectedToNameIsWhatStoodThere) {
  const auto expected = [](const char* answer, const char* standing, const char* sent) {
    return json::to_text(expected_after(json::parse(answer), json::parse(standing), json::parse(sent), Resource()));
  };
  EXPECT_EQ(expected(R"({"id":1,"a":2})", R"({"id":1,"a":1})", R"({"a":2})"), R"({"id":1})") << "whatever it says of what was sent";
  EXPECT_EQ(expected(R"({"id":1,"a":1})", R"({"id":1,"a":1})", R"({"b":2})"), R"({"id":1,"a":1})") << "not taken";
  EXPECT_EQ(expected(R"({"id":1})", R"({"id":1,"a":1})", R"({"b":2})"), R"({"id":1,"a":1,"b":2})") << "a part";
  EXPECT_EQ(expected(R"({"id":1})", R"({"id":1,"a":1})", R"({"a":2})"), R"({"id":1,"a":2})");
}

TEST(Answers, WhatCompletesAnAnswerIsWhatItDoesNotName) {
  const Json known = json::parse(R"({"a":1,"b":{"c":2,"d":3},"e":[1]})");
  EXPECT_EQ(json::to_text(completed(json::parse(R"({"b":{"c":9},"e":null})"), known)), R"({"b":{"c":9,"d":3},"e":null,"a":1})");
}

/// W8: of the item only a summary is known, and the row holds all.
TEST(Summaries, AnItemKnownByOneIsMadeAnewOfTheWholeRow) {
  for (const bool edited : {false, true}) {
    TwoWayWorld world;
    world.put("a", R"("name":"lamp")");
    ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
    world.edit("", "name", Value::text("desk"));
    world.edit_by_key("2", "slot", Value::integer(7));
    world.items.on_create = [] { throw Error(ErrorKind::Unreachable, "no answer").with_effect(Effect::Maybe); };
    world.run(Mode::Export);
    world.items.on_create = {};
    // The list shows the marker, and next to nothing else.
    Json shown = world.items.items["new-1"];
    shown.erase("slot");
    world.items.listed["new-1"] = json::to_text(shown);
    ASSERT_EQ(world.run(Mode::Full).exit_code(), 0);
    if (edited) world.edit_by_key("2", "name", Value::text("desk 2"));
    world.items.items.erase("new-1");
    world.run(Mode::Full);
    Json& made = world.items.items["new-2"];
    EXPECT_EQ(made.text_at("name"), edited ? "desk 2" : "desk");
    ASSERT_NE(made.find("slot"), nullptr);
    EXPECT_EQ(json::to_text(*made.find("slot")), "7");
  }
}

}  // namespace
}  // namespace lockstep::test
