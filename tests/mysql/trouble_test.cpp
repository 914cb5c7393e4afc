// What goes wrong between a program and its server: connections end, answers are lost, others hold locks, a server only reads.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "conformance/other_process.h"
#include "mariadb_database.h"
#include "support/database_server.h"
#include "support/proxy.h"

namespace lockstep::conformance {
namespace {

class MysqlTrouble : public testing::Test {
 protected:
  void SetUp() override {
    LOCKSTEP_NEEDS_MARIADB();
    database_ = std::make_unique<MariadbDatabase>();
    open(database_->options());
    store_->prepare(table_);
    lease_ = store_->lease("trouble");
  }

  void open(const Options& options) { store_ = open_mysql(options); }
  /// As SetUp() does it, with other options.
  void again(const Options& changed) {
    lease_.reset();
    Options options = database_->options();
    for (const auto& [name, value] : changed) options[name] = value;
    open(options);
    lease_ = store_->lease("trouble");
  }
  std::unique_ptr<Transaction> begin() { return store_->begin(*lease_); }
  RowKey insert(Transaction& transaction, const std::string& name) {
    return transaction.insert(table_, Shape({"name"}), rows_of(1, {{Value::text(name)}})).at(0);
  }
  Outcome rename(Transaction& transaction, const RowKey& key, const char* from, const char* to) {
    const Guarded change{{key[0]}, {0}, {Value::text(from)}, {Value::text(to)}};
    return transaction.update(table_, Shape({"name"}), std::span(&change, 1)).at(0);
  }
  std::uint64_t rows() { return std::stoull(database_->ask("SELECT count(*) FROM items")); }
  /// Ends every connection of this test's stores, as an administrator would.
  void end_connections() {
    Application server;
    for (;;) {
      const std::string id = server.ask("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '" + database_->name() + "' AND ID <> " +
                                        std::to_string(mysql_thread_id(database_->application().handle())) + " LIMIT 1");
      if (id.empty()) return;
      try {
        server.run("KILL CONNECTION " + id);
      } catch (const std::runtime_error&) {
        // It has just ended.
      }
    }
  }
  static std::optional<Error> failure_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error;
    }
    return std::nullopt;
  }

  std::unique_ptr<MariadbDatabase> database_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Lease> lease_;
  const Table table_ = items_table();
};

TEST_F(MysqlTrouble, ACommitWhoseAnswerWasLostIsFoundOut) {
  Proxy proxy(mariadb_socket());
  again({{"socket", proxy.socket()}});
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

// What is undone in a transaction must not take the mark of the whole one with it.
TEST_F(MysqlTrouble, ACommitIsFoundOutThoughACallOfItWasUndone) {
  Proxy proxy(mariadb_socket());
  again({{"socket", proxy.socket()}});
  const auto transaction = begin();
  EXPECT_TRUE(failure_of([&] {
    transaction->group([&] {
      insert(*transaction, "undone");
      throw Error(ErrorKind::Rejected, "no");
    });
  }));
  insert(*transaction, "kept");
  proxy.cut(Proxy::Cut::After, "COMMIT");
  EXPECT_FALSE(failure_of([&] { transaction->commit(); }));
  EXPECT_EQ(rows(), 1U);
}

TEST_F(MysqlTrouble, AConnectionThatEndsInATransactionIsAStorageErrorAndTheNextOneWorks) {
  Proxy proxy(mariadb_socket());
  again({{"socket", proxy.socket()}});
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

TEST_F(MysqlTrouble, AConnectionThatEndedWhileNobodyUsedItIsMadeAnew) {
  Proxy proxy(mariadb_socket());
  again({{"socket", proxy.socket()}});
  store_->count(table_, {});
  proxy.cut(Proxy::Cut::Before, "START TRANSACTION");
  const auto transaction = begin();
  insert(*transaction, "kept");
  transaction->commit();
  EXPECT_EQ(rows(), 1U);
}

TEST_F(MysqlTrouble, ASessionThatWasKilledIsMadeAnewAndItsLeaseIsLost) {
  EXPECT_FALSE(lease_->lost());
  store_->count(table_, {});
  end_connections();
  EXPECT_EQ(store_->count(table_, {}), 0U);
  for (int i = 0; i < 100 && !lease_->lost(); ++i) std::this_thread::sleep_for(Millis(20));
  EXPECT_TRUE(lease_->lost());
  const auto failure = failure_of([&] { begin(); });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind(), ErrorKind::Conflict);
  EXPECT_TRUE(open_mysql(database_->options())->lease("trouble")) << "the server has freed it";
}

TEST_F(MysqlTrouble, AKillInATransactionLosesAllOfIt) {
  const auto transaction = begin();
  insert(*transaction, "lost");
  end_connections();
  const auto failure = failure_of([&] { insert(*transaction, "more"); });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind(), ErrorKind::Storage) << failure->what();
  EXPECT_TRUE(failure_of([&] { transaction->commit(); }));
  EXPECT_EQ(rows(), 0U);
}

// Without the lock on its row, the lease's next holder would write before this transaction has ended.
TEST_F(MysqlTrouble, TheNextHolderOfALeaseWaitsForTheLastOnesTransaction) {
  auto transaction = begin();
  insert(*transaction, "mine");
  Application other(database_->name());
  other.run("SET innodb_lock_wait_timeout = 1");
  EXPECT_THROW(other.run("UPDATE lockstep_lease SET token = token + 1 WHERE name = 'trouble'"), std::runtime_error);
  transaction->commit();
  other.run("UPDATE lockstep_lease SET token = token + 1 WHERE name = 'trouble'");
}

/// The session that holds the lease's lock is ended by the server when its program asks for nothing any more.
TEST_F(MysqlTrouble, AFrozenHolderIsGivenHalfAMinute) {
  OtherProcess holder(database_->holder("frozen"));
  ASSERT_TRUE(holder.wait_for_line(kHoldsLine)) << holder.said();
  kill(holder.process(), SIGSTOP);
  const Deadline end = Deadline::after(Millis(45'000));
  std::unique_ptr<Lease> taken;
  while (!taken && !end.over()) {
    try {
      taken = store_->lease("frozen");
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::Busy) << error.what();
    }
  }
  EXPECT_TRUE(taken) << "a frozen holder keeps its lease for ever";
  kill(holder.process(), SIGCONT);
}

TEST_F(MysqlTrouble, ADeadlockIsBusyAndNothingOfItStays) {
  again({{"busy_timeout", "30s"}});
  RowKey first, second;
  {
    const auto transaction = begin();
    first = insert(*transaction, "first");
    second = insert(*transaction, "second");
    transaction->commit();
  }
  // The server ends the one that has written less.
  Application other(database_->name());
  other.run("SET innodb_lock_wait_timeout = 20");
  other.run("CREATE TABLE heavy (id int PRIMARY KEY) ENGINE=InnoDB; START TRANSACTION; UPDATE items SET note = 'x' WHERE name = 'second'");
  for (int i = 0; i < 50; ++i) other.run("INSERT INTO heavy VALUES (" + std::to_string(i) + ")");
  auto transaction = begin();
  EXPECT_EQ(rename(*transaction, first, "first", "1"), Outcome::Written);
  std::jthread waits([&] { failure_of([&] { other.run("UPDATE items SET note = 'x' WHERE name = 'first'"); }); });
  std::this_thread::sleep_for(Millis(200));
  const auto failure = failure_of([&] { rename(*transaction, second, "second", "2"); });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind(), ErrorKind::Busy) << failure->what();
  EXPECT_TRUE(failure->retry_after()) << "it may be done again";
  EXPECT_TRUE(failure_of([&] { transaction->commit(); })) << "the server has ended it";
  transaction.reset();
  waits.join();
  other.run("COMMIT");
  EXPECT_EQ(database_->ask("SELECT GROUP_CONCAT(name ORDER BY id) FROM items"), "first,second");
  const auto next = begin();
  EXPECT_EQ(rename(*next, first, "first", "1"), Outcome::Written);
  next->commit();
}

TEST_F(MysqlTrouble, WhatWasWrittenBeforeATriggerSpokeOfADeadlockIsUndone) {
  Application other(database_->name());
  other.run(
      "CREATE TRIGGER refuse BEFORE INSERT ON items FOR EACH ROW IF NEW.name = 'second' THEN SIGNAL SQLSTATE '40001' SET "
      "MYSQL_ERRNO = 1213; END IF");
  {
    const auto transaction = begin();
    insert(*transaction, "first");
    const auto failure = failure_of([&] { insert(*transaction, "second"); });
    ASSERT_TRUE(failure);
    EXPECT_TRUE(failure->retry_after()) << failure->what();
  }
  const auto next = begin();
  insert(*next, "third");
  next->commit();
  EXPECT_EQ(database_->ask("SELECT GROUP_CONCAT(name ORDER BY id) FROM items"), "third");
}

TEST_F(MysqlTrouble, AWaitForALockEndsSoonAfterAStopAndAReadWithItsPatience) {
  again({{"busy_timeout", "60s"}});
  Application other(database_->name());
  other.run("LOCK TABLES items WRITE");
  Filter filter;
  filter.patience = Millis(100);
  const auto impatient = failure_of([&] { store_->read(table_, Shape({"name"}), filter); });
  ASSERT_TRUE(impatient);
  EXPECT_EQ(impatient->kind(), ErrorKind::Busy) << impatient->what();
  std::stop_source stop;
  store_->stop_on(stop.get_token());
  const auto transaction = begin();
  std::jthread stopper([&] {
    std::this_thread::sleep_for(Millis(300));
    stop.request_stop();
  });
  const Deadline soon = Deadline::after(Millis(5000));
  const auto stopped = failure_of([&] { insert(*transaction, "x"); });
  ASSERT_TRUE(stopped);
  EXPECT_EQ(stopped->kind(), ErrorKind::Interrupted) << stopped->what();
  EXPECT_FALSE(soon.over());
  other.run("UNLOCK TABLES");
  EXPECT_NO_THROW(insert(*transaction, "y")) << "what needs no wait is still done";
  transaction->commit();
  EXPECT_EQ(rows(), 1U);
}

TEST_F(MysqlTrouble, ALockThatIsFreedInTimeIsWaitedForLongerThanTheServerWould) {
  again({{"busy_timeout", "20s"}});
  Application other(database_->name());
  other.run("LOCK TABLES items WRITE");
  const auto transaction = begin();
  std::jthread frees([&] {
    std::this_thread::sleep_for(Millis(2500));
    other.run("UNLOCK TABLES");
  });
  insert(*transaction, "patient");
  transaction->commit();
  EXPECT_EQ(rows(), 1U);
}

// The page is sent again after a wait: what its first rows had written must be gone by then.
TEST_F(MysqlTrouble, APageThatWaitedForALockIsWrittenOnce) {
  again({{"busy_timeout", "20s"}});
  Rows rows(2);
  for (int i = 0; i < 100; ++i) rows.add_borrowed(std::vector<Value>{i == 60 ? Value::text("taken") : Value::null(), Value::integer(0)});
  Application other(database_->name());
  const auto hold_for_a_while = [&](const std::string& statement) {
    other.run("START TRANSACTION; " + statement);
    return std::jthread([&] {
      std::this_thread::sleep_for(Millis(2500));
      other.run("ROLLBACK");
    });
  };
  std::vector<RowKey> keys;
  for (const Keys wanted : {Keys::Unwanted, Keys::Wanted}) {
    database_->execute("UPDATE items SET name = NULL");
    const std::uint64_t before = this->rows();
    const auto transaction = begin();
    {
      const std::jthread holder = hold_for_a_while("INSERT INTO items (name) VALUES ('taken')");
      keys = transaction->insert(table_, Shape({"name", "amount"}), rows, wanted);
    }
    transaction->commit();
    EXPECT_EQ(this->rows(), before + 100);
  }
  ASSERT_EQ(keys.size(), 100U);

  std::vector<Guarded> changes;
  for (const RowKey& key : keys) changes.push_back({{key[0]}, {0}, {Value::integer(0)}, {Value::integer(1)}});
  const auto next = begin();
  {
    const std::jthread holder = hold_for_a_while("UPDATE items SET note = 'x' WHERE name = 'taken'");
    EXPECT_EQ(next->update(table_, Shape({"amount"}), changes), std::vector<Outcome>(100, Outcome::Written));
  }
  next->commit();
  EXPECT_EQ(database_->ask("SELECT sum(amount) FROM items"), "100");
}

TEST_F(MysqlTrouble, AServerThatOnlyReadsIsToldAsSuch) {
  // A setting of the whole server, which the other tests write to.
  const DatabaseServer own("mariadb");
  const auto admin = connect_mariadb(own.folder() + "/s", "");
  const auto set = [&](const std::string& statement) { ASSERT_EQ(mysql_real_query(admin.get(), statement.data(), statement.size()), 0); };
  set("CREATE DATABASE app");
  set("CREATE USER reader@localhost");
  set("GRANT SELECT, INSERT, UPDATE, CREATE, ALTER, INDEX, REFERENCES ON app.* TO reader@localhost");
  const auto reader = open_mysql({{"socket", own.folder() + "/s"}, {"database", "app"}, {"user", "reader"}});
  reader->prepare(table_);
  set("SET GLOBAL read_only = 1");
  for (const auto& work : {std::function<void()>([&] { reader->lease("reader"); }), std::function<void()>([&] { reader->check(); })}) {
    const auto failure = failure_of(work);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind(), ErrorKind::Storage) << failure->what();
    EXPECT_NE(std::string(failure->what()).find("is read-only"), std::string::npos) << failure->what();
    EXPECT_EQ(failure->hint(), "connect to the primary");
  }
  EXPECT_EQ(reader->count(table_, {}), 0U);
  set("SET GLOBAL read_only = 0");
  EXPECT_NE(reader->check().find("MariaDB 1"), std::string::npos) << reader->check();
}

// Each node of a cluster has locks of its own.
TEST_F(MysqlTrouble, AClusterWhoseNodesAllWriteIsRefusedUnlessOneIsNamed) {
  const std::string provider = "/usr/lib/galera/libgalera_smm.so";
  if (!std::filesystem::exists(provider)) GTEST_SKIP() << "no Galera is installed (Debian's package is galera-4)";
  const DatabaseServer node("mariadb", "--wsrep-on=ON --wsrep-provider=" + provider +
                                           " --wsrep-cluster-address=gcomm:// --wsrep-node-address=127.0.0.1 --binlog-format=ROW "
                                           "'--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:0;gcache.size=1M' "
                                           "--innodb-autoinc-lock-mode=2");
  const auto admin = connect_mariadb(node.folder() + "/s", "");
  ASSERT_EQ(mysql_query(admin.get(), "CREATE DATABASE app"), 0);
  Options options = {{"socket", node.folder() + "/s"}, {"database", "app"}, {"user", "lockstep"}};
  const auto failure = failure_of([&] { open_mysql(options)->lease("cluster"); });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind(), ErrorKind::Invalid) << failure->what();
  EXPECT_NE(failure->hint().find("one_node"), std::string::npos);
  options["one_node"] = "true";
  const auto store = open_mysql(options);
  store->prepare(table_);
  const auto lease = store->lease("cluster");
  const auto transaction = store->begin(*lease);
  transaction->insert(table_, Shape({"name"}), rows_of(1, {{Value::text("kept")}}));
  transaction->commit();
  EXPECT_EQ(store->count(table_, {}), 1U);
}

TEST_F(MysqlTrouble, ManyRowsTakeFewRoundTrips) {
  Proxy proxy(mariadb_socket());
  again({{"socket", proxy.socket()}});
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
  ASSERT_EQ(keys.size(), 1000U);
  std::vector<Guarded> changes;
  for (const RowKey& key : keys) changes.push_back({{key[0]}, {1}, {Value::integer(0)}, {Value::integer(1)}});
  before = proxy.round_trips();
  transaction->update(table_, shape, changes);
  EXPECT_LE(proxy.round_trips() - before, 20) << "for 1000 updates";
  transaction->commit();
  EXPECT_EQ(database_->ask("SELECT sum(amount) FROM items"), "1000");
  EXPECT_EQ(database_->ask("SELECT name FROM items WHERE id = " + std::to_string(keys[500][0].as_integer())), "row 500");
}

TEST_F(MysqlTrouble, APageIsWrittenThoughItIsLargerThanAMessage) {
  const std::string large(1 << 20, 'x');
  const Rows rows = rows_of(1, std::vector<std::vector<Value>>(30, {Value::text(large)}));
  const auto transaction = begin();
  const std::vector<RowKey> keys = transaction->insert(table_, Shape({"note"}), rows);
  ASSERT_EQ(keys.size(), 30U);
  std::vector<Guarded> changes;
  const std::string other(1 << 20, 'y');
  for (const RowKey& key : keys) changes.push_back({{key[0]}, {0}, {Value::text(large)}, {Value::text(other)}});
  EXPECT_EQ(transaction->update(table_, Shape({"note"}), changes), std::vector<Outcome>(30, Outcome::Written));
  const std::string huge(17 << 20, 'x');
  const auto failure = failure_of([&] { transaction->insert(table_, Shape({"note"}), rows_of(1, {{Value::text(huge)}})); });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind(), ErrorKind::Rejected) << failure->what();
  EXPECT_NE(failure->hint().find("max_allowed_packet"), std::string::npos);
  transaction->commit();
  EXPECT_EQ(this->rows(), 30U);
}

// What an interrupted migration has made stays made, and the next one goes on from there.
TEST_F(MysqlTrouble, AnInterruptedMigrationIsFinishedByTheNext) {
  database_->execute(
      "CREATE TABLE parts (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(40)) ENGINE=InnoDB;"
      "INSERT INTO parts (name) VALUES ('same'), ('same')");
  Table parts = items_table("parts");
  EXPECT_TRUE(failure_of([&] { store_->prepare(parts); })) << "two rows share what must be unique";
  EXPECT_TRUE(store_->inspect("parts")->find("bytes")) << "columns that were added before stay";
  database_->execute("UPDATE parts SET name = 'other' WHERE id = 2");
  EXPECT_EQ(store_->prepare(parts).size(), 1U);
  EXPECT_TRUE(store_->prepare(parts).empty());
}

TEST_F(MysqlTrouble, TwoThatPrepareAtOnceMakeOneTable) {
  std::vector<std::jthread> threads;
  std::atomic<int> failed = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      Options options = database_->options();
      options["busy_timeout"] = "20s";
      if (failure_of([&] { open_mysql(options)->prepare(items_table("together")); })) ++failed;
    });
  }
  threads.clear();
  EXPECT_EQ(failed, 0);
  EXPECT_TRUE(store_->prepare(items_table("together")).empty());
}

TEST_F(MysqlTrouble, WhatCannotBeConnectedIsToldWithoutThePassword) {
  struct Case {
    const char* option;
    const char* value;
    ErrorKind kind;
    const char* part;
  };
  const Case cases[] = {{"socket", "/nowhere", ErrorKind::Storage, "cannot be opened"},
                        {"database", "nowhere", ErrorKind::Invalid, "Unknown database"},
                        {"user", "nobody-here", ErrorKind::Credentials, "Access denied"},
                        {"url", "mysql://lockstep@localhost", ErrorKind::Invalid, "no database is named"}};
  for (const Case& one : cases) {
    auto options = database_->options();
    options[one.option] = one.value;
    // The account of the tests has none, and would not be let in with one.
    if (one.kind == ErrorKind::Credentials) options["password"] = "hunter2";
    const auto failure = failure_of([&] { open_mysql(options)->count(table_, {}); });
    ASSERT_TRUE(failure) << one.option;
    EXPECT_EQ(failure->kind(), one.kind) << failure->what();
    EXPECT_NE(std::string(failure->what()).find(one.part), std::string::npos) << failure->what();
    EXPECT_EQ(std::string(failure->what()).find("hunter2"), std::string::npos);
    EXPECT_FALSE(failure->hint().empty());
  }
}

}  // namespace
}  // namespace lockstep::conformance
