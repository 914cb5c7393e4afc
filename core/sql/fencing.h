// Fencing: each holder of a lease gets a larger token than the one before, and a transaction of an older one is refused, so that a
// run that slept through the loss of its lock cannot write over its successor.
//
//   lockstep_lease  name, token, holder (user@host pid N), since
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/time.h"
#include "sdk/store.h"
#include "sql/connection.h"

namespace lockstep::sql {

const Table& lease_table();

/// "user@host": who this process is to people.
std::string this_holder();

/// The next token of the lease, committed before it is returned. `facts`: of lease_table().
std::uint64_t next_token(Connection& connection, const TableFacts& facts, std::string_view name, const Clock& clock);

/// Inside a transaction: throws Error{Conflict} when somebody has taken the lease since `token`. Nobody can take it before the transaction
/// has ended: its row is read with a lock, where the transaction does not lock the database anyway.
void verify_token(Connection& connection, const TableFacts& facts, std::string_view name, std::uint64_t token);

/// Error{Conflict}: the lease is another's by now, or may be.
Error taken_over(std::string_view name);

class SqlLease final : public Lease {
 public:
  SqlLease(std::unique_ptr<NamedLock> lock, std::string name, std::uint64_t token)
      : lock_(std::move(lock)), name_(std::move(name)), token_(token) {}
  std::uint64_t token() const override { return token_; }
  bool lost() const override { return lock_->lost(); }
  const std::string& name() const { return name_; }

 private:
  std::unique_ptr<NamedLock> lock_;
  std::string name_;
  std::uint64_t token_;
};

}  // namespace lockstep::sql
