// Conflicts that await a person: whichever side moves meanwhile, nobody's value is chosen in silence.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

std::size_t count_told(const SyncReport& report, std::string_view code, std::string_view part) {
  return static_cast<std::size_t>(std::count_if(report.problems.begin(), report.problems.end(), [&](const Problem& one) {
    return one.code == code && one.message.find(part) != std::string::npos;
  }));
}

/// The names of row and item "a" were both edited, "base" before, and the conflict was left to a person.
class Contested : public testing::TestWithParam<Mode> {
 protected:
  Contested() {
    world_.put("a", R"("name":"base","slot":1)");
    world_.put("b", R"("name":"Bob","slot":2)");
    world_.run(Mode::Import);
    here("x");
    there("y");
    world_.run(Mode::Full, [](RunOptions& options) { options.on_conflict = OnConflict::Manual; });
    EXPECT_EQ(open(), (Lines{"a|name|\"base\"|\"x\"|\"y\""}));
  }

  void here(const std::string& name) { world_.edit("a", "name", Value::text(name)); }
  void there(const std::string& name) { world_.items.items["a"]["name"] = Json(name); }
  std::string sides() { return world_.things().front() + " " + world_.items.items["a"].text_at("name"); }
  Lines open() {
    Lines open;
    for (const std::string& line : world_.rows("lockstep_conflict", {"closed_at", "remote_id", "field", "base", "here", "there"})) {
      if (line.starts_with("-|")) open.push_back(line.substr(2));
    }
    return open;
  }
  /// A dry run, and the run; both say the same.
  SyncReport run(Mode mode, std::optional<OnConflict> on_conflict = {}) {
    const auto with = [&](bool dry) {
      return world_.run(mode, [&](RunOptions& options) {
        options.dry_run = dry;
        options.on_conflict = on_conflict;
      });
    };
    const SyncReport dry = with(true), wet = with(false);
    EXPECT_EQ(dry.exit_code(), wet.exit_code());
    EXPECT_EQ(dry.awaiting_fields, wet.awaiting_fields);
    EXPECT_EQ(dry.conflicts, wet.conflicts);
    EXPECT_EQ(dry.updated_local, wet.updated_local);
    EXPECT_EQ(dry.updated_remote, wet.updated_remote);
    EXPECT_EQ(count_told(dry, "conflict_closed", ""), count_told(wet, "conflict_closed", ""));
    return wet;
  }
  void expect_kept(const SyncReport& report, const std::string& sides_now, const std::string& conflict) {
    EXPECT_EQ(sides(), sides_now);
    EXPECT_EQ(report.exit_code(), 2);
    EXPECT_EQ(report.awaiting_fields, 1U);
    EXPECT_EQ(open(), Lines{conflict});
  }

  TwoWayWorld world_;
};

TEST_P(Contested, IsToldApartFromWhatAPolicyDecides) {
  there("y2");
  world_.edit("a", "slot", Value::integer(7));
  world_.items.items["a"]["slot"] = Json(std::int64_t{5});
  const SyncReport report = run(GetParam());
  EXPECT_EQ(report.awaiting_fields, 1U);
  EXPECT_EQ(count_told(report, "conflict", "was edited on both sides: name; left as it is"), 1U);
  EXPECT_EQ(count_told(report, "conflict", "was edited on both sides: slot; "), 1U);
  EXPECT_EQ(count_told(report, "conflict", "slot; left as it is"), 0U);
}

TEST_P(Contested, StaysOneWhereTheItemMoves) {
  there("y2");
  const SyncReport report = run(GetParam());
  EXPECT_EQ(count_told(report, "conflict", "was edited on both sides: name; left as it is"), 1U);
  expect_kept(report, "a|x|1 y2", "a|name|\"base\"|\"x\"|\"y2\"");
  expect_kept(run(GetParam()), "a|x|1 y2", "a|name|\"base\"|\"x\"|\"y2\"");
}

TEST_P(Contested, StaysOneWhereTheRowMoves) {
  here("x2");
  expect_kept(run(GetParam()), "a|x2|1 y", "a|name|\"base\"|\"x2\"|\"y\"");
}

TEST_P(Contested, StaysOneWhereBothMove) {
  here("x2");
  there("y2");
  expect_kept(run(GetParam()), "a|x2|1 y2", "a|name|\"base\"|\"x2\"|\"y2\"");
  there("y3");
  expect_kept(run(GetParam()), "a|x2|1 y3", "a|name|\"base\"|\"x2\"|\"y3\"");
}

TEST_P(Contested, StaysOneWhereTheDatabaseMirrorsTheRemote) {
  world_.local_edits = LocalEdits::Replace;
  there("y2");
  expect_kept(run(GetParam()), "a|x|1 y2", "a|name|\"base\"|\"x\"|\"y2\"");
}

TEST_P(Contested, StaysOneWhereEverythingIsWrittenByForce) {
  world_.local_edits = LocalEdits::Replace;
  there("y2");
  const SyncReport report = world_.run(GetParam(), [](RunOptions& options) { options.force = true; });
  expect_kept(report, "a|x|1 y2", "a|name|\"base\"|\"x\"|\"y2\"");
}

TEST_P(Contested, IsOverWhereBothHoldTheSame) {
  here("y");
  const SyncReport report = run(GetParam());
  EXPECT_EQ(count_told(report, "conflict_closed", "both sides hold the same"), 1U);
  EXPECT_EQ(report.exit_code(), 0);
  EXPECT_EQ(sides(), "a|y|1 y");
  EXPECT_EQ(open(), Lines{});
}

/// An edit that was taken back is none: the other side's is the only one, as in rows 8 and 9.
TEST_P(Contested, IsOverWhereTheRowTookItsEditBack) {
  here("base");
  const SyncReport report = run(GetParam());
  EXPECT_EQ(count_told(report, "conflict_closed", "Svc's edit stands"), 1U);
  EXPECT_EQ(report.exit_code(), 0);
  EXPECT_EQ(sides(), GetParam() == Mode::Export ? "a|base|1 y" : "a|y|1 y");
  EXPECT_EQ(open(), Lines{});
  world_.run(Mode::Full);
  EXPECT_EQ(sides(), "a|y|1 y");
}

TEST_P(Contested, IsOverWhereTheItemTookItsEditBack) {
  there("base");
  const SyncReport report = run(GetParam());
  EXPECT_EQ(count_told(report, "conflict_closed", "the database's edit stands"), 1U);
  EXPECT_EQ(report.exit_code(), 0);
  EXPECT_EQ(sides(), GetParam() == Mode::Import ? "a|x|1 base" : "a|x|1 x");
  EXPECT_EQ(open(), Lines{});
  world_.run(Mode::Full);
  EXPECT_EQ(sides(), "a|x|1 x");
}

TEST_P(Contested, IsDecidedOnWhatBothHoldNowByAPolicyThatIsGiven) {
  there("y2");
  run(GetParam(), OnConflict::Local);
  EXPECT_EQ(sides(), GetParam() == Mode::Import ? "a|x|1 y2" : "a|x|1 x");
  EXPECT_EQ(open().size(), GetParam() == Mode::Import ? 1U : 0U);
}

TEST_P(Contested, IsNoneOfTheRecordsOtherFields) {
  there("y2");
  world_.items.items["a"]["slot"] = Json(7);
  run(GetParam());
  EXPECT_EQ(sides(), GetParam() == Mode::Export ? "a|x|1 y2" : "a|x|7 y2");
}

INSTANTIATE_TEST_SUITE_P(Modes, Contested, testing::Values(Mode::Import, Mode::Export, Mode::Full),
                         [](const auto& one) { return std::string(to_string(one.param)); });

class ContestedPair : public Contested {};

TEST_F(ContestedPair, IsDecidedByAPersonOnWhatTheySawLast) {
  const auto resolve = [&](const std::string& seen_here, const std::string& seen_there) {
    return world_.run(Mode::Full, [&](RunOptions& options) {
      options.ids = {"a"};
      options.task = Resolution{"name", Resolution::Take::Local, {}, Json(seen_here), Json(seen_there)};
    });
  };
  there("y2");
  EXPECT_EQ(resolve("x", "y").exit_code(), 1);
  EXPECT_EQ(sides(), "a|x|1 y2");
  run(Mode::Full);
  EXPECT_EQ(resolve("x", "y2").exit_code(), 0);
  EXPECT_EQ(sides(), "a|x|1 x");
  EXPECT_EQ(open(), Lines{});
}

/// The value went out and nobody answered: it stands once the remote shows it.
TEST_F(ContestedPair, ADecisionWhoseAnswerWasLostStands) {
  const auto resolve = [&] {
    return world_.run(Mode::Full, [&](RunOptions& options) {
      options.ids = {"a"};
      options.task = Resolution{"name", Resolution::Take::Value, "z", Json("x"), Json("y")};
    });
  };
  world_.items.bent = [](const Json&) -> std::string { throw Error(ErrorKind::Unreachable, "nobody answers").with_effect(Effect::Maybe); };
  resolve();
  world_.items.bent = {};
  EXPECT_EQ(sides(), "a|x|1 z");
  const int updates = world_.items.updates;
  EXPECT_EQ(run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(sides(), "a|z|1 z");
  EXPECT_EQ(world_.items.updates, updates);
  EXPECT_EQ(open(), Lines{});
}

TEST_F(ContestedPair, AnEditAfterADecisionWhoseAnswerWasLostIsAnEditOnTop) {
  world_.items.bent = [](const Json&) -> std::string { throw Error(ErrorKind::Unreachable, "nobody answers").with_effect(Effect::Maybe); };
  world_.run(Mode::Full, [&](RunOptions& options) {
    options.ids = {"a"};
    options.task = Resolution{"name", Resolution::Take::Value, "z", Json("x"), Json("y")};
  });
  world_.items.bent = {};
  here("x2");
  run(Mode::Full);
  EXPECT_EQ(sides(), "a|x2|1 x2");
}

/// It stands for what it was about; another conflict of the record goes on.
TEST_F(ContestedPair, ADecisionWhoseAnswerWasLostIsNoneOnAnotherField) {
  world_.on_conflict = OnConflict::Manual;
  world_.edit("a", "slot", Value::integer(70));
  world_.items.items["a"]["slot"] = Json(50);
  run(Mode::Full);
  EXPECT_EQ(open().size(), 2U);
  world_.items.bent = [](const Json&) -> std::string { throw Error(ErrorKind::Unreachable, "nobody answers").with_effect(Effect::Maybe); };
  world_.run(Mode::Full, [&](RunOptions& options) {
    options.ids = {"a"};
    options.task = Resolution{"name", Resolution::Take::Value, "z", Json("x"), Json("y")};
  });
  world_.items.bent = {};
  world_.items.items["a"]["slot"] = Json(51);
  EXPECT_EQ(run(Mode::Full).exit_code(), 2);
  EXPECT_EQ(sides(), "a|z|70 z");
  EXPECT_EQ(open(), (Lines{"a|slot|1|70|51"}));
}

TEST_F(ContestedPair, AnItemThatIsGoneIsMadeAnewWithWhatTheRowHolds) {
  world_.items.items.erase("a");
  const SyncReport report = run(Mode::Full);
  EXPECT_EQ(count_told(report, "conflict_closed", "made anew with what the database holds"), 1U);
  EXPECT_EQ(report.exit_code(), 0);
  EXPECT_EQ(world_.items.items.at("new-1").text_at("name"), "x");
  EXPECT_EQ(world_.things().back(), "new-1|x|1");
  EXPECT_EQ(open(), Lines{});
  EXPECT_EQ(run(Mode::Full).updated_local, 0U);
}

TEST_F(ContestedPair, AnItemThatIsGoneIsMadeAnewAlsoWhereTheRowMoved) {
  here("x2");
  world_.items.items.erase("a");
  run(Mode::Export);
  EXPECT_EQ(world_.items.items.at("new-1").text_at("name"), "x2");
  EXPECT_EQ(open(), Lines{});
}

TEST_F(ContestedPair, AnImportClosesTheConflictOfAnItemThatIsGoneAndTheRowsValueIsSentLater) {
  world_.items.items.erase("a");
  EXPECT_EQ(count_told(run(Mode::Import), "conflict_closed", "does not have it any more"), 1U);
  EXPECT_EQ(open(), Lines{});
  run(Mode::Full);
  EXPECT_EQ(world_.items.items.at("new-1").text_at("name"), "x");
}

/// Rows 4 to 6: nothing had been agreed on.
TEST_F(ContestedPair, AnAdoptionThatWasLeftToAPersonStaysOneToo) {
  world_.put("z", R"("name":"there","slot":3)");
  world_.edit("", "remote_id", Value::text("z"));
  world_.edit("z", "name", Value::text("here"));
  world_.edit("z", "slot", Value::integer(3));
  const auto z_open = [&] { return open().back(); };
  EXPECT_EQ(run(Mode::Full, OnConflict::Manual).awaiting_fields, 2U);
  EXPECT_EQ(z_open(), R"(z|name|-|"here"|"there")");
  world_.items.items["z"]["name"] = Json("there, later");
  EXPECT_EQ(run(Mode::Full).awaiting_fields, 2U);
  EXPECT_EQ(z_open(), R"(z|name|-|"here"|"there, later")");
  EXPECT_EQ(world_.things().back(), "z|here|3");
  world_.edit("z", "name", Value::text("there, later"));
  EXPECT_EQ(run(Mode::Full).awaiting_fields, 1U);
}

// ---- what the remote did not take ----------------------------------------------------------------------------------------------------

/// The name "x" was sent, and the remote kept "base".
class NotTaken : public testing::Test {
 protected:
  NotTaken() {
    world_.put("a", R"("name":"base","slot":1)");
    world_.run(Mode::Import);
    world_.edit("a", "name", Value::text("x"));
    world_.items.refuses = "name";
    EXPECT_EQ(count_told(world_.run(Mode::Full), "not_taken", "did not take name"), 1U);
    world_.items.items["a"]["name"] = Json("y");
  }
  SyncReport run(Mode mode, OnConflict on_conflict) {
    return world_.run(mode, [&](RunOptions& options) { options.on_conflict = on_conflict; });
  }
  std::string sides() { return world_.things().front() + " " + world_.items.items["a"].text_at("name"); }

  TwoWayWorld world_;
};

TEST_F(NotTaken, IsInConflictWithALaterEditOfTheRemote) {
  const SyncReport report = run(Mode::Full, OnConflict::Remote);
  EXPECT_EQ(count_told(report, "conflict", "was edited on both sides: name"), 1U);
  EXPECT_EQ(report.conflicts, 1U);
  EXPECT_EQ(sides(), "a|y|1 y");
}

TEST_F(NotTaken, AwaitsAPersonWhereThePolicySaysSo) {
  EXPECT_EQ(run(Mode::Full, OnConflict::Manual).exit_code(), 2);
  EXPECT_EQ(sides(), "a|x|1 y");
}

TEST_F(NotTaken, IsSentAgainWhereTheDatabaseWins) {
  world_.items.refuses = {};
  run(Mode::Full, OnConflict::Local);
  EXPECT_EQ(sides(), "a|x|1 x");
}

TEST_F(NotTaken, IsReportedByARunThatMayNotWriteTheWinnersSide) {
  for (int times = 0; times < 2; ++times) {
    EXPECT_EQ(run(Mode::Export, OnConflict::Remote).conflicts, 1U);
    EXPECT_EQ(run(Mode::Import, OnConflict::Local).conflicts, 1U);
    EXPECT_EQ(sides(), "a|x|1 y");
  }
}

TEST_F(NotTaken, IsSentWithAnItemThatIsMadeAnew) {
  world_.items.items.erase("a");
  run(Mode::Full, OnConflict::Remote);
  EXPECT_EQ(world_.items.items.at("new-1").text_at("name"), "x");
}

}  // namespace
}  // namespace lockstep::test
