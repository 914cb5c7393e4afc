// PostgresConnection: one PostgreSQL database over libpq.
//
// A page of rows travels in one pipeline: a prepared statement a row, an answer a row, one wait. So the number of round trips grows with
// pages and not with rows, each row has its own answer, and row rules, views, triggers and partitions work as for any other program.
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

namespace lockstep::postgresql {

class PostgresConnection final : public sql::Connection {
 public:
  /// Connects to nothing yet.
  explicit PostgresConnection(Settings settings);

  const sql::Dialect& dialect() const override { return dialect_; }
  std::string describe() const override { return settings_.shown; }
  std::string check() override;
  bool exists() const override { return true; }
  void stop_on(std::stop_token stop) override { session_.stop_on(std::move(stop)); }
  void open() override { session_.open(); }

  std::optional<sql::TableFacts> inspect(std::string_view table) override;
  void control(std::string_view statement) override;
  bool loses_answers() const override { return true; }
  bool in_transaction() override { return session_.in_transaction(); }
  void execute(const std::string& statement, std::string_view doing) override;

  void read(const sql::Query& query, const Table& table, const sql::TableFacts& facts, const Shape& columns, Rows& out) override;
  std::uint64_t count(const sql::Query& query, const Table& table, const sql::TableFacts& facts) override;
  void insert(const sql::Batch& batch, std::vector<RowKey>* keys) override;
  void upsert(const sql::Batch& batch) override;
  std::vector<Outcome> update(const Table& table, const sql::TableFacts& facts, const Shape& shape,
                              std::span<const Guarded> changes) override;

  std::unique_ptr<sql::NamedLock> lock(std::string_view name) override;
  /// xmin: the transaction that wrote the row last.
  StoreTraits traits() const override { return {1000, "xmin", true}; }
  std::optional<std::uint64_t> mark(const Table& table) override;
  std::vector<std::string> watching(const Table& table) override;

 protected:
  bool update_one(const sql::Query& query, const Table& table, const sql::TableFacts& facts) override;

 private:
  void begin(const std::string& statement);
  void commit(const std::string& statement);
  /// Runs what only reads, in a transaction so that a failure leaves that as it was, and elsewhere once more on a new connection where the
  /// old one had ended unnoticed.
  Answer ask(Request request, std::string_view doing, Millis patience = Millis::zero());

  Target target(const Table& table, const sql::TableFacts& facts, std::string_view column) const;
  std::vector<Target> targets(const sql::Batch& batch) const;
  /// `finds`: a value that the column cannot hold equals none; else it throws.
  Request request(const sql::Query& query, const Table& table, const sql::TableFacts& facts, bool finds, Arena& arena) const;
  /// Runs the statement for each row of the batch and gives the answers, in the order of the rows, to `take`.
  void write(const sql::Batch& batch, const std::string& text, const std::function<void(PGresult* answer)>& take);

  sql::TableFacts inspect_anew(const std::string& id, const std::string& doing);

  PostgresDialect dialect_;
  Settings settings_;
  Session session_;
  struct Inspected {
    std::string version;
    sql::TableFacts facts;
  };
  std::map<std::string, Inspected, std::less<>> inspected_;
};

}  // namespace lockstep::postgresql
