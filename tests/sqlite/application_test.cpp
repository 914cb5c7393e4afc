// An application's own file: its journal mode, its clauses, triggers and views are respected.
#include "sqlite_database.h"

namespace lockstep::conformance {
namespace {

class SqliteApplication : public testing::Test {
 protected:
  void open() {
    store_ = database_.open();
    lease_ = store_->lease("application");
  }
  std::string insert(const Table& table, const Shape& shape, const std::vector<Value>& row) {
    return error_kind([&] {
      const auto transaction = store_->begin(*lease_);
      keys_ = transaction->insert(table, shape, rows_of(shape.size(), {row}));
      transaction->commit();
    });
  }

  SqliteDatabase database_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Lease> lease_;
  std::vector<RowKey> keys_;
  const Table items_ = items_table();
};

TEST_F(SqliteApplication, AFileKeepsItsJournalMode) {
  open();
  store_->prepare(items_);
  EXPECT_EQ(database_.ask("PRAGMA journal_mode"), "delete") << "a new file has SQLite's own default";
  lease_.reset();
  store_.reset();
  database_.execute("PRAGMA journal_mode = WAL");
  open();
  EXPECT_EQ(insert(items_, Shape({"name"}), {Value::text("a")}), "nothing");
  EXPECT_EQ(database_.ask("PRAGMA journal_mode"), "wal");
}

TEST_F(SqliteApplication, ReadingCreatesNoFile) {
  store_ = database_.open();
  EXPECT_FALSE(store_->inspect("items"));
  EXPECT_FALSE(store_->prepare(items_, true).empty());
  EXPECT_EQ(error_kind([&] { store_->read(items_, Shape({"id"}), {}); }), "invalid");
  EXPECT_TRUE(std::filesystem::is_empty(database_.directory()));
}

TEST_F(SqliteApplication, AReplaceClauseNeverRemovesARow) {
  database_.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT UNIQUE ON CONFLICT REPLACE, note TEXT)");
  database_.execute("INSERT INTO items VALUES (1, 'taken', 'mine'), (2, 'free', 'other')");
  open();
  EXPECT_EQ(insert(items_, Shape({"name"}), {Value::text("taken")}), "rejected");
  const auto transaction = store_->begin(*lease_);
  const Guarded change{{Value::integer(2)}, {0}, {Value::text("free")}, {Value::text("taken")}};
  EXPECT_EQ(error_kind([&] { transaction->update(items_, Shape({"name"}), std::span(&change, 1)); }), "rejected");
  EXPECT_EQ(store_->count(items_, {}), 2U);
}

TEST_F(SqliteApplication, ARowThatATriggerDropsIsRejected) {
  database_.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)");
  database_.execute("CREATE TRIGGER mute BEFORE INSERT ON items BEGIN SELECT RAISE(IGNORE); END");
  open();
  EXPECT_EQ(insert(items_, Shape({"name"}), {Value::text("a")}), "rejected");
}

TEST_F(SqliteApplication, ATriggerThatRollsAllBackIsTold) {
  database_.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)");
  database_.execute("CREATE TRIGGER burn BEFORE INSERT ON items WHEN new.name = 'bad' BEGIN SELECT RAISE(ROLLBACK, 'no'); END");
  open();
  const auto transaction = store_->begin(*lease_);
  const std::vector<Value> good = {Value::text("good")}, bad = {Value::text("bad")};
  transaction->insert(items_, Shape({"name"}), rows_of(1, {good}));
  EXPECT_EQ(error_kind([&] { transaction->insert(items_, Shape({"name"}), rows_of(1, {bad})); }), "storage");
  EXPECT_EQ(error_kind([&] { transaction->insert(items_, Shape({"name"}), rows_of(1, {good})); }), "storage");
  EXPECT_EQ(error_kind([&] { transaction->commit(); }), "storage");
  EXPECT_EQ(database_.ask("SELECT count(*) FROM items"), "0");
}

TEST_F(SqliteApplication, AKeyThatTheDatabaseChoosesIsAnswered) {
  database_.execute("CREATE TABLE items (code TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(4)))), name TEXT) WITHOUT ROWID");
  open();
  ASSERT_EQ(insert(items_, Shape({"name"}), {Value::text("a")}), "nothing");
  EXPECT_EQ(to_display(keys_.at(0)[0]), database_.ask("SELECT code FROM items"));
}

TEST_F(SqliteApplication, NumbersOfRemovedRowsAreNotGivenAgain) {
  open();
  store_->prepare(items_);
  insert(items_, Shape({"name"}), {Value::text("first")});
  database_.execute("DELETE FROM items");
  insert(items_, Shape({"name"}), {Value::text("second")});
  EXPECT_EQ(keys_.at(0)[0].as_integer(), 2);
}

TEST_F(SqliteApplication, GeneratedColumnsAreToldAndLeftAlone) {
  database_.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, loud TEXT GENERATED ALWAYS AS (upper(name)) STORED)");
  open();
  EXPECT_TRUE(store_->inspect("items")->rewrites);
  EXPECT_EQ(insert(items_, Shape({"name", "loud"}), {Value::text("a"), Value()}), "nothing");
  EXPECT_EQ(spell(store_->read(items_, Shape({"loud"}), {})[0][0]), "text:A");
}

TEST_F(SqliteApplication, WhatAnotherProgramDoesToTheSchemaIsSeen) {
  database_.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)");
  open();
  EXPECT_EQ(store_->inspect("items")->find("note"), nullptr);
  EXPECT_FALSE(store_->inspect("items")->rewrites);
  database_.execute("ALTER TABLE items ADD COLUMN note TEXT");
  EXPECT_NE(store_->inspect("items")->find("note"), nullptr);
  database_.execute("CREATE TRIGGER shout AFTER INSERT ON items BEGIN UPDATE items SET note = upper(name) WHERE id = NEW.id; END");
  EXPECT_TRUE(store_->inspect("items")->rewrites);
  database_.execute("DROP TABLE items");
  EXPECT_FALSE(store_->inspect("items"));
}

TEST_F(SqliteApplication, AViewIsRefusedPolitely) {
  database_.execute("CREATE TABLE items (id INTEGER PRIMARY KEY)");
  database_.execute("CREATE VIEW seen AS SELECT id FROM items");
  open();
  try {
    store_->inspect("seen");
    FAIL() << "a view was taken for a table";
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("\"seen\""), std::string::npos);
    EXPECT_EQ(error.hint(), "name the table behind it");
  }
}

TEST_F(SqliteApplication, NamesMeanTheSameInAnyCase) {
  database_.execute(
      "CREATE TABLE Items (ID INTEGER PRIMARY KEY, Name VARCHAR(255), AMOUNT INTEGER, ratio REAL, active BOOLEAN, data TEXT, "
      "note TEXT, at TEXT, bytes BLOB)");
  database_.execute("CREATE UNIQUE INDEX theirs ON Items (NAME)");
  open();
  EXPECT_TRUE(store_->prepare(items_).empty());
  EXPECT_EQ(insert(items_, Shape({"name"}), {Value::text("a")}), "nothing");
  EXPECT_EQ(keys_.at(0)[0].as_integer(), 1);
}

TEST_F(SqliteApplication, ForeignKeysAreDeclaredOnlyWhereTheyCanHold) {
  open();
  Table table{"owned",
              {{"id", ColumnType::Integer, false, {}},
               {"user_id", ColumnType::Integer, true, "users.id"},
               {"by", ColumnType::Integer, true, "users.name"}},
              {"id"},
              {}};
  EXPECT_EQ(store_->prepare(table, true).at(0).find("REFERENCES"), std::string::npos) << "users is not there";
  database_.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)");
  const std::string statement = store_->prepare(table).at(0);
  EXPECT_NE(statement.find("\"user_id\" INTEGER REFERENCES \"users\"(\"id\")"), std::string::npos) << statement;
  EXPECT_EQ(statement.find("\"by\" INTEGER REFERENCES"), std::string::npos) << "users.name is not unique";
}

TEST_F(SqliteApplication, AnIndexThatCannotBeUniqueIsRejectedAndNothingElseHappens) {
  database_.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)");
  database_.execute("INSERT INTO items (name) VALUES ('twice'), ('twice')");
  store_ = database_.open();
  EXPECT_EQ(error_kind([&] { store_->prepare(items_); }), "rejected");
  EXPECT_EQ(store_->inspect("items")->find("note"), nullptr);
}

}  // namespace
}  // namespace lockstep::conformance
