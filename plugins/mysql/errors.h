// Errors: the numbers of MariaDB and MySQL as Error kinds, with the database named and the remedy told
// (https://mariadb.com/kb/en/mariadb-error-code-reference/, https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html).
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/error.h"

namespace lockstep::mysql {

/// What a server or the client library says about a failure.
struct Failure {
  unsigned code = 0;
  std::string message;
};

/// A statement that the server refused.
class Refused : public Error {
 public:
  Refused(Error error, Failure failure) : Error(std::move(error)), failure_(std::move(failure)) {}
  const Failure& failure() const { return failure_; }

 private:
  Failure failure_;
};

/// The connection ended while a statement was on its way: whether it took place is not known. Error{Storage}.
class Lost : public Error {
 public:
  using Error::Error;
};

/// How long the transaction that this one gave way to may need.
constexpr std::chrono::milliseconds kBeforeRepeating{50};
constexpr unsigned kLockWait = 1205, kNoParent = 1452, kNoTable = 1146, kKilled = 1317, kNoTls = 2026;

/// The connection is gone, or of no use any more.
bool ends_connection(unsigned code);
/// The transaction is over: the server has rolled the whole of it back, or nothing else is of any use.
bool ends_transaction(unsigned code);
/// A table, column or index is there already.
bool is_there_already(unsigned code);

/// The Error for a statement that failed. `shown`: the database as people call it; `doing`: "writing table \"users\"". The text holds no value
/// of another row.
Error error_for(const Failure& failure, const std::string& shown, std::string_view doing);
/// The Error for a connection that could not be made.
Error connect_error(const Failure& failure, const std::string& shown);

/// The column of a foreign key whose parent is missing; empty where the server does not tell.
std::string column_without_parent(const Failure& failure);
/// The name of the unique key that has the values already; empty when the failure is another one.
std::string shared_key(const Failure& failure);

}  // namespace lockstep::mysql
