// A field that is unmapped for a while, and a column that goes on under another name: what was edited there before is still an edit.
#include "engine/foreseen.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

constexpr char kAll[] = "  name: text\n  slot: integer\n  note: text\n";
constexpr char kWithoutSlot[] = "  name: text\n  note: text\n";
constexpr char kAmount[] = "  name: text\n  amount: {type: integer, from: slot}\n  note: text\n";

/// Three rows that were agreed on, each with a name, a slot and a note of its own.
class ChangedColumns : public testing::Test {
 protected:
  void SetUp() override { begin({"a", "b", "c"}); }
  void begin(const Lines& ids) {
    world_.sql("DROP TABLE IF EXISTS things");
    world_.sql("CREATE TABLE things (id INTEGER PRIMARY KEY, remote_id TEXT, name TEXT, slot INTEGER, note TEXT)");
    world_.fields = kAll;
    world_.items.items.clear();
    int slot = 0;
    for (const std::string& id : ids)
      world_.put(id, R"("name":"Item )" + id + R"(","slot":)" + std::to_string(++slot) + R"(,"note":"n)" + id + '"');
    full();
  }
  SyncReport run(Mode mode, const std::function<void(RunOptions&)>& adjust = {}) { return run_as_foreseen(world_, mode, adjust); }
  SyncReport full() { return run(Mode::Full); }
  /// The item changes elsewhere: its record is agreed on anew.
  void move(const std::string& id) { world_.items.items[id]["note"] = Json(world_.items.items[id].text_at("note") + "!"); }
  void move_all() {
    for (auto& [id, item] : world_.items.items) move(id);
  }
  std::string slot_there(const std::string& id) {
    const Json* slot = world_.items.items[id].find("slot");
    return slot == nullptr ? "-" : json::to_text(*slot);
  }
  Lines column(const std::string& name) { return world_.rows("things", {name}, "remote_id"); }
  void edit_slot(const std::string& id, const std::string& value, const std::string& name = "slot") {
    world_.sql("UPDATE things SET " + name + " = " + value + " WHERE remote_id = '" + id + "'");
  }
  /// A run that has no rule for the column, in which every record is agreed on anew.
  void pass_unmapped() {
    world_.fields = kWithoutSlot;
    move_all();
    full();
    world_.fields = kAll;
  }
  /// The same command once more writes nothing.
  void expect_rest() {
    const Lines rows = world_.rows("things", {"remote_id", "name", "note"});
    const int sent = world_.items.updates;
    const SyncReport again = full();
    EXPECT_EQ(again.updated_local, 0U);
    EXPECT_EQ(world_.rows("things", {"remote_id", "name", "note"}), rows);
    EXPECT_EQ(world_.items.updates, sent);
  }

  TwoWayWorld world_;
};

class FieldMappedAgain : public ChangedColumns {};

TEST_F(FieldMappedAgain, KeepsTheEditThatWasPending) {
  edit_slot("a", "70");
  pass_unmapped();
  pass_unmapped();
  edit_slot("b", "80");
  const SyncReport report = full();
  EXPECT_EQ(report.conflicts, 0U);
  EXPECT_EQ(column("slot"), (Lines{"70", "80", "3"}));
  EXPECT_EQ(slot_there("a") + slot_there("b") + slot_there("c"), "70803");
  expect_rest();
}

TEST_F(FieldMappedAgain, KeepsAnEditThatAnImportReports) {
  edit_slot("a", "70");
  pass_unmapped();
  const SyncReport report = run(Mode::Import);
  EXPECT_EQ(report.conflicts, 0U);
  EXPECT_EQ(column("slot"), (Lines{"70", "2", "3"}));
  full();
  EXPECT_EQ(slot_there("a"), "70");
}

TEST_F(FieldMappedAgain, KeepsAnEditThatEmptiedTheCell) {
  edit_slot("a", "NULL");
  pass_unmapped();
  EXPECT_EQ(full().conflicts, 0U);
  EXPECT_EQ(column("slot"), (Lines{"-", "2", "3"}));
  EXPECT_EQ(slot_there("a"), "null");
}

TEST_F(FieldMappedAgain, FollowsTheRemoteWhereNobodyHasEditedTheRow) {
  world_.items.items["a"]["slot"] = Json(50);
  pass_unmapped();
  EXPECT_EQ(full().conflicts, 0U);
  EXPECT_EQ(column("slot"), (Lines{"50", "2", "3"}));
  EXPECT_EQ(world_.items.updates, 0);
}

TEST_F(FieldMappedAgain, IsInConflictWhereTheRemoteWasEditedToo) {
  world_.on_conflict = OnConflict::Manual;
  edit_slot("a", "70");
  edit_slot("b", "NULL");
  world_.items.items["a"]["slot"] = Json(50);
  world_.items.items["b"]["slot"] = Json(51);
  pass_unmapped();
  EXPECT_EQ(full().conflicts, 2U);
  EXPECT_EQ(column("slot"), (Lines{"70", "-", "3"}));
  EXPECT_EQ(slot_there("a") + slot_there("b"), "5051");
  EXPECT_EQ(full().conflicts, 2U) << "nor does it end by itself";
  EXPECT_EQ(column("slot"), (Lines{"70", "-", "3"}));
}

TEST_F(FieldMappedAgain, IsInConflictAgainAfterARunThatMayNotCarryOutWhoWins) {
  world_.on_conflict = OnConflict::Local;
  edit_slot("b", "NULL");
  world_.items.items["b"]["slot"] = Json(51);
  pass_unmapped();
  run(Mode::Import);
  EXPECT_EQ(column("slot"), (Lines{"1", "-", "3"})) << "the row's side won, and an import sends nothing";
  run(Mode::Import);
  EXPECT_EQ(column("slot"), (Lines{"1", "-", "3"}));
  full();
  EXPECT_EQ(slot_there("b"), "null");
}

TEST_F(FieldMappedAgain, TakesWhatTheRemoteEditsAfterwards) {
  edit_slot("a", "70");
  pass_unmapped();
  full();
  world_.items.items["a"]["slot"] = Json(50);
  EXPECT_EQ(full().conflicts, 0U);
  EXPECT_EQ(column("slot"), (Lines{"50", "2", "3"}));
}

TEST_F(FieldMappedAgain, IsNewWhereItsColumnWasDroppedAndMadeAgain) {
  for (const char* fresh : {"slot INTEGER", "slot INTEGER DEFAULT 9"}) {
    world_.fields = kWithoutSlot;
    move_all();
    full();
    world_.sql("ALTER TABLE things DROP COLUMN slot");
    world_.sql("ALTER TABLE things ADD COLUMN " + std::string(fresh));
    move_all();
    full();
    world_.fields = kAll;
    full();
    EXPECT_EQ(column("slot"), (Lines{"1", "2", "3"})) << fresh;
    EXPECT_EQ(world_.items.updates, 0) << fresh;
  }
}

TEST_F(FieldMappedAgain, AsksAPersonWhereItsColumnMayBeAnotherOne) {
  world_.fields = kWithoutSlot;
  move_all();
  full();
  world_.sql("ALTER TABLE things DROP COLUMN slot");
  full();
  world_.sql("ALTER TABLE things ADD COLUMN slot INTEGER");
  world_.sql("UPDATE things SET slot = id + 40");
  world_.fields = kAll;
  EXPECT_EQ(full().awaiting_fields, 3U);
  EXPECT_EQ(column("slot"), (Lines{"41", "42", "43"}));
  EXPECT_EQ(world_.items.updates, 0);
}

TEST_F(FieldMappedAgain, KeepsAValueThatTheRemoteDidNotTake) {
  world_.items.refuses = "slot";
  edit_slot("a", "70");
  full();
  pass_unmapped();
  world_.items.refuses.clear();
  EXPECT_EQ(full().awaiting_fields, 1U);
  EXPECT_EQ(column("slot"), (Lines{"70", "2", "3"}));
}

TEST_F(FieldMappedAgain, MayHoldASecret) {
  world_.extra = "secrets: [slot]\n";
  full();
  edit_slot("a", "70");
  pass_unmapped();
  EXPECT_EQ(full().conflicts, 0U);
  EXPECT_EQ(slot_there("a"), "70");
}

TEST_F(FieldMappedAgain, MayHaveAnotherName) {
  edit_slot("a", "70");
  pass_unmapped();
  world_.sql("ALTER TABLE things ADD COLUMN amount INTEGER");
  world_.sql("UPDATE things SET amount = slot");
  world_.sql("ALTER TABLE things DROP COLUMN slot");
  world_.fields = kAmount;
  EXPECT_EQ(full().conflicts, 0U);
  EXPECT_EQ(column("amount"), (Lines{"70", "2", "3"}));
  EXPECT_EQ(slot_there("a"), "70");
}

class RenamedColumn : public ChangedColumns {
 protected:
  void rename() { world_.sql("ALTER TABLE things RENAME COLUMN slot TO amount"); }
  void copy() {
    world_.sql("ALTER TABLE things ADD COLUMN amount INTEGER");
    world_.sql("UPDATE things SET amount = slot");
  }
  void drop() { world_.sql("ALTER TABLE things DROP COLUMN slot"); }
};

TEST_F(RenamedColumn, ThatWasCopiedKeepsItsPendingEdits) {
  edit_slot("a", "70");
  copy();
  drop();
  world_.fields = kAmount;
  EXPECT_EQ(full().conflicts, 0U);
  EXPECT_EQ(column("amount"), (Lines{"70", "2", "3"}));
  EXPECT_EQ(slot_there("a"), "70");
  expect_rest();
  edit_slot("b", "80", "amount");
  world_.items.items["c"]["slot"] = Json(90);
  EXPECT_EQ(full().conflicts, 0U);
  EXPECT_EQ(column("amount"), (Lines{"70", "80", "90"}));
  EXPECT_EQ(slot_there("b"), "80");
}

TEST_F(RenamedColumn, ThatWasCopiedFollowsTheRemote) {
  world_.items.items["a"]["slot"] = Json(50);
  copy();
  drop();
  world_.fields = kAmount;
  EXPECT_EQ(full().conflicts, 0U);
  EXPECT_EQ(column("amount"), (Lines{"50", "2", "3"}));
  EXPECT_EQ(world_.items.updates, 0);
}

TEST_F(RenamedColumn, MayLeaveTheFormerOneBehind) {
  edit_slot("a", "70");
  copy();
  world_.fields = kAmount;
  EXPECT_EQ(full().conflicts, 0U);
  EXPECT_EQ(column("amount"), (Lines{"70", "2", "3"}));
  EXPECT_EQ(slot_there("a"), "70");
}

TEST_F(RenamedColumn, KeepsItsEditsAlsoWhereMostRowsHaveSome) {
  edit_slot("a", "70");
  edit_slot("b", "80");
  rename();
  edit_slot("c", "90", "amount");
  world_.fields = kAmount;
  EXPECT_EQ(full().conflicts, 0U);
  EXPECT_EQ(column("amount"), (Lines{"70", "80", "90"}));
  EXPECT_EQ(slot_there("a") + slot_there("b") + slot_there("c"), "708090");
}

TEST_F(RenamedColumn, IsLeftToAPersonWhereNobodyCanTell) {
  begin({"a"});
  edit_slot("a", "70");
  copy();
  drop();
  world_.fields = kAmount;
  EXPECT_EQ(full().awaiting_fields, 1U);
  EXPECT_EQ(column("amount"), Lines{"70"});
  EXPECT_EQ(slot_there("a"), "1");
  EXPECT_EQ(full().awaiting_fields, 1U);
  EXPECT_EQ(run(Mode::Import, [](RunOptions& options) { options.local_edits = LocalEdits::Replace; }).awaiting_fields, 1U);
  EXPECT_EQ(column("amount"), Lines{"70"});
  run(Mode::Full, [](RunOptions& options) { options.on_conflict = OnConflict::Local; });
  EXPECT_EQ(slot_there("a"), "70");
  edit_slot("a", "71", "amount");
  EXPECT_EQ(full().conflicts, 0U) << "from then on the column is as every other";
  EXPECT_EQ(slot_there("a"), "71");
}

TEST_F(RenamedColumn, InDoubtCostsTheOtherRowsNothing) {
  begin({"a", "b", "c", "d"});
  for (const char* id : {"a", "b", "c"}) edit_slot(id, "7" + std::to_string(id[0]));
  copy();
  drop();
  world_.items.items["d"]["slot"] = Json(50);
  world_.fields = kAmount;
  EXPECT_EQ(full().awaiting_fields, 3U);
  EXPECT_EQ(column("amount"), (Lines{"797", "798", "799", "50"}));
  edit_slot("d", "51", "amount");
  EXPECT_EQ(full().awaiting_fields, 3U);
  EXPECT_EQ(slot_there("d"), "51");
}

TEST_F(RenamedColumn, ThatIsEmptyOrHoldsADefaultIsNew) {
  for (const char* fresh : {"amount INTEGER", "amount INTEGER DEFAULT 9"}) {
    world_.fields = kAll;
    full();
    edit_slot("a", "70");
    world_.sql("ALTER TABLE things ADD COLUMN " + std::string(fresh));
    world_.fields = kAmount;
    EXPECT_EQ(full().conflicts, 0U) << fresh;
    EXPECT_EQ(column("amount"), (Lines{"1", "2", "3"})) << fresh;
    EXPECT_EQ(column("slot"), (Lines{"70", "2", "3"})) << fresh;
    EXPECT_EQ(world_.items.updates, 0) << fresh;
    edit_slot("b", "80", "amount");
    EXPECT_EQ(full().conflicts, 0U) << "an edit of it is one";
    EXPECT_EQ(slot_there("b"), "80");
    edit_slot("b", "2", "amount");
    full();
    world_.items.updates = 0;
    edit_slot("a", "1");
    world_.sql("ALTER TABLE things DROP COLUMN amount");
  }
}

TEST_F(RenamedColumn, WithContentsOfItsOwnIsLeftToAPerson) {
  world_.sql("ALTER TABLE things ADD COLUMN amount INTEGER");
  world_.sql("UPDATE things SET amount = id + 40");
  world_.fields = kAmount;
  EXPECT_EQ(full().awaiting_fields, 3U);
  EXPECT_EQ(column("amount"), (Lines{"41", "42", "43"}));
  EXPECT_EQ(world_.items.updates, 0);
}

TEST_F(RenamedColumn, KeepsItsEditsAlsoThroughARollback) {
  world_.items.items["a"]["name"] = Json("Another");
  run(Mode::Import);
  const Lines runs = world_.rows("lockstep_run", {"run"});
  edit_slot("a", "70");
  copy();
  drop();
  world_.fields = kAmount;
  world_.run(Mode::Full, [&](RunOptions& options) { options.task = UndoneRun{runs.back()}; });
  EXPECT_EQ(column("name"), (Lines{"Item a", "Item b", "Item c"}));
  EXPECT_EQ(full().conflicts, 0U);
  EXPECT_EQ(column("amount"), (Lines{"70", "2", "3"}));
  EXPECT_EQ(slot_there("a"), "70");
}

TEST_F(RenamedColumn, TakesItsOpenConflictAlong) {
  begin({"a"});
  edit_slot("a", "70");
  world_.items.items["a"]["slot"] = Json(50);
  world_.on_conflict = OnConflict::Manual;
  EXPECT_EQ(full().awaiting_fields, 1U);
  copy();
  drop();
  world_.fields = kAmount;
  world_.on_conflict = OnConflict::Remote;
  EXPECT_EQ(full().awaiting_fields, 1U);
  EXPECT_EQ(column("amount"), Lines{"70"});
  EXPECT_EQ(slot_there("a"), "50");
}

TEST_F(RenamedColumn, IsResolvedUnderItsNewNameBeforeAnyRun) {
  edit_slot("a", "70");
  world_.items.items["a"]["slot"] = Json(50);
  world_.on_conflict = OnConflict::Manual;
  EXPECT_EQ(full().awaiting_fields, 1U);
  rename();
  world_.fields = kAmount;
  const auto resolve = [](RunOptions& options) {
    options.ids = {"a"};
    options.existing_only = true;
    options.task = Resolution{.column = "slot", .take = Resolution::Take::Local, .value = {}, .here = Json(70), .there = Json(50)};
  };
  EXPECT_TRUE(world_.run(Mode::Full, resolve).problems.empty());
  EXPECT_EQ(slot_there("a"), "70");
  EXPECT_EQ(full().awaiting_fields, 0U);
  EXPECT_EQ(column("amount"), (Lines{"70", "2", "3"}));
}

}  // namespace
}  // namespace lockstep::test
