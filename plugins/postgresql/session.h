// Session: one libpq connection. Everything goes through its pipeline: a call sends any number of statements and waits once.
//
// SAVEPOINT and RELEASE SAVEPOINT are kept back and travel with the statement that follows them, so that a group of writes costs one round
// trip and not three.
#pragma once

#include <libpq-fe.h>

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
#include "data/arena.h"
#include "errors.h"
#include "settings.h"

namespace lockstep::postgresql {

/// A text as a parameter, borrowed.
inline Spelled borrowed(const std::string& text) { return {text.c_str(), static_cast<int>(text.size()), false}; }

/// One statement with its parameters. The bytes of these are borrowed until it was sent.
struct Request {
  std::string text;
  std::vector<Spelled> parameters = {};
  bool keep = false;  ///< the statement comes again: it is prepared once
};

/// A statement that the server refused, and which of the requests it was.
class Refused : public Error {
 public:
  Refused(Error error, std::size_t request, std::size_t parameter) : Error(std::move(error)), request_(request), parameter_(parameter) {}
  std::size_t request() const { return request_; }
  /// The number of the parameter that could not be read, from 1; 0: it was no parameter.
  std::size_t parameter() const { return parameter_; }

 private:
  std::size_t request_;
  std::size_t parameter_;
};

/// The connection ended while statements were on their way: whether they took place is not known. Error{Storage}.
class Lost : public Error {
 public:
  using Error::Error;
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
  bool has_ended();
  void close();
  /// Throws Error{Invalid} when something between this program and the server lends the server's connections to others as well.
  void refuse_a_pooler();
  PGconn* handle() const { return connection_.get(); }

  /// Runs the requests, one behind the other, and returns an answer for each. Throws Refused for the first that fails; those behind it have
  /// not been run. Throws Lost when the connection ends. `patience`: a longer wait is cut off with Error{Busy}; 0: it may take its time.
  std::vector<Answer> run(std::span<const Request> requests, std::string_view doing, Millis patience = Millis::zero());
  Answer run(Request request, std::string_view doing, Millis patience = Millis::zero());
  /// Runs it with the next request, and before that.
  void run_later(std::string statement) { later_.push_back(std::move(statement)); }
  bool in_transaction() const;
  /// True between a failure and the ROLLBACK that heals it.
  bool is_failed() const;

  void stop_on(std::stop_token stop) { stop_ = std::move(stop); }

 private:
  struct Close {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  enum class Cut { None, Patience, Stop };
  struct Wait {
    Deadline patience;
    std::optional<Deadline> stopped = {};  ///< when a wait for a lock is cut off after the wish to stop
    Cut cut = Cut::None;
  };
  struct Sent {
    std::size_t request;   ///< kNone: of what was kept back, or a preparation
    std::string prepared;  ///< the text of the statement that this prepares
  };

  void set_up();
  void send(std::span<const Request> requests, std::vector<Sent>& sent);
  void send_one(const Request& request, std::size_t number, std::vector<Sent>& sent);
  /// Waits until the next result can be taken without waiting.
  void await(Wait& wait);
  void heed(Wait& wait);
  void cancel();
  /// Asks over another connection whether this one waits for somebody's lock.
  bool waits_for_a_lock() const;
  [[noreturn]] void lose(std::string_view doing);
  Error failure_of(const PGresult* answer, std::string_view doing, const Wait& wait) const;

  const Settings& settings_;
  std::unique_ptr<PGconn, Close> connection_;
  std::stop_token stop_;
  std::vector<std::string> later_;
  std::unordered_map<std::string, std::string> prepared_;  ///< text to name
  std::size_t statements_ = 0;
};

/// A connection of its own, opened with `settings`; never null. Throws as Session::open() does.
PGconn* connect(const Settings& settings);
/// The cell's text; empty for null.
std::string_view text_at(const PGresult* answer, int row, int column);

}  // namespace lockstep::postgresql
