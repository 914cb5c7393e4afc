// Constraints of the application's table: rows reach their state whatever the order, and a dry run says what the run will be refused.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

/// things(slot) is unique; `slot_type` as SQL says it.
class UniqueWorld : public TwoWayWorld {
 public:
  explicit UniqueWorld(bool nullable) {
    Table table{"things",
                {{"id", ColumnType::Integer, false, {}},
                 {"remote_id", ColumnType::Key, true, {}},
                 {"name", ColumnType::Text, true, {}},
                 {"slot", ColumnType::Integer, nullable, {}},
                 {"seen", ColumnType::Text, true, {}}},
                {"id"},
                {{"one_per_slot", {"slot"}, true}}};
    store().prepare(table);
  }
  void slots(const std::vector<int>& of) {
    for (std::size_t i = 0; i < of.size(); ++i) put(id(i), R"("name":"x","slot":)" + std::to_string(of[i]));
  }
  static std::string id(std::size_t i) { return "t" + std::to_string(1000 + i); }
};

/// What a dry run says, and what the run does then.
void expect_foreseen(TwoWayWorld& world, Mode mode) {
  const SyncReport dry = world.run(mode, [](RunOptions& options) { options.dry_run = options.want_sightings = true; });
  const SyncReport wet = world.run(mode);
  EXPECT_EQ(dry.created_local, wet.created_local);
  EXPECT_EQ(dry.updated_local, wet.updated_local);
  EXPECT_EQ(dry.updated_remote, wet.updated_remote);
  EXPECT_EQ(dry.created_remote, wet.created_remote);
  EXPECT_EQ(dry.failed, wet.failed);
  EXPECT_EQ(dry.rejected, wet.rejected);
  EXPECT_EQ(dry.exit_code(), wet.exit_code());
}

class Exchange : public testing::TestWithParam<bool> {};

TEST_P(Exchange, RowsReachTheirStateInOneRun) {
  const std::vector<std::vector<int>> targets = {
      {2, 1, 3, 4, 5},  // two rows
      {2, 3, 4, 5, 1},  // a cycle
      {2, 3, 4, 5, 6},  // a chain
      {6, 1, 2, 3, 4},  // a chain the other way
      {2, 1, 4, 5, 3},  // two cycles
  };
  for (const std::vector<int>& target : targets) {
    UniqueWorld world(GetParam());
    world.slots({1, 2, 3, 4, 5});
    world.run(Mode::Import);
    world.slots(target);
    expect_foreseen(world, Mode::Import);
    for (std::size_t i = 0; i < target.size(); ++i) EXPECT_EQ(world.things()[i], UniqueWorld::id(i) + "|x|" + std::to_string(target[i]));
    EXPECT_EQ(world.run(Mode::Import).updated_local, 0U);
  }
}

TEST_P(Exchange, ALongCycleIsOneUnit) {
  constexpr std::size_t kRows = 400;
  UniqueWorld world(GetParam());
  std::vector<int> now, next;
  for (std::size_t i = 0; i < kRows; ++i) {
    now.push_back(static_cast<int>(i));
    next.push_back(static_cast<int>((i + 1) % kRows));
  }
  world.slots(now);
  world.run(Mode::Import);
  world.slots(next);
  EXPECT_EQ(world.run(Mode::Import).updated_local, kRows);
  EXPECT_EQ(world.things().back(), UniqueWorld::id(kRows - 1) + "|x|0");
}

TEST_P(Exchange, TheJournalHasTheTrueBefore) {
  UniqueWorld world(GetParam());
  world.slots({1, 2});
  world.run(Mode::Import);
  world.slots({2, 1});
  const SyncReport run = world.run(Mode::Import);
  EXPECT_EQ(world.rows("lockstep_change", {"fields"}).back(), R"({"slot":{"before":2,"after":1}})");
  EXPECT_EQ(world.run(Mode::Import, [&](RunOptions& options) { options.task = UndoneRun{run.run}; }).exit_code(), 0);
  EXPECT_EQ(world.things(), (Lines{"t1000|x|1", "t1001|x|2"})) << "a rollback exchanges them back";
}

TEST_P(Exchange, WhoIsRefusedStaysAndCostsNobodyElse) {
  UniqueWorld world(GetParam());
  world.slots({1, 2, 3});
  world.run(Mode::Import);
  world.edit("", "slot", Value::integer(9));  // a row of the application
  world.slots({2, 1, 9});
  expect_foreseen(world, Mode::Import);
  EXPECT_EQ(world.things(), (Lines{"-|-|9", "t1000|x|2", "t1001|x|1", "t1002|x|3"}));
}

TEST_P(Exchange, ANewRowTakesThePlaceThatAnotherLeaves) {
  UniqueWorld world(GetParam());
  world.slots({1});
  world.run(Mode::Import);
  world.slots({2, 1});
  expect_foreseen(world, Mode::Import);
  EXPECT_EQ(world.things(), (Lines{"t1000|x|2", "t1001|x|1"}));
}

/// What a row sends at the same time does not keep it from the exchange.
TEST_P(Exchange, RowsWithEditsOfTheirOwnReachTheirStateInOneRun) {
  for (const std::vector<int>& edited : {std::vector<int>{0}, {1}, {0, 1, 2}, {3}}) {
    UniqueWorld world(GetParam());
    world.slots({1, 2, 3, 4});
    world.run(Mode::Import);
    world.slots({2, 3, 1, 5});
    for (const int row : edited) world.edit(UniqueWorld::id(static_cast<std::size_t>(row)), "name", Value::text("mine"));
    expect_foreseen(world, Mode::Full);
    for (std::size_t i = 0; i < 4; ++i) {
      const bool mine = std::find(edited.begin(), edited.end(), static_cast<int>(i)) != edited.end();
      EXPECT_EQ(world.things()[i], UniqueWorld::id(i) + (mine ? "|mine|" : "|x|") + std::to_string(std::vector<int>{2, 3, 1, 5}[i]));
      EXPECT_EQ(world.items.items[UniqueWorld::id(i)].text_at("name"), mine ? "mine" : "x");
    }
    EXPECT_EQ(world.run(Mode::Full).exit_code(), 0);
    EXPECT_EQ(world.run(Mode::Full).updated_local, 0U);
  }
}

TEST_P(Exchange, APlanOfRowsWithEditsOfTheirOwnIsCarriedOut) {
  UniqueWorld world(GetParam());
  world.slots({1, 2});
  world.run(Mode::Import);
  world.slots({2, 1});
  world.edit("t1000", "name", Value::text("mine"));
  const SyncReport plan = world.run(Mode::Full, [](RunOptions& options) { options.dry_run = options.want_sightings = true; });
  const auto expected = std::make_shared<const Expectation>(plan.sightings.records);
  const SyncReport done = world.run(Mode::Full, [&](RunOptions& options) { options.expected = expected; });
  EXPECT_EQ(done.exit_code(), 0);
  EXPECT_EQ(done.updated_local, 2U);
  EXPECT_EQ(done.updated_remote, 1U);
  EXPECT_EQ(world.things(), (Lines{"t1000|mine|2", "t1001|x|1"}));
}

TEST_P(Exchange, ARollbackBringsThemBackWithWhatWasSent) {
  UniqueWorld world(GetParam());
  world.slots({1, 2});
  world.run(Mode::Import);
  world.slots({2, 1});
  world.edit("t1000", "name", Value::text("mine"));
  const SyncReport done = world.run(Mode::Full);
  const SyncReport undone = world.run(Mode::Import, [&](RunOptions& options) { options.task = UndoneRun{done.run}; });
  EXPECT_EQ(undone.exit_code(), 0);
  EXPECT_EQ(world.things(), (Lines{"t1000|mine|1", "t1001|x|2"}));
  EXPECT_EQ(world.items.items["t1000"].text_at("name"), "x");
}

TEST_P(Exchange, ARowThatSentItsEditAndIsRefusedIsRefusedOnce) {
  UniqueWorld world(GetParam());
  world.slots({1, 2});
  world.run(Mode::Import);
  world.edit("", "slot", Value::integer(9));  // a row of the application
  world.slots({9, 2});
  world.edit("t1000", "name", Value::text("mine"));
  const SyncReport dry = world.run(Mode::Full, [](RunOptions& options) { options.dry_run = true; });
  const SyncReport wet = world.run(Mode::Full);
  for (const SyncReport* report : {&dry, &wet}) {
    EXPECT_EQ(report->failed, 1U);
    EXPECT_EQ(report->updated_local, 0U);
    EXPECT_EQ(report->updated_remote, 1U);
    EXPECT_EQ(report->exit_code(), 2);
  }
  EXPECT_EQ(world.things(), (Lines{"new-1|-|9", "t1000|mine|1", "t1001|x|2"}));
}

INSTANTIATE_TEST_SUITE_P(Nullable, Exchange, testing::Bool());

/// With a unique index of the application.
class IndexedWorld : public TwoWayWorld {
 public:
  explicit IndexedWorld(const std::string& index) {
    sql("CREATE TABLE things (id INTEGER PRIMARY KEY, remote_id TEXT, name TEXT, slot INTEGER, seen TEXT)");
    sql("CREATE UNIQUE INDEX mine ON things " + index);
  }
};

TEST(Constraints, ADryRunForeseesNamesThatDifferInLetterCaseAlone) {
  IndexedWorld world("(name COLLATE NOCASE)");
  world.put("t1", R"("name":"Support")");
  world.put("t2", R"("name":"Sales")");
  world.run(Mode::Import);
  world.put("t2", R"("name":"SUPPORT")");
  world.put("t3", R"("name":"sUPPORT")");
  world.put("t4", R"("name":"free")");
  expect_foreseen(world, Mode::Import);
  EXPECT_EQ(world.things(), (Lines{"t1|Support|-", "t2|Sales|-", "t4|free|-"}));
}

/// What the run is refused by, a plan cannot know; yet two rows reach their state in one run.
TEST(Constraints, RowsExchangeValuesUnderAnIndexWithAConditionOrAnExpression) {
  for (const char* index : {"(slot) WHERE seen IS NULL", "(slot + 0)", "(name COLLATE NOCASE, slot) WHERE slot > 0"}) {
    SCOPED_TRACE(index);
    IndexedWorld world(index);
    world.put("t1", R"("name":"a","slot":1)");
    world.put("t2", R"("name":"A","slot":2)");
    world.run(Mode::Import);
    world.put("t1", R"("name":"a","slot":2)");
    world.put("t2", R"("name":"A","slot":1)");
    expect_foreseen(world, Mode::Import);
    EXPECT_EQ(world.things(), (Lines{"t1|a|2", "t2|A|1"}));
  }
}

/// What a dry run names of the rules that only the database can judge.
std::vector<std::string> told_unforeseen(const SyncReport& report) {
  std::vector<std::string> out;
  for (const Problem& problem : report.problems) {
    if (problem.code == "unforeseen") out.push_back(problem.message);
  }
  return out;
}

class RuledWorld : public TwoWayWorld {
 public:
  explicit RuledWorld(const std::string& rules) {
    sql("CREATE TABLE things (id INTEGER PRIMARY KEY, remote_id TEXT, name TEXT, slot INTEGER CHECK (slot < 100), seen TEXT,"
        " code TEXT DEFAULT 'x' UNIQUE); " +
        rules);
    put("t1", R"("name":"a","slot":1)");
    run(Mode::Import);
  }
  std::vector<std::string> told(bool dry = true) {
    return told_unforeseen(run(Mode::Import, [&](RunOptions& options) { options.dry_run = dry; }));
  }
};

TEST(Constraints, ADryRunNamesTheRulesThatOnlyTheDatabaseCanJudge) {
  const std::string before = "table things has rules that only the database can judge a row by: ";
  const std::string after = "; what they refuse is told by the run alone";
  RuledWorld world(
      "CREATE UNIQUE INDEX one_name ON things (lower(name)) WHERE seen IS NULL;"
      "CREATE TRIGGER no_b BEFORE UPDATE ON things WHEN NEW.name = 'b' BEGIN SELECT RAISE(ABORT, 'no b'); END;"
      "CREATE TRIGGER keep BEFORE DELETE ON things BEGIN SELECT RAISE(ABORT, 'kept'); END;");
  EXPECT_EQ(world.told(), Lines()) << "nothing would be written";
  world.put("t1", R"("name":"a","slot":2)");
  EXPECT_EQ(world.told(), Lines{before + "CHECK (slot < 100); the trigger no_b" + after});
  world.put("t1", R"("name":"b","slot":1)");
  EXPECT_EQ(world.told(), Lines{before + "the unique index one_name; the trigger no_b" + after});
  EXPECT_EQ(world.told(false), Lines()) << "a run says what was refused";
  world.put("t1", R"("name":"a","slot":1)");
  world.put("t2", R"("name":"c","slot":3)");
  EXPECT_EQ(world.told(), Lines{before +
                                "the unique index one_name; CHECK (slot < 100); the trigger no_b; what it puts itself into code, "
                                "which must be unique" +
                                after});
}

TEST(Constraints, ADryRunSaysNothingOfATableWithoutSuchRules) {
  UniqueWorld world(false);
  world.slots({1, 2});
  EXPECT_EQ(told_unforeseen(world.run(Mode::Import, [](RunOptions& options) { options.dry_run = true; })), Lines());
}

TEST(Constraints, ADryRunForeseesNullAndUnique) {
  UniqueWorld world(false);
  world.slots({1, 2});
  world.run(Mode::Import);
  world.put("t1000", R"("name":"x")");             // NOT NULL
  world.put("t2000", R"("name":"new")");           // NOT NULL of a new row
  world.put("t2001", R"("name":"new","slot":2)");  // UNIQUE
  expect_foreseen(world, Mode::Import);
  EXPECT_EQ(world.last.failed, 0U);
}

TEST(Constraints, APlanKeepsWhatWouldBeRefused) {
  UniqueWorld world(false);
  world.slots({1});
  world.run(Mode::Import);
  world.put("t1000", R"("name":"x")");
  world.put("t1001", R"("name":"y","slot":4)");
  const SyncReport plan = world.run(Mode::Import, [](RunOptions& options) { options.dry_run = options.want_sightings = true; });
  const auto refused = std::count_if(plan.sightings.records.begin(), plan.sightings.records.end(),
                                     [](const Sighting& one) { return !one.refused.empty() && !one.acts; });
  EXPECT_EQ(refused, 1);
  const auto expected = std::make_shared<const Expectation>(plan.sightings.records);
  const SyncReport done = world.run(Mode::Import, [&](RunOptions& options) { options.expected = expected; });
  EXPECT_EQ(done.created_local, 1U);
  EXPECT_EQ(done.failed + done.rejected, 1U);
}

}  // namespace
}  // namespace lockstep::test
