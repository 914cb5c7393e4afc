// Rows that bear the ids of other items: what was agreed on belongs to key and id, and no other row is compared with it.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

class ExchangedRows : public testing::Test {
 protected:
  ExchangedRows() {
    world_.put("a", R"("name":"Ada","slot":1)");
    world_.put("b", R"("name":"Bob","slot":2)");
    world_.put("c", R"("name":"Cleo","slot":3)");
    world_.run(Mode::Import);
  }

  void set_id(const std::string& of, const std::string& id) { world_.edit(of, "remote_id", Value::text(id)); }
  /// Each row gets the id of the next one, and the last that of the first.
  void exchange(const std::vector<std::string>& ids) {
    set_id(ids.front(), "aside");
    for (std::size_t i = ids.size() - 1; i > 0; --i) set_id(ids[i], ids[(i + 1) % ids.size()]);
    set_id("aside", ids[1]);
  }
  SyncReport run(Mode mode, OnConflict on_conflict = OnConflict::Remote) {
    return world_.run(mode, [&](RunOptions& options) { options.on_conflict = on_conflict; });
  }
  std::string name_there(const std::string& id) { return world_.items.items.at(id).text_at("name"); }
  std::string slot_there(const std::string& id) { return json::to_text(*world_.items.items.at(id).find("slot")); }
  Lines rows() { return world_.rows("things", {"id", "remote_id", "name", "slot"}); }
  static std::size_t told(const SyncReport& report, std::string_view code) {
    return static_cast<std::size_t>(
        std::count_if(report.problems.begin(), report.problems.end(), [&](const Problem& one) { return one.code == code; }));
  }
  void expect_remote_as_it_was() {
    EXPECT_EQ(name_there("a") + name_there("b") + name_there("c"), "AdaBobCleo");
    EXPECT_EQ(world_.items.updates + world_.items.creates, 0);
  }

  TwoWayWorld world_;
};

TEST_F(ExchangedRows, TwoIdsAreAConflictThatTheRemoteWins) {
  exchange({"a", "b"});
  const SyncReport report = run(Mode::Full);
  expect_remote_as_it_was();
  EXPECT_EQ(report.conflicts, 2U);
  EXPECT_EQ(told(report, "id_changed"), 2U);
  EXPECT_EQ(rows(), (Lines{"1|b|Bob|2", "2|a|Ada|1", "3|c|Cleo|3"}));
  world_.edit("b", "slot", Value::integer(9));
  EXPECT_EQ(run(Mode::Full).conflicts, 0U);
  EXPECT_EQ(slot_there("b"), "9") << "key and id belong together from now on";
}

/// The item is that of the row that bears its id; the one that is left without is like any new one, in the same run.
TEST_F(ExchangedRows, ARowWhoseIdACopyTookGetsAnItemAtOnce) {
  world_.sql("CREATE TABLE aside AS SELECT remote_id FROM things WHERE id = 1");
  set_id("a", "");
  world_.sql("UPDATE things SET slot = 9 WHERE id = 1");
  world_.sql("INSERT INTO things (remote_id, name, slot) SELECT aside.remote_id, things.name, 1 FROM aside, things WHERE things.id = 1");
  EXPECT_EQ(world_.run(Mode::Full, [](RunOptions& options) { options.dry_run = true; }).created_remote, 1U);
  EXPECT_EQ(run(Mode::Full).created_remote, 1U);
  EXPECT_EQ(run(Mode::Full).created_remote, 0U);
  EXPECT_EQ(slot_there("a"), "1");
}

TEST_F(ExchangedRows, TwoIdsAreAConflictInEachDirection) {
  exchange({"a", "b"});
  const Lines exchanged = rows();
  const SyncReport out = run(Mode::Export);
  expect_remote_as_it_was();
  EXPECT_EQ(out.conflicts, 2U);
  EXPECT_EQ(rows(), exchanged);
  EXPECT_EQ(run(Mode::Import).conflicts, 2U);
  EXPECT_EQ(rows(), (Lines{"1|b|Bob|2", "2|a|Ada|1", "3|c|Cleo|3"}));
}

TEST_F(ExchangedRows, TwoIdsAwaitAPersonWhereThePolicySaysSo) {
  exchange({"a", "b"});
  const Lines exchanged = rows();
  const SyncReport report = run(Mode::Full, OnConflict::Manual);
  expect_remote_as_it_was();
  EXPECT_EQ(report.exit_code(), 2);
  EXPECT_EQ(report.awaiting, 2U);
  EXPECT_EQ(rows(), exchanged);
  EXPECT_EQ(run(Mode::Full, OnConflict::Manual).awaiting, 2U) << "and go on to";
  expect_remote_as_it_was();
}

TEST_F(ExchangedRows, ThreeIdsInARing) {
  exchange({"a", "b", "c"});
  const SyncReport report = run(Mode::Full);
  expect_remote_as_it_was();
  EXPECT_EQ(told(report, "id_changed"), 3U);
  EXPECT_EQ(rows(), (Lines{"1|b|Bob|2", "2|c|Cleo|3", "3|a|Ada|1"}));
  EXPECT_EQ(run(Mode::Full).updated_local, 0U);
}

TEST_F(ExchangedRows, TwoKeysAreNoMoreOfAnEditThanTwoIds) {
  world_.set_key("1", "9");
  world_.set_key("2", "1");
  world_.set_key("9", "2");
  world_.edit("b", "name", Value::text("Bobby"));
  const SyncReport report = run(Mode::Full);
  expect_remote_as_it_was();
  EXPECT_EQ(report.conflicts, 1U);
  EXPECT_EQ(rows(), (Lines{"1|b|Bob|2", "2|a|Ada|1", "3|c|Cleo|3"}));
}

TEST_F(ExchangedRows, ARowThatTakesTheIdOfAnItemWhoseRowIsGone) {
  world_.set_key("2", "9");
  set_id("b", "aside");
  set_id("a", "b");
  set_id("aside", "a");
  world_.edit("a", "name", Value::text("New"));
  run(Mode::Full);
  expect_remote_as_it_was();
  EXPECT_EQ(rows(), (Lines{"1|b|Bob|2", "3|c|Cleo|3", "9|a|Ada|1"}));
}

TEST_F(ExchangedRows, RowsThatShareAnIdThatIsNotThereLeaveTheItemOfOneOfThemAlone) {
  set_id("b", "gone");
  world_.sql("ALTER TABLE things RENAME TO strict");
  world_.sql("CREATE TABLE things (id INTEGER PRIMARY KEY, remote_id TEXT, name TEXT, slot INTEGER, seen TEXT)");
  world_.sql("INSERT INTO things SELECT id, remote_id, name, slot, seen FROM strict");
  world_.sql("INSERT INTO things (id, remote_id, name, slot) VALUES (4, 'gone', 'Bob', 2)");
  const Lines before = rows();
  for (const Mode mode : {Mode::Import, Mode::Export, Mode::Full}) {
    const SyncReport report = run(mode);
    EXPECT_EQ(report.exit_code(), 2);
    EXPECT_EQ(rows(), before) << "b has its row, whatever id that bears";
    expect_remote_as_it_was();
  }
}

TEST_F(ExchangedRows, AnotherRowUnderANewKeyIsNotTheLinkedOne) {
  world_.set_key("2", "9");
  world_.edit("b", "name", Value::text("Somebody else"));
  const SyncReport report = run(Mode::Full);
  expect_remote_as_it_was();
  EXPECT_EQ(report.conflicts, 1U);
  EXPECT_EQ(rows(), (Lines{"1|a|Ada|1", "3|c|Cleo|3", "9|b|Bob|2"}));
}

TEST_F(ExchangedRows, TheSameRowUnderANewKeyKeepsItsEdits) {
  world_.set_key("2", "9");
  world_.edit("b", "slot", Value::integer(7));
  EXPECT_EQ(run(Mode::Full).conflicts, 0U);
  EXPECT_EQ(slot_there("b"), "7");
  EXPECT_EQ(rows(), (Lines{"1|a|Ada|1", "3|c|Cleo|3", "9|b|Bob|7"}));
}

}  // namespace
}  // namespace lockstep::test
