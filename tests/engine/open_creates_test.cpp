// Creates whose answers were lost, at an API that keeps no marker: what closes the question besides a person's word, and which word is
// none.
#include <cctype>

#include "common/text.h"
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

/// Row 2 was being created: the item "new-1" is what came of it.
struct LostCreate {
  /// `alter`: what the API makes of the marker; none: it drops it.
  explicit LostCreate(std::string (*alter)(std::string_view) = nullptr) {
    world.items.drops_markers = alter == nullptr;
    world.put("a", R"("name":"lamp")");
    EXPECT_EQ(world.run(Mode::Import).exit_code(), 0);
    world.edit("", "name", Value::text("desk"));
    world.items.on_create = [this, alter] {
      if (alter != nullptr) {
        for (Json::Member& member : *world.items.items["new-1"]["metadata"].object()) member.second = Json(alter(*member.second.text()));
      }
      throw Error(ErrorKind::Unreachable, "no answer").with_effect(Effect::Maybe);
    };
    EXPECT_EQ(world.run(Mode::Export).exit_code(), 2);
    world.items.on_create = {};
  }
  std::size_t open() { return std::ranges::count(world.rows("lockstep_intent", {"closed_at"}), "-"); }
  SyncReport resolve(bool again, const std::string& id = {}) {
    return world.run(again ? Mode::Export : Mode::Full, [&](RunOptions& options) {
      if (!id.empty()) options.ids = {id};
      options.task = OpenCreate{"2", again};
    });
  }
  TwoWayWorld world{"label: name\n"};
};

/// An API that keeps something else of the marker than it was sent: what an open create made is no stranger.
TEST(OpenCreates, AnItemWhoseMarkerWasAlteredGetsNoRowOfItsOwn) {
  using Alter = std::string (*)(std::string_view);
  const Alter upper = [](std::string_view marker) {
    std::string text(marker);
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
  };
  const Alter cut = [](std::string_view marker) { return std::string(marker.substr(0, 40)); };
  const Alter lower = [](std::string_view marker) { return to_lower(marker); };
  for (const Alter alter : {lower, upper, cut}) {
    for (const Mode mode : {Mode::Import, Mode::Full}) {
      LostCreate lost(alter);
      lost.world.later();
      const SyncReport next = lost.world.run(mode);
      EXPECT_EQ(next.created_local, 0U);
      EXPECT_EQ(lost.world.items.creates, 1);
      EXPECT_EQ(lost.open(), 1U);
      EXPECT_EQ(lost.resolve(false, "new-1").exit_code(), 0);
      EXPECT_EQ(lost.world.things(), (std::vector<std::string>{"a|lamp|-", "new-1|desk|-"}));
      EXPECT_EQ(lost.open(), 0U);
    }
  }
}

TEST(OpenCreates, ARowThatGotItsItemAsksNothingMore) {
  for (const Mode mode : {Mode::Import, Mode::Export, Mode::Full}) {
    LostCreate lost;
    lost.world.edit_by_key("2", "remote_id", Value::text("new-1"));
    EXPECT_EQ(lost.world.run(mode).exit_code(), 0);
    EXPECT_EQ(lost.open(), 0U);
    EXPECT_EQ(lost.world.items.creates, 1);
  }
}

TEST(OpenCreates, AnIdThatNamesNothingClosesNone) {
  LostCreate lost;
  lost.world.edit_by_key("2", "remote_id", Value::text("mistyped"));
  lost.world.run(Mode::Import);
  EXPECT_EQ(lost.open(), 1U);
}

TEST(OpenCreates, ARowThatIsGoneAsksNothingMore) {
  LostCreate lost;
  lost.world.set_key("2", "9");  // as if it had been deleted
  lost.world.edit_by_key("9", "remote_id", Value::text("new-1"));
  lost.world.run(Mode::Import);
  EXPECT_EQ(lost.open(), 0U);
}

void expect_refusal(const SyncReport& report, const std::string& why, const std::string& remedy) {
  EXPECT_EQ(report.exit_code(), 1);
  EXPECT_NE(report.failure.value_or("").find(why), std::string::npos) << report.failure.value_or("");
  EXPECT_NE(report.failure_hint.find(remedy), std::string::npos) << report.failure_hint;
}

TEST(OpenCreates, NothingIsTiedToARowThatIsGone) {
  LostCreate lost;
  lost.world.set_key("2", "9");
  expect_refusal(lost.resolve(false, "new-1"), "row 2 of things is gone", "lockstep import things");
  expect_refusal(lost.resolve(true), "row 2 of things is gone", "lockstep import things");
  EXPECT_EQ(lost.world.rows("things", {"name"}), (std::vector<std::string>{"lamp", "desk"}));
  EXPECT_EQ(lost.open(), 1U);
}

TEST(OpenCreates, NorToOneThatBearsAnIdAlready) {
  LostCreate lost;
  lost.world.edit_by_key("2", "remote_id", Value::text("new-1"));
  expect_refusal(lost.resolve(true), "bears the ID \"new-1\" already", "lockstep import things");
  expect_refusal(lost.resolve(false, "new-1"), "bears the ID \"new-1\" already", "lockstep import things");
  EXPECT_EQ(lost.world.items.creates, 1);
}

TEST(OpenCreates, WhatAnotherRowHasIsNotWhatTheCreateMade) {
  LostCreate lost;
  expect_refusal(lost.resolve(false, "a"), "\"a\" is not what the create made: it is linked to row 1 of things", "--take local");
  EXPECT_EQ(lost.open(), 1U);
  EXPECT_EQ(lost.resolve(false, "new-1").exit_code(), 0);
  EXPECT_EQ(lost.open(), 0U);
}

TEST(OpenCreates, APersonMayRepeatThem) {
  LostCreate lost;
  EXPECT_EQ(lost.resolve(true).exit_code(), 0);
  EXPECT_EQ(lost.open(), 0U);
  EXPECT_EQ(lost.world.items.creates, 2);
}

/// The same at an API that keeps the marker, by which the item is found again.
struct LostMarkedCreate {
  LostMarkedCreate() {
    world.put("a", R"("name":"lamp","seen":"s")");
    world.run(Mode::Import);
    world.sql("INSERT INTO things (id, name, slot) VALUES (2, 'desk', 5)");
    world.items.on_create = [] { throw Error(ErrorKind::Unreachable, "no answer").with_effect(Effect::Maybe); };
    EXPECT_EQ(world.run(Mode::Export).exit_code(), 2);
    world.items.on_create = {};
    world.later();
  }
  TwoWayWorld world{"label: name\n"};
};

TEST(OpenCreates, AnotherRowUnderTheSameKeyGetsNothingOfThem) {
  for (const Mode mode : {Mode::Import, Mode::Export, Mode::Full}) {
    LostMarkedCreate lost;
    lost.world.sql("DELETE FROM things WHERE id = 2");
    lost.world.sql("INSERT INTO things (id, name, slot) VALUES (2, 'else', 9)");
    const auto before = lost.world.things();
    for (int run = 0; run < 2; ++run) EXPECT_EQ(lost.world.run(mode).exit_code(), 2) << "a person says whose it is";
    EXPECT_EQ(lost.world.things(), before);
    EXPECT_EQ(lost.world.items.items["new-1"].text_at("name"), "desk");
    EXPECT_EQ(lost.world.items.creates, 1);
  }
}

TEST(OpenCreates, ARowThatWasEditedSinceIsStillTheirs) {
  LostMarkedCreate lost;
  lost.world.sql("UPDATE things SET slot = 6 WHERE id = 2");
  EXPECT_EQ(lost.world.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(lost.world.things().back(), "new-1|desk|6");
  EXPECT_EQ(json::to_text(*lost.world.items.items["new-1"].find("slot")), "6");
}

}  // namespace
}  // namespace lockstep::test
