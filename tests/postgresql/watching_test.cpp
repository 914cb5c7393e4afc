// What the triggers of `migrate --watch` cost an application: nothing to wait for, no right, one row a transaction.
#include <gtest/gtest.h>

#include "postgres_database.h"
#include "support/postgres_server.h"

namespace lockstep::conformance {
namespace {

class PostgresWatching : public testing::Test {
 protected:
  void SetUp() override {
    LOCKSTEP_NEEDS_POSTGRES();
    database_ = std::make_unique<PostgresDatabase>();
    store_ = database_->open();
    database_->execute("CREATE TABLE items (id integer PRIMARY KEY, name text)");
    table_ = {"items", {{"id", ColumnType::Integer, false, {}}, {"name", ColumnType::Text, true, {}}}, {"id"}, {}};
    store_->watch(table_);
  }
  std::uint64_t mark() { return store_->mark(table_).value(); }
  Application application() { return Application(postgres_host(), database_->schema()); }

  std::unique_ptr<PostgresDatabase> database_;
  std::unique_ptr<Store> store_;
  Table table_;
};

TEST_F(PostgresWatching, TransactionsOfTheApplicationDoNotWaitForEachOther) {
  Application one = application(), two = application();
  one.run("SET lock_timeout = '2s'; BEGIN; INSERT INTO items VALUES (1, 'a')");
  two.run("SET lock_timeout = '2s'; BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1; INSERT INTO items VALUES (2, 'b')");
  const std::uint64_t before = mark();
  two.run("COMMIT");
  const std::uint64_t between = mark();
  EXPECT_NE(between, before);
  one.run("COMMIT");
  EXPECT_NE(mark(), between);
}

TEST_F(PostgresWatching, ATransactionIsCountedOnceWhateverItDoes) {
  database_->execute("BEGIN");
  for (int i = 0; i < 50; ++i) database_->execute("INSERT INTO items VALUES (" + std::to_string(i) + ", 'x')");
  database_->execute("COMMIT");
  EXPECT_EQ(mark(), 1U);
  EXPECT_EQ(database_->ask("SELECT count(*) FROM lockstep_dirty"), "1");
}

TEST_F(PostgresWatching, EveryWayToWriteIsNoticed) {
  std::uint64_t before = mark();
  for (const char* statement :
       {"INSERT INTO items VALUES (2, 'b')", "UPDATE items SET name = 'c'", "DELETE FROM items", "TRUNCATE items"}) {
    database_->execute(statement);
    EXPECT_NE(mark(), before) << statement;
    before = mark();
  }
}

TEST_F(PostgresWatching, AnApplicationNeedsNoRightOnOurTables) {
  const std::string role = "app_" + database_->schema();
  database_->execute("CREATE ROLE " + role + "; GRANT USAGE ON SCHEMA " + database_->schema() + " TO " + role +
                     "; GRANT INSERT ON items TO " + role);
  const std::uint64_t before = mark();
  database_->execute("SET ROLE " + role + "; INSERT INTO items VALUES (1, 'a'); RESET ROLE");
  EXPECT_NE(mark(), before);
  database_->execute("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_F(PostgresWatching, ATriggerThatIsGoneIsNoMark) {
  database_->execute("ALTER TABLE items DISABLE TRIGGER lockstep_changes");
  EXPECT_EQ(store_->mark(table_), std::nullopt);
  database_->execute("DROP TRIGGER lockstep_changes ON items; DROP FUNCTION lockstep_note_change(); DROP TABLE lockstep_dirty");
  EXPECT_EQ(store_->mark(table_), std::nullopt);
  EXPECT_FALSE(store_->watch(table_).empty());
  EXPECT_TRUE(store_->mark(table_).has_value());
}

TEST_F(PostgresWatching, TheRightThatLacksIsNamed) {
  database_->execute("DROP TRIGGER lockstep_changes ON items");
  const std::string role = "narrow_" + database_->schema();
  database_->execute("CREATE ROLE " + role + " LOGIN; GRANT USAGE ON SCHEMA " + database_->schema() + " TO " + role +
                     "; GRANT SELECT ON items TO " + role);
  auto options = database_->options();
  options["url"] = "postgresql://" + role + "@/postgres?host=" + postgres_host();
  try {
    open_postgres(options)->watch(table_, true);
    ADD_FAILURE() << "nothing was refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Storage);
    EXPECT_NE(std::string(error.what()).find("GRANT TRIGGER ON \"items\" TO \"" + role + "\""), std::string::npos) << error.what();
  }
  database_->execute("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

}  // namespace
}  // namespace lockstep::conformance
