// SqlTransaction: the Transaction door. Each call can be undone by itself, so that one bad row costs only its call.
#pragma once

#include <functional>
#include <vector>

#include "sdk/store.h"
#include "sql/fencing.h"
#include "sql/sql_store.h"

namespace lockstep::sql {

class SqlTransaction final : public Transaction {
 public:
  /// Opens it and verifies the lease's token inside. The lease is borrowed.
  SqlTransaction(SqlStore& store, const SqlLease& lease);
  /// Rolls back what was not committed; never throws.
  ~SqlTransaction() override;

  std::vector<RowKey> insert(const Table& table, const Shape& shape, const Rows& rows, Keys keys) override;
  std::vector<Outcome> update(const Table& table, const Shape& shape, std::span<const Guarded> changes) override;
  void upsert(const Table& table, const Shape& shape, const Rows& rows) override;
  void group(const std::function<void()>& work) override;
  void commit() override;

 private:
  /// Runs `work`; what it throws undoes it. `doing`: "writing table \"users\"".
  void undoable(const std::string& name, const std::string& doing, const std::function<void()>& work);
  void call(const Table& table, const std::function<void()>& work);
  void need_open() const;

  /// Throws what `failure` says of a COMMIT, unless it took place all the same.
  void find_out(const Error& failure, const std::string& mark) const;

  SqlStore& store_;
  const SqlLease& lease_;
  bool open_ = false;
  bool wrote_ = false;
};

/// Calls `write` for each run of consecutive rows that write the same columns. An absent cell is left out where the database
/// has a default for the column, and is null elsewhere: the same thing, in one statement.
void for_each_batch(const Dialect& dialect, const Table& table, const TableFacts& facts, const Shape& shape, const Rows& rows,
                    const std::function<void(const Batch&)>& write);

}  // namespace lockstep::sql
