// PgBouncer between a program and its server: a lease cannot be held through a connection that is lent to others.
#include <gtest/gtest.h>

#include <cstdlib>

#include "postgres_database.h"
#include "support/postgres_server.h"

namespace lockstep::conformance {
namespace {

class PostgresPooler : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    LOCKSTEP_NEEDS_POSTGRES();
    if (std::system("command -v pgbouncer >/dev/null") != 0) GTEST_SKIP() << "no PgBouncer is installed (Debian's package is pgbouncer)";
    server_ = std::make_unique<PostgresServer>();
    host_ = server_->pool(GetParam());
  }

  std::unique_ptr<Store> open(const std::string& host) const {
    return open_postgres({{"url", "postgresql://lockstep@/postgres?host=" + host}});
  }

  std::unique_ptr<PostgresServer> server_;
  std::string host_;
};

TEST_P(PostgresPooler, GivesALeaseToNobody) {
  const auto direct = open(server_->host());
  direct->prepare(items_table());
  // Two clients that share the pooler's one connection would both be given the lock.
  const auto first = open(host_), second = open(host_);
  for (Store* const pooled : {first.get(), second.get()}) {
    for (const auto& work : {std::function<void()>([&] { pooled->lease("shared"); }), std::function<void()>([&] { pooled->check(); })}) {
      try {
        work();
        ADD_FAILURE() << "nobody noticed the pooler";
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Invalid) << error.what();
        EXPECT_NE(std::string(error.what()).find("is reached through a pooler"), std::string::npos) << error.what();
        EXPECT_NE(error.hint().find("connect to the database itself"), std::string::npos) << error.hint();
      }
    }
  }
  EXPECT_EQ(Application(server_->host()).ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), "0");
  EXPECT_TRUE(direct->lease("shared")) << "and the pooler's connection holds nothing";
}

INSTANTIATE_TEST_SUITE_P(Mode, PostgresPooler, testing::Values("transaction", "session"),
                         [](const auto& mode) { return std::string(mode.param); });

}  // namespace
}  // namespace lockstep::conformance
