// What the triggers of `migrate --watch` cost an application: nothing to wait for, no right on Lockstep's tables.
#include <gtest/gtest.h>

#include "mariadb_database.h"

namespace lockstep::conformance {
namespace {

class MysqlWatching : public testing::Test {
 protected:
  void SetUp() override {
    LOCKSTEP_NEEDS_MARIADB();
    database_ = std::make_unique<MariadbDatabase>();
    store_ = database_->open();
    database_->execute("CREATE TABLE items (id integer PRIMARY KEY, name text)");
    table_ = {"items", {{"id", ColumnType::Integer, false, {}}, {"name", ColumnType::Text, true, {}}}, {"id"}, {}};
    store_->watch(table_);
  }
  std::uint64_t mark() { return store_->mark(table_).value(); }

  std::unique_ptr<MariadbDatabase> database_;
  std::unique_ptr<Store> store_;
  Table table_;
};

TEST_F(MysqlWatching, TransactionsOfTheApplicationDoNotWaitForEachOther) {
  Application one(database_->name()), two(database_->name());
  one.run("SET innodb_lock_wait_timeout = 2; BEGIN; INSERT INTO items VALUES (1, 'a')");
  two.run("SET innodb_lock_wait_timeout = 2; BEGIN; INSERT INTO items VALUES (2, 'b')");
  const std::uint64_t before = mark();
  two.run("COMMIT");
  const std::uint64_t between = mark();
  EXPECT_NE(between, before);
  one.run("COMMIT");
  EXPECT_NE(mark(), between);
}

TEST_F(MysqlWatching, EveryWayToWriteIsNoticed) {
  std::uint64_t before = mark();
  for (const char* statement :
       {"INSERT INTO items VALUES (2, 'b')", "REPLACE INTO items VALUES (2, 'c')", "UPDATE items SET name = 'd'", "DELETE FROM items"}) {
    database_->execute(statement);
    EXPECT_NE(mark(), before) << statement;
    before = mark();
  }
  EXPECT_EQ(database_->ask("SELECT COUNT(*) FROM lockstep_dirty"), "1");
}

TEST_F(MysqlWatching, ATriggerThatIsGoneIsNoMark) {
  database_->execute("DROP TRIGGER lockstep_update_items");
  EXPECT_EQ(store_->mark(table_), std::nullopt);
  EXPECT_EQ(store_->watch(table_).size(), 1U);
  EXPECT_TRUE(store_->mark(table_).has_value());
}

TEST_F(MysqlWatching, LongNamesAreToldApart) {
  std::vector<std::string> names;
  for (const char* end : {"a", "b"}) {
    const std::string name = std::string(60, 'x') + end;
    database_->execute("CREATE TABLE " + name + " (id integer PRIMARY KEY)");
    const Table table{name, {{"id", ColumnType::Integer, false, {}}}, {"id"}, {}};
    EXPECT_EQ(store_->watch(table).size(), 3U);
    EXPECT_EQ(store_->mark(table), 0U);
    database_->execute("INSERT INTO " + name + " VALUES (1)");
    EXPECT_EQ(store_->mark(table), 1U);
  }
}

TEST_F(MysqlWatching, TheRightThatLacksIsNamed) {
  database_->execute("DROP TRIGGER lockstep_update_items");
  const std::string user = "n_" + database_->name();
  database_->execute("CREATE USER " + user + "@localhost; GRANT SELECT, INSERT, UPDATE, CREATE ON " + database_->name() + ".* TO " + user +
                     "@localhost");
  Options options = database_->options();
  options["url"] = "mysql://" + user + "@/" + database_->name();
  try {
    open_mysql(options)->watch(table_, true);
    ADD_FAILURE() << "nothing was refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Storage) << error.what();
    EXPECT_NE(std::string(error.what()).find("GRANT TRIGGER ON `" + database_->name() + "`.`items`"), std::string::npos) << error.what();
  }
  database_->execute("DROP USER " + user + "@localhost");
}

}  // namespace
}  // namespace lockstep::conformance
