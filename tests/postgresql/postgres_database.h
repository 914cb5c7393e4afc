// A fresh schema of the tests' server for a test, reached through the plugin as the program reaches it, and through libpq as an application
// would.
#pragma once

#include <libpq-fe.h>

#include <map>
#include <memory>
#include <string>

#include "conformance/holder.h"
#include "conformance/store_checks.h"
#include "sdk/plugin.h"

namespace lockstep::conformance {

const StorePlugin& postgres_plugin();
/// Throws what the plugin's factory says, as std::runtime_error.
std::unique_ptr<Store> open_postgres(std::map<std::string, std::string, std::less<>> options);

/// What an application has of the database: libpq, a statement at a time. Throws std::runtime_error with the server's words.
class Application {
 public:
  explicit Application(const std::string& host, const std::string& schema = {});
  /// Any number of statements.
  void run(const std::string& sql);
  /// The first cell of the last row; "NULL" for null.
  std::string ask(const std::string& sql);
  PGconn* handle() { return connection_.get(); }

 private:
  struct Close {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  std::unique_ptr<PGconn, Close> connection_;
};

/// Skips the test where no server is installed.
#define LOCKSTEP_NEEDS_POSTGRES() \
  if (postgres_host().empty()) GTEST_SKIP() << "no PostgreSQL server is installed (Debian's package is postgresql)"

class PostgresDatabase : public Database {
 public:
  PostgresDatabase();
  ~PostgresDatabase() override;
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;

  const std::string& schema() const { return schema_; }
  /// How the store is opened.
  std::map<std::string, std::string, std::less<>> options() const;
  std::unique_ptr<Store> open() override { return open_postgres(options()); }
  bool execute(const std::string& sql) override;
  std::string ask(const std::string& sql) { return application_->ask(sql); }
  Application& application() { return *application_; }
  std::string generated_key() const override { return "INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY"; }
  std::string trigger(const std::string& name, const std::string& table) const override;
  std::unique_ptr<Trouble> locked() override;
  ProgramCall holder(const std::string& lease) const override;

 private:
  std::string schema_;
  std::unique_ptr<Application> application_;
};

/// For run_child_if_asked().
std::unique_ptr<Store> open_postgres_at(const std::string& address);

}  // namespace lockstep::conformance
