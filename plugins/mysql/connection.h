// MysqlConnection: one MariaDB or MySQL database over libmariadb.
//
// A page of rows travels as one prepared statement with arrays of parameters, and the keys come back with it (MariaDB); else as a statement of
// many rows. So the number of round trips grows with pages and not with rows. What fails is done again row by row, so that each row has its
// own answer.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "dialect.h"
#include "session.h"
#include "settings.h"
#include "sql/connection.h"

namespace lockstep::mysql {

class MysqlConnection final : public sql::Connection {
 public:
  /// Connects to nothing yet.
  explicit MysqlConnection(Settings settings);

  const sql::Dialect& dialect() const override { return dialect_; }
  std::string describe() const override { return settings_.shown; }
  std::string check() override;
  bool exists() const override { return true; }
  void stop_on(std::stop_token stop) override { session_.stop_on(std::move(stop)); }
  void open() override;

  std::optional<sql::TableFacts> inspect(std::string_view table) override;
  void control(std::string_view statement) override;
  bool loses_answers() const override { return true; }
  bool in_transaction() override { return session_.in_transaction(); }
  void execute(const std::string& statement, std::string_view doing) override;
  /// The servers commit with every change of a table, so others are kept out by a lock of its own.
  void change_schema(const std::function<void()>& work) override;

  void read(const sql::Query& query, const Table& table, const sql::TableFacts& facts, const Shape& columns, Rows& out) override;
  std::uint64_t count(const sql::Query& query, const Table& table, const sql::TableFacts& facts) override;
  void insert(const sql::Batch& batch, std::vector<RowKey>* keys) override;
  void upsert(const sql::Batch& batch) override;
  std::vector<Outcome> update(const Table& table, const sql::TableFacts& facts, const Shape& shape,
                              std::span<const Guarded> changes) override;

  std::unique_ptr<sql::NamedLock> lock(std::string_view name) override;
  StoreTraits traits() const override { return {1000, {}, true}; }
  std::optional<std::uint64_t> mark(const Table& table) override;
  std::vector<std::string> watching(const Table& table) override;

 protected:
  bool update_one(const sql::Query& query, const Table& table, const sql::TableFacts& facts) override;

 private:
  struct Inspected {
    std::string version;
    sql::TableFacts facts;
  };

  Error no_right(const Refused& refused, const std::string& account) const;
  void begin(const std::string& statement);
  void roll_back_to(const std::string& statement);
  void commit(const std::string& statement);
  /// Runs what only reads; outside of a transaction once more on a new connection where the old one had ended unnoticed.
  Answer ask(const Request& request, std::string_view doing);

  Target target(const Table& table, const sql::TableFacts& facts, std::string_view column) const;
  std::vector<Target> targets(const sql::Batch& batch) const;
  /// `finds`: a value that the column cannot hold equals none; else it throws.
  std::vector<Spelled> parameters(const sql::Query& query, const Table& table, const sql::TableFacts& facts, bool finds,
                                  Arena& arena) const;

  /// Bytes of parameters that one message may have.
  std::size_t most_bytes();
  /// Runs the statement for each row of the batch, a page of rows at a time. `keys`: gets a key per row, unless it is null.
  void write(const sql::Batch& batch, const std::string& text, std::vector<RowKey>* keys, const std::string& doing);
  /// All rows of `page` in as few messages as the server takes. False: it refused a row, and none of them is written.
  bool write_together(const sql::Batch& batch, const std::string& text, std::span<const Spelled> page, std::vector<RowKey>* keys,
                      const std::string& doing);
  void write_one(const sql::Batch& batch, const std::string& text, std::span<const Spelled> row, std::vector<RowKey>* keys,
                 const std::string& doing);
  /// Keys that `answer` has, else those that the server made or that are in the rows.
  void take_keys(const sql::Batch& batch, Answer& answer, std::span<const Spelled> page, std::vector<RowKey>* keys);
  /// With the columns of a value that is there already, and the value that has no parent.
  Error told(const Refused& refused, const sql::Batch& batch, std::span<const Spelled> row) const;
  /// True when every one of the changes met its row; else none of them is made.
  bool update_together(const Table& table, const sql::TableFacts& facts, const Shape& shape, std::span<const Guarded> changes,
                       const std::string& doing);

  /// Of Lockstep's three triggers on the table, those that are there.
  std::vector<std::string> own_triggers(const Table& table, std::string_view doing);
  void refuse_without_rights(const std::string& database, const std::string& table, const std::string& doing);
  std::string database_of(std::string_view table, std::string& name) const;
  /// Changes with everything that inspect() tells, but for the rights of this account. Empty where only inspect_anew() can tell: there is no
  /// such table, or this account may not read it.
  std::string version_of(std::string_view table, const std::string& doing);
  std::optional<sql::TableFacts> inspect_anew(std::string_view table, const std::string& doing);
  /// The number of a type's text in members_.
  int type_number(const std::string& column_type);

  MysqlDialect dialect_;
  Settings settings_;
  Session session_;
  std::map<std::string, Inspected, std::less<>> inspected_;
  std::vector<std::string> types_;                 ///< texts of types that list members
  std::vector<std::vector<std::string>> members_;  ///< of those
};

}  // namespace lockstep::mysql
