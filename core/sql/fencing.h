// Fencing: each holder of a lease gets a larger token than the one before, and a transaction of an older one is refused, so that a
// run that slept through the loss of its lock cannot write over its successor.
//
//   lockstep_lease  name, token, holder (user@host pid N), since
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sdk/store.h"
#include "sql/connection.h"

namespace lockstep::sql {

const Table& lease_table();

/// "user@host": who this process is to people.
std::string this_holder();

/// The next token of the lease, committed before it is returned.
std::uint64_t next_token(Connection& connection, std::string_view name);

/// Inside a transaction: throws Error{Conflict} when somebody has taken the lease since `token`.
void verify_token(Connection& connection, std::string_view name, std::uint64_t token);

class SqlLease final : public Lease {
 public:
  SqlLease(std::unique_ptr<NamedLock> lock, std::string name, std::uint64_t token)
      : lock_(std::move(lock)), name_(std::move(name)), token_(token) {}
  std::uint64_t token() const override { return token_; }
  const std::string& name() const { return name_; }

 private:
  std::unique_ptr<NamedLock> lock_;
  std::string name_;
  std::uint64_t token_;
};

}  // namespace lockstep::sql
