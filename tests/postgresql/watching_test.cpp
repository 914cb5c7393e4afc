// What the triggers of `migrate --watch` cost an application, and what they notice: each transaction once.
#include "conformance/watching.h"

#include <array>

#include "postgres_database.h"
#include "support/postgres_server.h"

namespace lockstep::conformance {
namespace {

struct PostgresWatched {
  using Database = PostgresDatabase;
  static void need() { LOCKSTEP_NEEDS_POSTGRES(); }
  static Application application(Database& database) { return Application(postgres_host(), database.schema()); }
  static constexpr std::array kTransactions = {"SET lock_timeout = '2s'; BEGIN",
                                               "SET lock_timeout = '2s'; BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1"};
  static constexpr std::array kWrites = {"INSERT INTO items VALUES (2, 'b')", "UPDATE items SET name = 'c'", "DELETE FROM items",
                                         "TRUNCATE items"};
  static constexpr std::array kLosses = {
      "ALTER TABLE items DISABLE TRIGGER lockstep_changes",
      "DROP TRIGGER lockstep_changes ON items; DROP FUNCTION lockstep_note_change(); DROP TABLE lockstep_dirty"};
  static constexpr std::size_t kMadeAnew = 3;
  static constexpr const char* kOneLoss = "DROP TRIGGER lockstep_changes ON items";

  static Narrow narrow(Database& database) {
    const std::string role = "narrow_" + database.schema();
    database.execute("CREATE ROLE " + role + " LOGIN; GRANT USAGE ON SCHEMA " + database.schema() + " TO " + role +
                     "; GRANT SELECT ON items TO " + role);
    Narrow narrow{database.options(), "GRANT TRIGGER ON \"items\" TO \"" + role + "\"", "DROP OWNED BY " + role + "; DROP ROLE " + role};
    narrow.options["url"] = "postgresql://" + role + "@/postgres?host=" + postgres_host();
    return narrow;
  }
  static std::unique_ptr<Store> open(const decltype(Narrow::options)& options) { return open_postgres(options); }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Postgresql, Watching, PostgresWatched);

using PostgresWatching = Watching<PostgresWatched>;

TEST_F(PostgresWatching, ATransactionIsCountedOnceWhateverItDoes) {
  database_->execute("BEGIN");
  for (int i = 0; i < 50; ++i) database_->execute("INSERT INTO items VALUES (" + std::to_string(i) + ", 'x')");
  database_->execute("COMMIT");
  EXPECT_EQ(mark(), 1U);
  EXPECT_EQ(database_->ask("SELECT count(*) FROM lockstep_dirty"), "1");
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

}  // namespace
}  // namespace lockstep::conformance
