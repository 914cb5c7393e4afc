// SqlStore: the Store door over any Connection. One store is one connection; schema, statements and fencing are shared by all databases.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "sdk/store.h"
#include "sql/connection.h"

namespace lockstep::sql {

class SqlStore final : public Store {
 public:
  explicit SqlStore(std::unique_ptr<Connection> connection, const Clock& clock = system_clock());
  ~SqlStore() override;

  std::optional<TableInfo> inspect(std::string_view table) override;
  std::vector<std::string> prepare(const Table& table, bool dry_run) override;
  Rows read(const Table& table, const Shape& columns, const Filter& filter) override;
  std::uint64_t count(const Table& table, const Filter& filter) override;
  StoreTraits traits() const override { return connection_->traits(); }
  std::optional<std::uint64_t> mark(const Table& table) override { return connection_->mark(table); }
  std::vector<std::string> prepare_leases(bool dry_run) override;
  std::vector<std::string> watch(const Table& table, bool dry_run) override;
  std::unique_ptr<Lease> lease(std::string_view name) override;
  std::unique_ptr<Transaction> begin(const Lease& lease) override;
  std::string describe() const override { return connection_->describe(); }
  std::string check() override { return connection_->check(); }
  void stop_on(std::stop_token stop) override { connection_->stop_on(std::move(stop)); }

  Connection& connection() { return *connection_; }
  /// What is known of the table, asked once between two transactions. Throws Error{Invalid} when it is missing.
  const TableFacts& facts(const Table& table);

 private:
  friend class SqlTransaction;
  Rows read_in_parts(const Table& table, const Shape& columns, const Filter& filter, std::size_t condition);

  std::unique_ptr<Connection> connection_;
  const Clock& clock_;
  std::map<std::string, TableFacts, std::less<>> facts_;
  std::vector<Table> planned_;  ///< by dry runs
  bool in_transaction_ = false;
};

}  // namespace lockstep::sql
