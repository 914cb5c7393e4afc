// What goes wrong between a program and its PostgreSQL server, beside what does with every server.
#include "conformance/troubled.h"

#include <array>
#include <cstdlib>

#include "postgres_database.h"
#include "support/postgres_server.h"

namespace lockstep::conformance {
namespace {

struct PostgresTroubled {
  using Database = PostgresDatabase;
  static void need() { LOCKSTEP_NEEDS_POSTGRES(); }
  static Application application(Database& database) { return Application(postgres_host(), database.schema()); }
  static std::unique_ptr<Store> open(const std::map<std::string, std::string, std::less<>>& options) { return open_postgres(options); }
  static std::string socket() { return postgres_host() + "/.s.PGSQL.5432"; }
  static std::pair<std::string, std::string> through(const Proxy& proxy) { return {"host", proxy.folder()}; }
  static constexpr const char* kImpatient = "SET lock_timeout = 200";
  static constexpr const char* kLock = "BEGIN; LOCK TABLE items IN ACCESS EXCLUSIVE MODE";
  static constexpr const char* kUnlock = "COMMIT";
  static constexpr const char* kBegin = "BEGIN";
  static constexpr bool kIgnoresPasswords = true;
  static constexpr std::array kUnreachable = {Unreachable{"host", "/nowhere", ErrorKind::Storage, "cannot be opened"},
                                              Unreachable{"database", "nowhere", ErrorKind::Invalid, "does not exist"},
                                              Unreachable{"user", "nobody-here", ErrorKind::Credentials, "role"},
                                              Unreachable{"schema", "nowhere", ErrorKind::Invalid, "there is no schema"}};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Postgresql, Troubled, PostgresTroubled);

class PostgresTrouble : public Troubled<PostgresTroubled> {
 protected:
  /// Ends connections of this test's stores whose last statement begins so, as an administrator would.
  void end_connections(const std::string& statement) {
    database_->ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '" + database_->schema() +
                   "' AND query LIKE '" + statement + "%'");
  }
};

TEST_F(PostgresTrouble, ALeaseWhoseConnectionEndedIsLostAndTakesNoTransaction) {
  EXPECT_FALSE(lease_->lost());
  end_connections("SELECT pg_try_advisory_lock");
  for (int i = 0; i < 100 && !lease_->lost(); ++i) std::this_thread::sleep_for(Millis(20));
  EXPECT_TRUE(lease_->lost());
  const auto failure = failure_of([&] { begin(); });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind(), ErrorKind::Conflict);
  EXPECT_TRUE(open_postgres(database_->options())->lease("trouble")) << "the server has freed it";
}

TEST_F(PostgresTrouble, ADeadlockIsBusyAndNothingOfItStays) {
  again({{"busy_timeout", "30s"}});
  RowKey first, second;
  {
    const auto transaction = begin();
    first = insert(*transaction, "first");
    second = insert(*transaction, "second");
    transaction->commit();
  }
  // The other one waits first, and is not the one that looks for a circle.
  Application other(postgres_host(), database_->schema());
  other.run("SET deadlock_timeout = '60s'; BEGIN; UPDATE items SET note = 'x' WHERE name = 'second'");
  auto transaction = begin();
  EXPECT_EQ(rename(*transaction, first, "first", "1"), Outcome::Written);
  ASSERT_EQ(PQsendQuery(other.handle(), "UPDATE items SET note = 'x' WHERE name = 'first'"), 1);
  const auto failure = failure_of([&] { rename(*transaction, second, "second", "2"); });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind(), ErrorKind::Busy) << failure->what();
  EXPECT_TRUE(failure->retry_after()) << "it may be done again";
  transaction.reset();
  while (PGresult* answer = PQgetResult(other.handle())) PQclear(answer);
  other.run("COMMIT");
  EXPECT_EQ(database_->ask("SELECT string_agg(name, ' ' ORDER BY id) FROM items"), "first second");
}

TEST_F(PostgresTrouble, AServerThatOnlyReadsIsToldAsSuch) {
  auto options = database_->options();
  options["url"] += "&options=-cdefault_transaction_read_only%3Don";
  const auto reader = open_postgres(options);
  for (const auto& work : {std::function<void()>([&] { reader->lease("reader"); }), std::function<void()>([&] { reader->check(); })}) {
    const auto failure = failure_of(work);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind(), ErrorKind::Storage);
    EXPECT_NE(std::string(failure->what()).find("is read-only"), std::string::npos) << failure->what();
    EXPECT_NE(failure->hint().find("target_session_attrs=read-write"), std::string::npos);
  }
  EXPECT_EQ(reader->count(table_, {}), 0U);
}

TEST(PostgresSettings, TheCommonVariableCountsOnlyWhereItIsThisDatabases) {
  const char* before = std::getenv("DATABASE_URL");
  const std::string kept = before == nullptr ? "" : before;
  setenv("DATABASE_URL", "postgresql://ann@db.example.com/app", 1);
  EXPECT_NE(open_postgres({})->describe().find("db.example.com"), std::string::npos);
  setenv("DATABASE_URL", "mysql://ann@db.example.com/app", 1);
  EXPECT_EQ(open_postgres({})->describe().find("db.example.com"), std::string::npos);
  before == nullptr ? unsetenv("DATABASE_URL") : setenv("DATABASE_URL", kept.c_str(), 1);
}

TEST_F(PostgresTrouble, ALimitOfConnectionsIsNoWrongPassword) {
  const std::string role = "few_" + database_->schema();
  database_->execute("CREATE ROLE " + role + " LOGIN CONNECTION LIMIT 0");
  auto options = database_->options();
  options["user"] = role;
  const auto failure = failure_of([&] { open_postgres(options)->count(table_, {}); });
  database_->execute("DROP ROLE " + role);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind(), ErrorKind::Busy) << failure->what();
  EXPECT_NE(failure->hint().find("connection limit"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::conformance
