// Columns that gave their names to one another, together with their rules: what was agreed on goes with the rule.
#include "engine/foreseen.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

constexpr char kStraight[] = "  a: text\n  b: text\n  c: text\n";
constexpr char kSwapped[] = "  a: {type: text, from: b}\n  b: {type: text, from: a}\n  c: text\n";

/// One way in which names are given to other columns, and the name that the column of the remote's `a` has afterwards.
struct Way {
  const char* name;
  const char* statements;
  const char* fields;
  std::string a, b;
};

const std::vector<Way>& ways() {
  static const std::vector<Way> all{
      {"swap", "ALTER TABLE things RENAME a TO t; ALTER TABLE things RENAME b TO a; ALTER TABLE things RENAME t TO b", kSwapped, "b", "a"},
      {"exchanged cells", "UPDATE things SET a = b, b = a", kSwapped, "b", "a"},
      {"chain", "ALTER TABLE things RENAME b TO d; ALTER TABLE things RENAME a TO b",
       "  b: {type: text, from: a}\n  d: {type: text, from: b}\n  c: text\n", "b", "d"},
      {"rotation",
       "ALTER TABLE things RENAME a TO t; ALTER TABLE things RENAME c TO a; ALTER TABLE things RENAME b TO c; ALTER TABLE things RENAME t "
       "TO b",
       "  b: {type: text, from: a}\n  c: {type: text, from: b}\n  a: {type: text, from: c}\n", "b", "c"},
      {"in the place of one that is gone", "ALTER TABLE things DROP b; ALTER TABLE things RENAME a TO b",
       "  b: {type: text, from: a}\n  c: text\n", "b", ""},
      {"name used again", "ALTER TABLE things RENAME a TO d; ALTER TABLE things ADD a TEXT",
       "  d: {type: text, from: a}\n  a: {type: text, from: e}\n  b: text\n  c: text\n", "d", "b"},
  };
  return all;
}

class ExchangedColumns : public testing::Test {
 protected:
  void begin(int rows = 3) {
    world_.sql("DROP TABLE IF EXISTS things");
    world_.sql("CREATE TABLE things (id INTEGER PRIMARY KEY, remote_id TEXT, a TEXT, b TEXT, c TEXT)");
    world_.fields = kStraight;
    world_.items.items.clear();
    for (int i = 1; i <= rows; ++i) {
      const std::string n = std::to_string(i);
      world_.put("i" + n, R"("name":"n","a":"a)" + n + R"(","b":"b)" + n + R"(","c":"c)" + n + '"');
    }
    run(Mode::Full);
    world_.items.updates = 0;
  }
  SyncReport run(Mode mode, const std::function<void(RunOptions&)>& adjust = {}) { return run_as_foreseen(world_, mode, adjust); }
  void go(const Way& way) {
    world_.sql(way.statements);
    world_.fields = way.fields;
  }
  void set(const std::string& column, const std::string& value) {
    world_.sql("UPDATE things SET " + column + " = '" + value + "' WHERE remote_id = 'i1'");
  }
  std::string here(const std::string& column) { return world_.rows("things", {column}, "remote_id")[0]; }
  std::string there(const std::string& member) { return world_.items.items["i1"].text_at(member); }
  void open_conflict() {
    world_.on_conflict = OnConflict::Manual;
    set("a", "LOCAL");
    world_.items.items["i1"]["a"] = Json("REMOTE");
    EXPECT_EQ(run(Mode::Full).awaiting_fields, 1U);
  }
  Lines conflicts() { return world_.rows("lockstep_conflict", {"field"}); }

  TwoWayWorld world_;
};

TEST_F(ExchangedColumns, KeepTheirOpenConflicts) {
  for (const Way& way : ways()) {
    for (const int rows : {1, 3}) {
      SCOPED_TRACE(way.name + std::to_string(rows));
      begin(rows);
      open_conflict();
      go(way);
      for (const Mode mode : {Mode::Export, Mode::Full, Mode::Import, Mode::Full}) {
        EXPECT_EQ(run(mode).awaiting_fields, 1U);
        EXPECT_EQ(here(way.a), "LOCAL");
        EXPECT_EQ(there("a"), "REMOTE");
      }
      EXPECT_EQ(conflicts().back(), way.a);
      EXPECT_EQ(world_.items.updates, 0);
    }
  }
}

TEST_F(ExchangedColumns, KeepAnOpenConflictOfTheOtherOne) {
  world_.on_conflict = OnConflict::Manual;
  begin();
  set("b", "LOCAL");
  world_.items.items["i1"]["b"] = Json("REMOTE");
  run(Mode::Full);
  go(ways()[0]);
  EXPECT_EQ(run(Mode::Full).awaiting_fields, 1U);
  EXPECT_EQ(run(Mode::Full).awaiting_fields, 1U);
  EXPECT_EQ(here("a"), "LOCAL");
  world_.sql(ways()[0].statements);
  world_.fields = kStraight;
  EXPECT_EQ(run(Mode::Full).awaiting_fields, 1U) << "and back again";
  EXPECT_EQ(here("b"), "LOCAL");
  EXPECT_EQ(there("b"), "REMOTE");
  EXPECT_EQ(conflicts().back(), "b");
}

TEST_F(ExchangedColumns, TakeWhatTheRemoteHasEditedBefore) {
  for (const OnConflict policy : {OnConflict::Remote, OnConflict::Local, OnConflict::Manual}) {
    for (const Way& way : ways()) {
      SCOPED_TRACE(way.name);
      world_.on_conflict = policy;
      begin();
      world_.items.items["i1"]["a"] = Json("REMOTE");
      run(Mode::Export);
      go(way);
      EXPECT_EQ(run(Mode::Full).awaiting_fields, 0U);
      EXPECT_EQ(here(way.a), "REMOTE");
      EXPECT_EQ(there("a"), "REMOTE");
      EXPECT_EQ(there("b"), "b1");
      EXPECT_EQ(world_.items.updates, 0);
    }
  }
}

TEST_F(ExchangedColumns, SendWhatWasPending) {
  for (const Way& way : ways()) {
    SCOPED_TRACE(way.name);
    begin();
    set("a", "LOCAL");
    go(way);
    EXPECT_EQ(run(Mode::Full).conflicts, 0U);
    EXPECT_EQ(here(way.a), "LOCAL");
    EXPECT_EQ(there("a"), "LOCAL");
    EXPECT_EQ(there("b"), "b1");
    EXPECT_EQ(way.b.empty() ? "b1" : here(way.b), "b1");
  }
}

TEST_F(ExchangedColumns, ThatWereUnmappedMeanwhileKeepTheirEdits) {
  world_.on_conflict = OnConflict::Local;
  begin();
  set("b", "LOCAL");
  world_.items.items["i1"]["a"] = Json("REMOTE");
  world_.fields = "  c: text\n";
  world_.items.items["i1"]["c"] = Json("else");
  run(Mode::Full);
  go(ways()[0]);
  run(Mode::Full);
  EXPECT_EQ(here("b"), "REMOTE");
  EXPECT_EQ(here("a"), "LOCAL");
  EXPECT_EQ(there("a"), "REMOTE");
  EXPECT_EQ(there("b"), "LOCAL");
}

TEST_F(ExchangedColumns, AreLeftToAPersonWhereNobodyCanTell) {
  world_.on_conflict = OnConflict::Remote;
  begin(1);
  set("a", "one");
  set("b", "other");
  go(ways()[0]);
  EXPECT_EQ(run(Mode::Full).awaiting_fields, 2U);
  EXPECT_EQ(here("a"), "other");
  EXPECT_EQ(here("b"), "one");
  EXPECT_EQ(there("a"), "a1");
  EXPECT_EQ(world_.items.updates, 0);
}

TEST_F(ExchangedColumns, StayWhatTheyWereWhereOnlyTheirRulesWere) {
  begin();
  set("c", "LOCAL");
  world_.fields = kSwapped;
  EXPECT_EQ(run(Mode::Full).conflicts, 0U);
  EXPECT_EQ(here("a"), "b1");
  EXPECT_EQ(here("b"), "a1");
  EXPECT_EQ(there("a"), "a1");
  EXPECT_EQ(there("c"), "LOCAL");
  set("a", "LOCAL");
  EXPECT_EQ(run(Mode::Full).conflicts, 0U);
  EXPECT_EQ(there("b"), "LOCAL");
}

TEST_F(ExchangedColumns, AreResolvedUnderTheirNewNames) {
  for (const Way& way : ways()) {
    for (const auto take : {Resolution::Take::Local, Resolution::Take::Remote, Resolution::Take::Value}) {
      SCOPED_TRACE(way.name);
      begin();
      open_conflict();
      go(way);
      const SyncReport report = world_.run(Mode::Full, [&](RunOptions& options) {
        options.ids = {"i1"};
        options.existing_only = true;
        options.task = Resolution{.column = "a", .take = take, .value = "TYPED", .here = Json("LOCAL"), .there = Json("REMOTE")};
      });
      EXPECT_EQ(report.failure.value_or(""), "");
      EXPECT_EQ(here(way.a), take == Resolution::Take::Local ? "LOCAL" : take == Resolution::Take::Remote ? "REMOTE" : "TYPED");
      EXPECT_EQ(there("a"), here(way.a));
      EXPECT_EQ(there("b"), "b1");
      EXPECT_EQ(run(Mode::Full).awaiting_fields, 0U);
    }
  }
}

TEST_F(ExchangedColumns, AreLeftByARollbackThatKnowsTheirFormerNames) {
  for (const std::size_t i : {0U, 1U, 2U, 3U, 5U}) {
    const Way& way = ways()[i];
    SCOPED_TRACE(way.name);
    begin();
    world_.items.items["i1"]["a"] = Json("b1");
    world_.items.items["i1"]["b"] = Json("b2");
    run(Mode::Import);
    const std::string undone = world_.rows("lockstep_run", {"run"}).back();
    world_.items.items["i1"]["b"] = Json("b1");
    run(Mode::Import);
    world_.later();
    go(way);
    const SyncReport report = world_.run(Mode::Full, [&](RunOptions& options) { options.task = UndoneRun{undone}; });
    EXPECT_EQ(report.failure.value_or(""), "");
    EXPECT_EQ(report.skipped.size(), 2U);
    EXPECT_EQ(here(way.a), "b1");
    EXPECT_EQ(here(way.b), "b1");
    run(Mode::Full);
    world_.later();
    world_.items.items["i1"]["a"] = Json("later");
    run(Mode::Import);
    const std::string last = world_.rows("lockstep_run", {"run"}).back();
    EXPECT_TRUE(world_.run(Mode::Full, [&](RunOptions& options) { options.task = UndoneRun{last}; }).skipped.empty())
        << "made under the new names";
    EXPECT_EQ(here(way.a), "b1");
  }
}

/// The name is free for a while, and then another column's, which holds by chance what the run wrote into the first.
TEST_F(ExchangedColumns, ANameThatWasFreeForAWhileMeansAnotherColumnInAnOlderRun) {
  begin();
  world_.items.items["i1"]["a"] = Json("same");
  run(Mode::Import);
  const std::string undone = world_.rows("lockstep_run", {"run"}).back();
  world_.later();
  world_.sql("ALTER TABLE things RENAME a TO d");
  world_.fields = "  d: {type: text, from: a}\n  b: text\n  c: text\n";
  run(Mode::Full);
  world_.sql("ALTER TABLE things ADD a TEXT");
  world_.fields = "  d: {type: text, from: a}\n  a: {type: text, from: e}\n  b: text\n  c: text\n";
  world_.items.items["i1"]["e"] = Json("same");
  run(Mode::Full);
  const SyncReport report = world_.run(Mode::Full, [&](RunOptions& options) { options.task = UndoneRun{undone}; });
  EXPECT_EQ(report.skipped.size(), 1U);
  EXPECT_EQ(here("a"), "same");
  EXPECT_EQ(here("d"), "same");
}

}  // namespace
}  // namespace lockstep::test
