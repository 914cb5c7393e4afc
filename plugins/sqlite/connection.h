// SqliteConnection: one SQLite file through a Poco session, with native statements on the session's handle for rows in and out.
// The file's journal mode is the user's and stays; a write is durable when commit returns (synchronous = FULL).
#pragma once

#include <Poco/Data/Session.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "common/time.h"
#include "dialect.h"
#include "site.h"
#include "sql/connection.h"
#include "statement.h"

namespace lockstep::sqlite {

class SqliteConnection final : public sql::Connection {
 public:
  /// Opens nothing yet. `path`: symbolic links are followed, so that one file has one name (and one lock file).
  SqliteConnection(const std::string& path, Millis busy_timeout, const Clock& clock = system_clock());
  ~SqliteConnection() override;

  const sql::Dialect& dialect() const override { return dialect_; }
  std::string describe() const override { return "SQLite file " + site_.shown; }
  std::string check() override;
  bool exists() const override;
  void stop_on(std::stop_token stop) override { site_.wait.stop_on(std::move(stop)); }
  void open() override;

  std::optional<sql::TableFacts> inspect(std::string_view table) override;
  void control(std::string_view statement) override;
  bool in_transaction() override;
  void execute(const std::string& statement, std::string_view doing) override;

  void read(const sql::Query& query, const Table& table, const sql::TableFacts& facts, const Shape& columns, Rows& out) override;
  std::uint64_t count(const sql::Query& query, const Table& table, const sql::TableFacts& facts) override;
  void insert(const sql::Batch& batch, std::vector<RowKey>* keys) override;
  void upsert(const sql::Batch& batch) override;

  std::unique_ptr<sql::NamedLock> lock(std::string_view name) override;
  /// PRAGMA data_version: another number after each commit of another connection, whatever table it wrote.
  std::optional<std::uint64_t> mark(const Table& table) override;

  /// The native handle; opens the file when needed.
  sqlite3* handle();

 protected:
  bool update_one(const sql::Query& query, const Table& table, const sql::TableFacts& facts) override;

 private:
  void check_place() const;
  /// Throws the exception that is being handled again, as an Error.
  [[noreturn]] void rethrow(std::string_view doing);
  /// The number that a PRAGMA without arguments answers.
  std::int64_t asked(const std::string& pragma);
  std::optional<sql::TableFacts> inspect_anew(std::string_view table);
  Statement& prepared(const std::string& text) { return statements_.get(handle(), site_, text); }
  Target target(const Table& table, const sql::TableFacts& facts, std::string_view column) const;
  std::vector<Target> targets(const sql::Batch& batch) const;
  Statement& bound(const sql::Query& query, const Table& table, const sql::TableFacts& facts);
  /// `whole`: a row that is not written is an error. `keys`: gets the primary key of each row, unless it is null.
  void write_rows(const sql::Batch& batch, const std::string& text, bool whole, std::vector<RowKey>* keys);
  Error explain_foreign_key(const sql::Batch& batch, Row row, Error error);

  SqliteDialect dialect_;
  const Clock& clock_;
  Site site_;
  std::filesystem::path path_;  ///< absolute, links followed
  std::optional<Poco::Data::Session> session_;
  sqlite3* handle_ = nullptr;
  StatementCache statements_;
  std::map<std::string, sql::TableFacts, std::less<>> inspected_;
  std::int64_t inspected_version_ = -1;
};

}  // namespace lockstep::sqlite
