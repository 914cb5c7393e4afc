// The MySQL plugin against the store checks, on a server whose own settings are an old one's: no strict mode, latin1, another time zone.
#include "conformance/report.h"
#include "mariadb_database.h"
#include "mysql/connection.h"
#include "sql/sql_store.h"

namespace lockstep::conformance {

static void PrintTo(const StoreCheck& check, std::ostream* out) { *out << check.name; }

namespace {

/// What the server's data lies on cannot be filled up from here; the database keeps no version of a row.
const std::set<std::string> kSkipped = {"AFullDiskIsAStorageErrorAndLeavesNothing", "ARowsVersionMovesWithTheRow"};

class MysqlSuite : public testing::TestWithParam<StoreCheck> {};
class MysqlWithoutArraysSuite : public MysqlSuite {};

/// The store as it writes to a server that takes no arrays and answers no keys but the first, as MySQL does.
class WithoutArrays : public MariadbDatabase {
 public:
  std::unique_ptr<Store> open() override {
    const StorePlugin& plugin = mysql_plugin();
    mysql::Settings settings = mysql::read_settings(OptionValues({plugin.head.options, plugin.head.option_count}, options()));
    settings.arrays = settings.returning = false;
    return std::make_unique<sql::SqlStore>(std::make_unique<mysql::MysqlConnection>(settings));
  }
};

void hold(const StoreCheck& check, Database& database) {
  const Finding outcome = run_store_check(check, database);
  report(outcome, check.name, kSkipped);
  if (outcome.state == Finding::State::Skipped) GTEST_SKIP() << outcome.reasons.at(0);
}

TEST_P(MysqlSuite, Holds) {
  LOCKSTEP_NEEDS_MARIADB();
  MariadbDatabase database;
  hold(GetParam(), database);
}

TEST_P(MysqlWithoutArraysSuite, Holds) {
  LOCKSTEP_NEEDS_MARIADB();
  WithoutArrays database;
  hold(GetParam(), database);
}

const auto kChecks = testing::ValuesIn(store_checks().begin(), store_checks().end());
std::string name_of(const testing::TestParamInfo<StoreCheck>& of) { return of.param.name; }

INSTANTIATE_TEST_SUITE_P(Mysql, MysqlSuite, kChecks, name_of);
INSTANTIATE_TEST_SUITE_P(Mysql, MysqlWithoutArraysSuite, kChecks, name_of);

[[maybe_unused]] const bool kChild = run_child_if_asked(open_mysql_at);

}  // namespace
}  // namespace lockstep::conformance
