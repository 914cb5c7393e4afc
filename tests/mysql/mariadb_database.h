// A fresh database of the tests' MariaDB server for a test, reached through the plugin as the program reaches it, and through the client
// library as an application would.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "conformance/holder.h"
#include "conformance/store_checks.h"
#include "sdk/plugin.h"
#include "support/mariadb_server.h"

namespace lockstep::conformance {

using Options = std::map<std::string, std::string, std::less<>>;

const StorePlugin& mysql_plugin();
/// Throws what the plugin's factory says, as std::runtime_error.
std::unique_ptr<Store> open_mysql(Options options);

/// What an application has of the database: statements. Throws std::runtime_error with the server's words.
class Application {
 public:
  explicit Application(const std::string& database = {});
  /// Any number of statements.
  void run(const std::string& sql);
  /// The first cell of the last row of the last answer; "NULL" for null.
  std::string ask(const std::string& sql);
  MYSQL* handle() { return connection_.get(); }

 private:
  std::unique_ptr<MYSQL, CloseMariadb> connection_;
};

/// Skips the test where no server is installed.
#define LOCKSTEP_NEEDS_MARIADB() \
  if (mariadb_socket().empty()) GTEST_SKIP() << "no MariaDB server is installed (Debian's package is mariadb-server)"

class MariadbDatabase : public Database {
 public:
  MariadbDatabase();
  ~MariadbDatabase() override;
  MariadbDatabase(const MariadbDatabase&) = delete;
  MariadbDatabase& operator=(const MariadbDatabase&) = delete;

  const std::string& name() const { return name_; }
  /// How the store is opened.
  Options options() const;
  std::unique_ptr<Store> open() override { return open_mysql(options()); }
  bool execute(const std::string& sql) override;
  std::string ask(const std::string& sql) { return application_->ask(sql); }
  Application& application() { return *application_; }
  std::string generated_key() const override { return "INTEGER AUTO_INCREMENT PRIMARY KEY"; }
  std::string trigger(const std::string& name, const std::string& table) const override;
  std::unique_ptr<Trouble> locked() override;
  ProgramCall holder(const std::string& lease) const override;

 private:
  std::string name_;
  std::unique_ptr<Application> application_;
};

/// For run_child_if_asked().
std::unique_ptr<Store> open_mysql_at(const std::string& address);

}  // namespace lockstep::conformance
