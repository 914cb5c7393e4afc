// Session: one libmariadb connection, in UTC, in strict mode and in READ COMMITTED, whatever the server's own settings are.
//
// A wait for somebody's lock is a second at most, and is begun again until busy_timeout is over or a stop is requested: the servers undo a
// statement that waited too long, and nothing but it. So a wait can be cut off without a second connection and without rights to look at
// other sessions. SAVEPOINT is kept back until a statement follows it.
#pragma once

#include <mysql.h>

#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cells.h"
#include "common/time.h"
#include "errors.h"
#include "settings.h"
#include "statement.h"

namespace lockstep::mysql {

/// A statement and its parameters, a row behind the other.
struct Request {
  std::string text;
  std::span<const Spelled> parameters = {};
  std::size_t rows = 1;
};

/// What the server can do, asked at connecting.
struct Server {
  bool maria = true;
  std::string version;
  bool arrays = false;            ///< rows in one message
  bool returning = false;         ///< INSERT … RETURNING
  bool whole_rollback = false;    ///< a lock that was waited for too long ends the transaction
  std::size_t message_bytes = 0;  ///< max_allowed_packet
  std::uint64_t id_step = 1;      ///< auto_increment_increment
};

/// Used by one thread at a time.
class Session {
 public:
  /// Connects when something is asked. `settings` is borrowed.
  explicit Session(const Settings& settings) : settings_(settings) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Throws Error{Credentials, Storage, Busy, Invalid} when it cannot be connected.
  void open();
  bool is_open() const { return connection_ != nullptr; }
  /// True when the server, or the way to it, has ended a connection on which nothing is under way.
  bool has_ended() const;
  void close();
  /// As the server was told at connecting. Opens.
  const Server& server();
  /// The connection's number at the server.
  unsigned long number() const { return number_; }
  bool is_encrypted() const { return connection_ && mysql_get_ssl_cipher(connection_.get()) != nullptr; }

  /// Runs a statement that answers no rows. Throws Refused, and Lost when the connection ends.
  void execute(const std::string& statement, std::string_view doing);
  /// Prepares it, once for each text, and runs it. Throws the same.
  Answer run(const Request& request, std::string_view doing);
  /// Prepares it, as far as rights and names go, and runs nothing. Throws the same.
  void look_at(const std::string& statement, std::string_view doing);
  /// Runs it before the next statement.
  void run_later(std::string statement) { later_.push_back(std::move(statement)); }
  /// Takes back what waits, from `statement` on. False when it does not wait.
  bool take_back(std::string_view statement);

  /// True from begin() until end(), unless the server has ended it or the connection.
  bool in_transaction() const { return in_transaction_; }
  void begin(const std::string& statement);
  void end(const std::string& statement, std::string_view doing);

  void stop_on(std::stop_token stop) { stop_ = std::move(stop); }

 private:
  struct Close {
    void operator()(MYSQL* connection) const { mysql_close(connection); }
  };

  void set_up();
  void keep_alive() const;
  void send_later(std::string_view doing);
  /// Null where the server refuses it: `refused` says why.
  Prepared prepared(const std::string& text, Failure& refused);
  /// Calls `attempt` until it returns no failure, or one that is not worth a repetition; throws that.
  template <class Attempt>
  void repeat(std::string_view doing, const Attempt& attempt);
  [[noreturn]] void fail(const Failure& failure, std::string_view doing);
  Failure failure() const { return {mysql_errno(connection_.get()), mysql_error(connection_.get())}; }

  const Settings& settings_;
  std::unique_ptr<MYSQL, Close> connection_;
  Server server_;
  unsigned long number_ = 0;
  bool in_transaction_ = false;
  std::stop_token stop_;
  std::vector<std::string> later_;
  std::unordered_map<std::string, Prepared> prepared_;
};

}  // namespace lockstep::mysql
