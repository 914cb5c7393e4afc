// What the GET right before a write shows, and the list did not: it is told, counted and kept like what the list shows.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

std::size_t times_told(const SyncReport& report, std::string_view code, std::string_view part) {
  return static_cast<std::size_t>(std::count_if(report.problems.begin(), report.problems.end(), [&](const Problem& one) {
    return one.code == code && one.message.find(part) != std::string::npos;
  }));
}

/// The row of "a" is edited, and somebody edits the item once the list has been read.
class FreshLook : public testing::Test {
 protected:
  FreshLook() {
    world_.put("a", R"("name":"Ada","slot":1)");
    world_.put("b", R"("name":"Bob","slot":2)");
    world_.run(Mode::Import);
    world_.edit("a", "name", Value::text("Ada L."));
    world_.items.on_get = [this](const std::string& id) { edit_there(id); };
  }

  SyncReport run(Mode mode, OnConflict on_conflict) {
    return world_.run(mode, [&](RunOptions& options) {
      options.on_conflict = on_conflict;
      options.want_fields = true;
    });
  }
  std::vector<std::string> open_conflicts() {
    return world_.rows("lockstep_conflict", {"remote_id", "field", "here", "there", "closed_at"});
  }

  TwoWayWorld world_;
  std::function<void(const std::string&)> edit_there = [this](const std::string& id) { world_.items.items[id]["name"] = Json("Countess"); };
};

TEST_F(FreshLook, AConflictThatTheRemoteWinsIsToldAndCounted) {
  const SyncReport report = run(Mode::Full, OnConflict::Remote);
  EXPECT_EQ(times_told(report, "conflict", "was edited on both sides: name; Svc's values win"), 1U);
  EXPECT_EQ(report.conflicts, 1U);
  ASSERT_EQ(report.conflicting.size(), 1U);
  EXPECT_EQ(report.conflicting[0].winner, FieldConflict::Winner::There);
  EXPECT_EQ(report.exit_code(), 0);
  EXPECT_EQ(world_.things(), (Lines{"a|Countess|1", "b|Bob|2"}));
}

TEST_F(FreshLook, AConflictThatThisRunMayNotSettleIsToldAndCounted) {
  const SyncReport report = run(Mode::Export, OnConflict::Remote);
  EXPECT_EQ(times_told(report, "conflict", "the remote values win and are not taken by an export"), 1U);
  EXPECT_EQ(report.conflicts, 1U);
  EXPECT_EQ(report.pending_import, 1U);
  EXPECT_EQ(world_.things().front(), "a|Ada L.|1");
}

TEST_F(FreshLook, AConflictThatAwaitsAPersonIsToldAndKeptAndEndsTheRunWithTwo) {
  const auto about_one = [](RunOptions& options) {
    options.on_conflict = OnConflict::Manual;
    options.ids = {"a"};
  };
  for (const bool whole : {false, true}) {
    const std::string here = whole ? "Ada II" : "Ada I", there = whole ? "Countess II" : "Countess I";
    world_.edit("a", "name", Value::text(here));
    // Once the conflict is open, it takes another edit for the item to be looked at right before a write.
    if (whole) world_.edit("a", "slot", Value::integer(7));
    edit_there = [&](const std::string& id) {
      // An id that is asked for is seen once before the fresh look.
      if (whole || world_.items.gets > 1) world_.items.items[id]["name"] = Json(there);
    };
    world_.items.gets = 0;
    const SyncReport report = whole ? run(Mode::Full, OnConflict::Manual) : world_.run(Mode::Full, about_one);
    EXPECT_EQ(times_told(report, "conflict", "left as it is, see: lockstep conflicts"), 1U);
    EXPECT_EQ(report.awaiting, 1U);
    EXPECT_EQ(report.awaiting_fields, 1U);
    EXPECT_EQ(report.exit_code(), 2);
    EXPECT_EQ(world_.things().front(), "a|" + here + (whole ? "|7" : "|1"));
    EXPECT_EQ(open_conflicts().size(), 1U);
    EXPECT_EQ(open_conflicts().front(), "a|name|\"" + here + "\"|\"" + there + "\"|-");
  }
}

TEST_F(FreshLook, WhatTheListShowedAlreadyIsToldOnce) {
  world_.items.on_get = {};
  world_.items.items["a"]["name"] = Json("Countess");
  const SyncReport report = run(Mode::Full, OnConflict::Local);
  EXPECT_EQ(times_told(report, "conflict", "was edited on both sides: name"), 1U);
  EXPECT_EQ(report.conflicts, 1U);
  EXPECT_EQ(report.conflicting.size(), 1U);
  EXPECT_EQ(world_.items.items["a"].text_at("name"), "Ada L.");
}

TEST_F(FreshLook, AConflictThatIsNoneAnyMoreAwaitsNobody) {
  world_.edit("a", "slot", Value::integer(7));
  world_.items.items["a"]["name"] = Json("Countess");
  edit_there = [this](const std::string& id) { world_.items.items[id]["name"] = Json("Ada L."); };
  const SyncReport report = run(Mode::Full, OnConflict::Manual);
  EXPECT_EQ(report.conflicts, 0U);
  EXPECT_EQ(report.awaiting, 0U);
  EXPECT_TRUE(report.conflicting.empty());
  EXPECT_EQ(report.exit_code(), 0);
  EXPECT_EQ(world_.things().front(), "a|Ada L.|7");
}

}  // namespace
}  // namespace lockstep::test
