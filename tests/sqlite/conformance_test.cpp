// The SQLite plugin against the store checks.
#include "conformance/store_suite.h"
#include "sqlite_database.h"

namespace lockstep::conformance {
namespace {

StoreUnderTest sqlite_under_test() {
  return {[] { return std::make_unique<SqliteDatabase>(); }, {"ARowsVersionMovesWithTheRow", "WatchingIsMadeOnce"}};
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreSuite, store_cases(sqlite_under_test()), case_name);

[[maybe_unused]] const bool kChild = run_child_if_asked([](const std::string& address) { return open_sqlite(address); });

}  // namespace
}  // namespace lockstep::conformance
