// What goes wrong between a program and its MariaDB or MySQL server, beside what does with every server.
#include "conformance/troubled.h"

#include <array>
#include <csignal>
#include <filesystem>
#include <thread>

#include "conformance/other_process.h"
#include "mariadb_database.h"
#include "support/database_server.h"

namespace lockstep::conformance {
namespace {

struct MysqlTroubled {
  using Database = MariadbDatabase;
  static void need() { LOCKSTEP_NEEDS_MARIADB(); }
  static Application application(Database& database) { return Application(database.name()); }
  static std::unique_ptr<Store> open(const Options& options) { return open_mysql(options); }
  static std::string socket() { return mariadb_socket(); }
  static std::pair<std::string, std::string> through(const Proxy& proxy) { return {"socket", proxy.socket()}; }
  static constexpr const char* kImpatient = "SET innodb_lock_wait_timeout = 1";
  static constexpr const char* kLock = "LOCK TABLES items WRITE";
  static constexpr const char* kUnlock = "UNLOCK TABLES";
  static constexpr const char* kBegin = "START TRANSACTION";
  static constexpr bool kIgnoresPasswords = false;
  static constexpr std::array kUnreachable = {Unreachable{"socket", "/nowhere", ErrorKind::Storage, "cannot be opened"},
                                              Unreachable{"database", "nowhere", ErrorKind::Invalid, "Unknown database"},
                                              Unreachable{"user", "nobody-here", ErrorKind::Credentials, "Access denied"},
                                              Unreachable{"url", "mysql://lockstep@localhost", ErrorKind::Invalid, "no database is named"}};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Mysql, Troubled, MysqlTroubled);

class MysqlTrouble : public Troubled<MysqlTroubled> {
 protected:
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
};

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

}  // namespace
}  // namespace lockstep::conformance
