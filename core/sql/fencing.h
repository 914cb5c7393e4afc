// Fencing: each holder of a lease gets a larger token than the one before, and a transaction of an older one is refused, so that a
// run that slept through the loss of its lock cannot write over its successor.
//
//   lockstep_lease  name, token, holder (user@host pid N), since
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/time.h"
#include "sdk/store.h"
#include "sql/connection.h"

namespace lockstep::sql {

const Table& lease_table();

/// "user@host": who this process is to people.
std::string this_holder();

/// What the database has of the tables of leases; asked once for each lease.
struct LeaseFacts {
  TableFacts lease;
  std::optional<TableFacts> commits;  ///< where the answer to a COMMIT may be lost: see Connection::loses_answers()
};

/// The next token of the lease, committed before it is returned.
std::uint64_t next_token(Connection& connection, const LeaseFacts& facts, std::string_view name, const Clock& clock);

/// Inside a transaction: throws Error{Conflict} when somebody has taken the lease since `token`. Nobody can take it before the transaction
/// has ended: its row is read with a lock, where the transaction does not lock the database anyway.
void verify_token(Connection& connection, const TableFacts& facts, std::string_view name, std::uint64_t token);

/// Error{Conflict}: the lease's lock is gone, as with the connection that held it. `place`: the store's description.
Error lease_lost(std::string_view name, const std::string& place);

class SqlLease final : public Lease {
 public:
  SqlLease(std::unique_ptr<NamedLock> lock, std::string name, std::uint64_t token, LeaseFacts facts)
      : lock_(std::move(lock)), name_(std::move(name)), token_(token), facts_(std::move(facts)) {}
  std::uint64_t token() const override { return token_; }
  bool lost() const override { return lock_->lost(); }
  const std::string& name() const { return name_; }
  const LeaseFacts& facts() const { return facts_; }

 private:
  std::unique_ptr<NamedLock> lock_;
  std::string name_;
  std::uint64_t token_;
  LeaseFacts facts_;
};

}  // namespace lockstep::sql
