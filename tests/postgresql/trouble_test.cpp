// What goes wrong between a program and its server: connections end, answers are lost, others hold locks, a server only reads.
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "postgres_database.h"
#include "support/postgres_server.h"
#include "support/proxy.h"

namespace lockstep::conformance {
namespace {

/// The name of a server's socket.
const std::string kSocket = "/.s.PGSQL.5432";

using Options = std::map<std::string, std::string, std::less<>>;

class PostgresTrouble : public testing::Test {
 protected:
  void SetUp() override {
    LOCKSTEP_NEEDS_POSTGRES();
    database_ = std::make_unique<PostgresDatabase>();
    open(database_->options());
    store_->prepare(table_);
    lease_ = store_->lease("trouble");
  }

  void open(const Options& options) { store_ = open_postgres(options); }
  /// As SetUp() does it, through a proxy.
  void through(const Proxy& proxy) {
    lease_.reset();
    Options options = database_->options();
    options["host"] = proxy.folder();
    open(options);
    lease_ = store_->lease("trouble");
  }
  std::unique_ptr<Transaction> begin() { return store_->begin(*lease_); }
  RowKey insert(Transaction& transaction, const std::string& name) {
    return transaction.insert(table_, Shape({"name"}), rows_of(1, {{Value::text(name)}})).at(0);
  }
  std::uint64_t rows() { return std::stoull(database_->ask("SELECT count(*) FROM items")); }
  /// Ends connections of this test's stores whose last statement begins so, as an administrator would.
  void end_connections(const std::string& statement) {
    database_->ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '" + database_->schema() +
                   "' AND query LIKE '" + statement + "%'");
  }
  std::optional<Error> failure_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error;
    }
    return std::nullopt;
  }

  std::unique_ptr<PostgresDatabase> database_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Lease> lease_;
  const Table table_ = items_table();
};

TEST_F(PostgresTrouble, ACommitWhoseAnswerWasLostIsFoundOut) {
  Proxy proxy(postgres_host() + kSocket);
  through(proxy);
  auto transaction = begin();
  insert(*transaction, "kept");
  proxy.cut(Proxy::Cut::After, "COMMIT");
  EXPECT_FALSE(failure_of([&] { transaction->commit(); })) << "it took place, and so it is told";
  EXPECT_EQ(rows(), 1U);

  transaction = begin();
  insert(*transaction, "lost");
  proxy.cut(Proxy::Cut::Before, "COMMIT");
  const auto failure = failure_of([&] { transaction->commit(); });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind(), ErrorKind::Storage);
  EXPECT_EQ(failure->effect(), Effect::None) << "that it did not take place is known";
  transaction.reset();
  EXPECT_EQ(rows(), 1U);

  transaction = begin();
  insert(*transaction, "after");
  transaction->commit();
  EXPECT_EQ(rows(), 2U);
}

TEST_F(PostgresTrouble, AConnectionThatEndsInATransactionIsAStorageErrorAndTheNextOneWorks) {
  Proxy proxy(postgres_host() + kSocket);
  through(proxy);
  {
    const auto transaction = begin();
    insert(*transaction, "lost");
    proxy.cut(Proxy::Cut::Before, "again");
    const auto failure = failure_of([&] { insert(*transaction, "again"); });
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind(), ErrorKind::Storage) << failure->what();
    EXPECT_TRUE(failure_of([&] { insert(*transaction, "more"); })) << "what began before is over";
    EXPECT_TRUE(failure_of([&] { transaction->commit(); }));
  }
  EXPECT_EQ(rows(), 0U);
  const auto transaction = begin();
  insert(*transaction, "whole");
  transaction->commit();
  EXPECT_EQ(rows(), 1U);
}

TEST_F(PostgresTrouble, AConnectionThatEndedWhileNobodyUsedItIsMadeAnew) {
  Proxy proxy(postgres_host() + kSocket);
  through(proxy);
  store_->count(table_, {});
  proxy.cut(Proxy::Cut::Before, "SELECT count(*)");
  EXPECT_EQ(store_->count(table_, {}), 0U);
  proxy.cut(Proxy::Cut::Before, "BEGIN");
  const auto transaction = begin();
  insert(*transaction, "kept");
  transaction->commit();
  EXPECT_EQ(rows(), 1U);
}

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

// Without the lock on its row, the lease's next holder would write before this transaction has ended.
TEST_F(PostgresTrouble, TheNextHolderOfALeaseWaitsForTheLastOnesTransaction) {
  auto transaction = begin();
  insert(*transaction, "mine");
  Application other(postgres_host(), database_->schema());
  other.run("SET lock_timeout = 200");
  EXPECT_THROW(other.run("UPDATE lockstep_lease SET token = token + 1 WHERE name = 'trouble'"), std::runtime_error);
  transaction->commit();
  other.run("UPDATE lockstep_lease SET token = token + 1 WHERE name = 'trouble'");
}

TEST_F(PostgresTrouble, ADeadlockIsBusyAndNothingOfItStays) {
  auto options = database_->options();
  options["busy_timeout"] = "30s";
  lease_.reset();
  open(options);
  lease_ = store_->lease("trouble");
  RowKey first, second;
  {
    const auto transaction = begin();
    first = insert(*transaction, "first");
    second = insert(*transaction, "second");
    transaction->commit();
  }
  const auto rename = [&](Transaction& transaction, const RowKey& key, const char* from, const char* to) {
    const Guarded change{{key[0]}, {0}, {Value::text(from)}, {Value::text(to)}};
    return transaction.update(table_, Shape({"name"}), std::span(&change, 1)).at(0);
  };
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

TEST_F(PostgresTrouble, AWaitForALockEndsSoonAfterAStopAndAReadWithItsPatience) {
  auto options = database_->options();
  options["busy_timeout"] = "60s";
  lease_.reset();
  open(options);
  lease_ = store_->lease("trouble");
  Application other(postgres_host(), database_->schema());
  other.run("BEGIN; LOCK TABLE items IN ACCESS EXCLUSIVE MODE");
  Filter filter;
  filter.patience = Millis(100);
  const auto impatient = failure_of([&] { store_->read(table_, Shape({"name"}), filter); });
  ASSERT_TRUE(impatient);
  EXPECT_EQ(impatient->kind(), ErrorKind::Busy) << impatient->what();
  std::stop_source stop;
  store_->stop_on(stop.get_token());
  stop.request_stop();
  const auto transaction = begin();
  const auto stopped = failure_of([&] { insert(*transaction, "x"); });
  ASSERT_TRUE(stopped);
  EXPECT_EQ(stopped->kind(), ErrorKind::Interrupted) << stopped->what();
  other.run("COMMIT");
  EXPECT_NO_THROW(insert(*transaction, "y")) << "what needs no wait is still done";
  transaction->commit();
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

TEST_F(PostgresTrouble, ManyRowsTakeFewRoundTrips) {
  Proxy proxy(postgres_host() + kSocket);
  through(proxy);
  const Shape shape({"name", "amount"});
  std::vector<std::string> names;
  for (int i = 0; i < 1000; ++i) names.push_back("row " + std::to_string(i));
  Rows rows(2);
  for (const std::string& name : names) rows.add_copied(std::vector<Value>{Value::text(name), Value::integer(0)});
  auto transaction = begin();
  transaction->insert(table_, shape, rows_of(2, {{Value::text("first"), Value::integer(0)}}));
  int before = proxy.round_trips();
  const std::vector<RowKey> keys = transaction->insert(table_, shape, rows);
  EXPECT_LE(proxy.round_trips() - before, 20) << "for 1000 inserts";
  std::vector<Guarded> changes;
  for (const RowKey& key : keys) changes.push_back({{key[0]}, {1}, {Value::integer(0)}, {Value::integer(1)}});
  before = proxy.round_trips();
  transaction->update(table_, shape, changes);
  EXPECT_LE(proxy.round_trips() - before, 20) << "for 1000 updates";
  transaction->commit();
  EXPECT_EQ(database_->ask("SELECT sum(amount) FROM items"), "1000");
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

TEST_F(PostgresTrouble, WhatCannotBeConnectedIsToldWithoutThePassword) {
  struct Case {
    const char* option;
    const char* value;
    ErrorKind kind;
    const char* part;
  };
  const Case cases[] = {{"host", "/nowhere", ErrorKind::Storage, "cannot be opened"},
                        {"database", "nowhere", ErrorKind::Invalid, "does not exist"},
                        {"user", "nobody-here", ErrorKind::Credentials, "role"},
                        {"schema", "nowhere", ErrorKind::Invalid, "there is no schema"}};
  for (const Case& one : cases) {
    auto options = database_->options();
    options["password"] = "hunter2";
    options[one.option] = one.value;
    const auto failure = failure_of([&] { open_postgres(options)->count(table_, {}); });
    ASSERT_TRUE(failure) << one.option;
    EXPECT_EQ(failure->kind(), one.kind) << failure->what();
    EXPECT_NE(std::string(failure->what()).find(one.part), std::string::npos) << failure->what();
    EXPECT_EQ(std::string(failure->what()).find("hunter2"), std::string::npos);
    EXPECT_FALSE(failure->hint().empty());
  }
}

}  // namespace
}  // namespace lockstep::conformance
