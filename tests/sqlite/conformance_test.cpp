// The SQLite plugin against the store conformance suite.
#include "sqlite_database.h"

namespace lockstep::conformance {

StoreUnderTest sqlite_under_test() {
  return {"sqlite", [] { return std::make_unique<SqliteDatabase>(); }, [](const std::string& address) { return open_sqlite(address); }};
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreSuite, testing::Values(sqlite_under_test()), store_name);

[[maybe_unused]] const bool child = run_child_if_asked(sqlite_under_test());

}  // namespace lockstep::conformance
