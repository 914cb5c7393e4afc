// What the triggers of `migrate --watch` cost an application, and what they notice.
#include "conformance/watching.h"

#include <array>

#include "mariadb_database.h"

namespace lockstep::conformance {
namespace {

struct MariadbWatched {
  using Database = MariadbDatabase;
  static void need() { LOCKSTEP_NEEDS_MARIADB(); }
  static Application application(Database& database) { return Application(database.name()); }
  static constexpr std::array kTransactions = {"SET innodb_lock_wait_timeout = 2; BEGIN", "SET innodb_lock_wait_timeout = 2; BEGIN"};
  static constexpr std::array kWrites = {"INSERT INTO items VALUES (2, 'b')", "REPLACE INTO items VALUES (2, 'c')",
                                         "UPDATE items SET name = 'd'", "DELETE FROM items"};
  static constexpr std::array kLosses = {"DROP TRIGGER lockstep_update_items"};
  static constexpr std::size_t kMadeAnew = 1;
  static constexpr const char* kOneLoss = kLosses[0];

  static Narrow narrow(Database& database) {
    const std::string user = "n_" + database.name();
    database.execute("CREATE USER " + user + "@localhost; GRANT SELECT, INSERT, UPDATE, CREATE ON " + database.name() + ".* TO " + user +
                     "@localhost");
    Narrow narrow{database.options(), "GRANT TRIGGER ON `" + database.name() + "`.`items`", "DROP USER " + user + "@localhost"};
    narrow.options["url"] = "mysql://" + user + "@/" + database.name();
    return narrow;
  }
  static std::unique_ptr<Store> open(const Options& options) { return open_mysql(options); }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Mysql, Watching, MariadbWatched);

using MysqlWatching = Watching<MariadbWatched>;

TEST_F(MysqlWatching, LongNamesAreToldApart) {
  std::vector<std::string> names;
  for (const char* end : {"a", "b"}) {
    const std::string name = std::string(60, 'x') + end;
    database_->execute("CREATE TABLE " + name + " (id integer PRIMARY KEY)");
    const Table table{name, {{"id", ColumnType::Integer, false, {}}}, {"id"}, {}};
    EXPECT_EQ(store_->watch(table).size(), 3U);
    EXPECT_EQ(store_->mark(table), 0U);
    database_->execute("INSERT INTO " + name + " VALUES (1)");
    EXPECT_EQ(store_->mark(table), 1U);
  }
}

}  // namespace
}  // namespace lockstep::conformance
