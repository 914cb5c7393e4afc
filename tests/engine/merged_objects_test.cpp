// Objects that the API merges what it gets into: an answer that tells of what was sent alone, or shows as null what was taken out, has taken
// it all the same.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

class MergedObjects : public testing::Test {
 protected:
  MergedObjects() {
    world_.fields = "  name: text\n  extra: json\n  p: {from: extra.p, type: integer}\n  q: {from: extra.q, type: integer}\n";
    world_.items.resource().merged = {"extra"};
    world_.put("a", R"("name":"Ada","extra":{"p":1,"q":2})");
    world_.run(Mode::Import);
  }
  void edit(const std::string& extra) { world_.sql("UPDATE things SET extra = '" + extra + "'"); }
  std::string there() { return json::to_text(world_.items.items["a"]["extra"]); }
  /// Nothing is told, and the same again does nothing.
  void expect_taken(const SyncReport& report) {
    for (const Problem& problem : report.problems) EXPECT_NE(problem.code, "not_taken") << problem.message;
    EXPECT_EQ(report.not_taken, 0U);
    world_.items.bent = {};
    const SyncReport again = world_.run(Mode::Full);
    EXPECT_EQ(again.updated_remote + again.updated_local + again.conflicts + again.not_taken, 0U);
  }

  TwoWayWorld world_;
};

TEST_F(MergedObjects, AnAnswerThatNamesWhatWasSentAloneHasTakenIt) {
  for (const Mode mode : {Mode::Export, Mode::Full}) {
    const int p = mode == Mode::Export ? 7 : 8;
    world_.items.bent = [p](const Json&) { return R"({"id":"a","name":"Ada","extra":{"p":)" + std::to_string(p) + "}}"; };
    edit(R"({"p":)" + std::to_string(p) + R"(,"q":2})");
    const SyncReport report = world_.run(mode);
    EXPECT_EQ(there(), R"({"p":)" + std::to_string(p) + R"(,"q":2})");
    expect_taken(report);
    const std::string sent = std::to_string(p);
    EXPECT_EQ(world_.rows("things", {"extra", "p", "q"}), Lines{R"({"p":)" + sent + R"(,"q":2}|)" + sent + "|2"});
  }
}

TEST_F(MergedObjects, WhatWasTakenOutMayBeShownAsNull) {
  edit(R"({"q":3})");
  const SyncReport report = world_.run(Mode::Export);
  EXPECT_EQ(there(), R"({"p":null,"q":3})");
  expect_taken(report);
}

TEST_F(MergedObjects, WhatTheRemoteComputesBesideWhatWasSentIsNews) {
  for (const bool merged : {true, false}) {
    world_.items.resource().merged.resize(merged ? 1 : 0);
    world_.items.resource().read_only = {"id", "seen", "extra.q"};
    world_.items.bent = [this](const Json&) {
      Json& extra = world_.items.items["a"]["extra"];
      extra["q"] = Json(*extra["p"].integer() * 10);
      return json::to_text(world_.items.items["a"]);
    };
    for (const std::string p : {"7", "8"}) {
      edit(R"({"p":)" + p + R"(,"q":2})");
      const SyncReport sent = world_.run(Mode::Export);
      EXPECT_EQ(sent.problems.size(), 0U);
      EXPECT_EQ(sent.updated_remote, 1U);
      EXPECT_EQ(world_.run(Mode::Export).updated_remote, 0U);
    }
    EXPECT_EQ(world_.rows("things", {"extra"}), Lines{R"({"p":8,"q":2})"});
    EXPECT_EQ(world_.run(Mode::Import).updated_local, 1U);
    EXPECT_EQ(world_.rows("things", {"extra"}), Lines{R"({"p":8,"q":80})"});
    edit(R"({"p":9,"q":80})");
    expect_taken(world_.run(Mode::Full));
    EXPECT_EQ(world_.rows("things", {"extra"}), Lines{R"({"p":9,"q":90})"});
  }
}

/// The API keeps members deeper down than its table says.
TEST_F(MergedObjects, WhatStaysDeeperDownWasNotTakenOut) {
  world_.items.items["a"]["extra"] = json::parse(R"({"p":1,"q":2,"deep":{"x":1,"y":2}})");
  world_.run(Mode::Import);
  world_.items.bent = [this](const Json&) {
    world_.items.items["a"]["extra"]["deep"]["y"] = Json(std::int64_t{2});
    return json::to_text(world_.items.items["a"]);
  };
  const std::string wanted = R"({"p":1,"q":2,"deep":{"x":7}})";
  edit(wanted);
  const SyncReport report = world_.run(Mode::Export);
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].code, "not_taken");
  EXPECT_EQ(there(), R"({"p":1,"q":2,"deep":{"x":7,"y":2}})");
  for (const Mode mode : {Mode::Full, Mode::Import, Mode::Export}) {
    const SyncReport again = world_.run(mode);
    EXPECT_EQ(again.updated_remote + again.updated_local + again.conflicts, 0U) << static_cast<int>(mode);
    EXPECT_EQ(world_.rows("things", {"extra"}), Lines{wanted});
  }
}

/// An object and its leaf were edited, and the API takes neither.
TEST_F(MergedObjects, WhatWasNotTakenStaysInTheRow) {
  for (const bool merged : {true, false}) {
    SCOPED_TRACE(merged);
    world_.items.resource().merged.resize(merged ? 1 : 0);
    const std::string extra = merged ? R"({"p":1,"q":7})" : R"({"p":1,"q":8})";
    const std::string stands = json::to_text(world_.items.items["a"]);
    world_.items.bent = [&](const Json&) {
      world_.items.items["a"] = json::parse(stands);
      return stands;
    };
    edit(extra);
    world_.sql("UPDATE things SET p = " + std::string(merged ? "5" : "6"));
    for (const Mode mode : {Mode::Full, Mode::Import, Mode::Export, Mode::Full}) {
      world_.run(mode);
      const Lines row = world_.rows("things", {"extra", "p"});
      EXPECT_NE(row[0].find(merged ? R"("q":7)" : R"("q":8)"), std::string::npos) << row[0];
      EXPECT_TRUE(row[0].ends_with(merged ? "|5" : "|6")) << row[0];
    }
  }
}

TEST_F(MergedObjects, WhatWasNotTakenIsToldStill) {
  world_.items.bent = [this](const Json&) {
    world_.items.items["a"]["extra"]["q"] = Json(std::int64_t{5});
    return json::to_text(world_.items.items["a"]);
  };
  edit(R"({"p":1,"q":3})");
  const SyncReport report = world_.run(Mode::Export);
  EXPECT_TRUE(std::any_of(report.problems.begin(), report.problems.end(), [](const Problem& one) { return one.code == "not_taken"; }));
}

}  // namespace
}  // namespace lockstep::test
