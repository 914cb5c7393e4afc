// The PostgreSQL plugin against the store checks.
#include "conformance/report.h"
#include "postgres_database.h"
#include "support/postgres_server.h"

namespace lockstep::conformance {

static void PrintTo(const StoreCheck& check, std::ostream* out) { *out << check.name; }

namespace {

/// What the server's data lies on cannot be filled up from here.
const std::set<std::string> kSkipped = {"AFullDiskIsAStorageErrorAndLeavesNothing"};

class PostgresSuite : public testing::TestWithParam<StoreCheck> {};

TEST_P(PostgresSuite, Holds) {
  LOCKSTEP_NEEDS_POSTGRES();
  PostgresDatabase database;
  const Finding outcome = run_store_check(GetParam(), database);
  report(outcome, GetParam().name, kSkipped);
  if (outcome.state == Finding::State::Skipped) GTEST_SKIP() << outcome.reasons.at(0);
}

INSTANTIATE_TEST_SUITE_P(Postgresql, PostgresSuite, testing::ValuesIn(store_checks().begin(), store_checks().end()),
                         [](const auto& of) { return std::string(of.param.name); });

[[maybe_unused]] const bool kChild = run_child_if_asked(open_postgres_at);

}  // namespace
}  // namespace lockstep::conformance
