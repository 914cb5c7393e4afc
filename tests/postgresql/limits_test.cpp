// What a server may say no to: time, connections, writes; and a session that it ends because nobody used it.
#include <gtest/gtest.h>

#include <thread>

#include "postgres_database.h"
#include "support/postgres_server.h"

namespace lockstep::conformance {
namespace {

using Options = std::map<std::string, std::string, std::less<>>;

class PostgresLimits : public testing::Test {
 protected:
  void SetUp() override { LOCKSTEP_NEEDS_POSTGRES(); }

  static Options options(const PostgresServer& server) { return {{"url", "postgresql://lockstep@/postgres?host=" + server.host()}}; }
  static Error failure_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error;
    }
    return {ErrorKind::Invalid, "nothing failed"};
  }
  /// The server frees the place of a connection that was closed in its own time.
  static void await_connection(const std::function<void()>& work) {
    for (int i = 0; i < 1000 && failure_of(work).kind() == ErrorKind::Busy; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  void insert(Store& store, const Lease& lease, const char* name) const {
    const auto transaction = store.begin(lease);
    transaction->insert(table_, Shape({"name"}), rows_of(1, {{Value::text(name)}}));
    transaction->commit();
  }

  const Table table_ = items_table();
};

TEST_F(PostgresLimits, AStatementThatTakesTooLongIsToldWithItsOption) {
  PostgresDatabase database;
  auto options = database.options();
  options["statement_timeout"] = "200ms";
  const auto store = open_postgres(options);
  store->prepare(table_);
  database.execute(
      "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(20); RETURN NEW; END $$;"
      "CREATE TRIGGER slow BEFORE INSERT ON items FOR EACH ROW WHEN (NEW.name = 'slow') EXECUTE FUNCTION slow()");
  const auto lease = store->lease("limits");
  const Error failure = failure_of([&] { insert(*store, *lease, "slow"); });
  EXPECT_EQ(failure.kind(), ErrorKind::Busy) << failure.what();
  EXPECT_NE(failure.hint().find("statement_timeout"), std::string::npos) << failure.hint();
  insert(*store, *lease, "quick");
  EXPECT_EQ(database.ask("SELECT string_agg(name, ' ') FROM items"), "quick");
}

TEST_F(PostgresLimits, AServerWithoutAFreeConnectionIsBusy) {
  const PostgresServer server("-c max_connections=4 -c superuser_reserved_connections=1");
  std::vector<std::unique_ptr<Application>> others;
  for (int i = 0; i < 4; ++i) others.push_back(std::make_unique<Application>(server.host()));
  const auto store = open_postgres(options(server));
  const Error failure = failure_of([&] { store->check(); });
  EXPECT_EQ(failure.kind(), ErrorKind::Busy) << failure.what();
  EXPECT_NE(std::string(failure.what()).find("too many clients"), std::string::npos) << failure.what();
  EXPECT_NE(failure.hint().find("max_connections"), std::string::npos) << failure.hint();

  // One for the work, and none for the lease.
  others.pop_back();
  await_connection([&] { store->check(); });
  EXPECT_EQ(failure_of([&] { store->lease("limits"); }).kind(), ErrorKind::Busy);
  others.clear();
  store->prepare(table_);
  std::unique_ptr<Lease> lease;
  await_connection([&] { lease = store->lease("limits"); });
  ASSERT_TRUE(lease);
  insert(*store, *lease, "kept");
}

// As after a fail-over: the sockets are there, and what answers is a standby now.
TEST_F(PostgresLimits, AServerThatHasBecomeAStandbyIsToldAsSuchAndWrittenToAgainWhenItIsNone) {
  const PostgresServer server;
  const auto store = open_postgres(options(server));
  store->prepare(table_);
  const auto lease = store->lease("limits");
  insert(*store, *lease, "before");
  Application administrator(server.host());
  const auto writes = [&](const char* reads_only) {
    administrator.run(std::string("ALTER SYSTEM SET default_transaction_read_only = ") + reads_only);
    administrator.run("SELECT pg_reload_conf()");
    while (administrator.ask("SHOW default_transaction_read_only") != reads_only) std::this_thread::sleep_for(Millis(10));
    std::this_thread::sleep_for(Millis(100));
  };
  writes("on");
  const Error failure = failure_of([&] { insert(*store, *lease, "lost"); });
  EXPECT_EQ(failure.kind(), ErrorKind::Storage) << failure.what();
  EXPECT_NE(std::string(failure.what()).find("is read-only"), std::string::npos) << failure.what();
  EXPECT_NE(failure.hint().find("target_session_attrs=read-write"), std::string::npos) << failure.hint();
  EXPECT_EQ(store->count(table_, {}), 1U) << "and may be read";
  administrator.run("SET default_transaction_read_only = off");
  writes("off");
  insert(*store, *lease, "after");
  EXPECT_EQ(administrator.ask("SELECT string_agg(name, ' ' ORDER BY id) FROM items"), "before after");
}

TEST_F(PostgresLimits, AConnectionThatTheServerEndedForIdlingIsMadeAnew) {
  const PostgresServer server("-c idle_session_timeout=300");
  const auto store = open_postgres(options(server));
  store->prepare(table_);
  for (int i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(Millis(500));
    EXPECT_EQ(store->count(table_, {}), 0U);
  }
}

}  // namespace
}  // namespace lockstep::conformance
