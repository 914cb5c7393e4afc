// ServerOfKind: what tests that end, stop or fill database servers need to know of a kind of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenarios/database_kind.h"
#include "support/database_server.h"

namespace lockstep::test {

class ServerOfKind {
 public:
  virtual ~ServerOfKind() = default;
  /// For DatabaseServer.
  virtual std::string name() const = 0;
  /// Options of a server that keeps what it said that it had committed, also when it is killed.
  virtual std::string durable() const = 0;
  /// On the tests' common server, and on another one.
  virtual const DatabaseKind& kind() const = 0;
  virtual std::unique_ptr<const DatabaseKind> kind_at(const std::string& folder) const = 0;
  /// Of the server that the place is on.
  virtual std::string socket_of(const std::string& place) const = 0;
  /// Bytes that a message has which begins a transaction or commits, and no other.
  virtual std::string begin() const = 0;
  virtual std::string commit() const = 0;

  /// Options of a server that takes few connections, and one of them. Null where it takes no more.
  virtual std::string few_connections() const = 0;
  virtual std::shared_ptr<void> connect(const std::string& place) const = 0;
  /// Options of a server whose tables have a few MB, once the database at `place` is moved there, for as long as what that returns; null where it
  /// cannot be had: `why` says so. The table "filler" may go then.
  virtual std::string little_space() const = 0;
  virtual std::shared_ptr<void> move_into_little_space(const std::string& place, std::string& why) const = 0;
  virtual void make_room(const DatabaseServer& server, const std::string& place) const = 0;
  /// From now on only reads, for all but administrators, or no longer.
  virtual void only_read(const std::string& place, bool only) const = 0;
  /// The place as the program reaches it with an account that is no administrator's, which may do all in this database.
  virtual std::string as_clerk(const std::string& place) const = 0;
  /// Statements with which each new row of assistants takes three seconds, and for its end.
  virtual std::string slow_inserts() const = 0;
  virtual std::string quick_inserts() const = 0;
  /// A table whose rows take as much room as their text has bytes.
  virtual std::string roomy_table(const std::string& name) const = 0;

  /// Each row of assistants that changes adds one to the n of the table counted.
  virtual std::string counted_changes() const = 0;
  /// Statements that begin a transaction which gets its way where it and the program's wait for each other, and a query for the number of
  /// those that wait for it.
  virtual std::string begin_winning() const = 0;
  virtual std::string waiting() const = 0;
  /// So many changes of rows of assistants end like one that could not be serialized, and none any more.
  virtual std::string refuse_to_serialize(int times) const = 0;
  virtual std::string serialize_again() const = 0;
  /// Statements that set a database up as others do, with the levels of isolation that its sessions have unless they say otherwise.
  virtual std::vector<std::string> isolations() const = 0;
};

const ServerOfKind& postgres_servers();
const ServerOfKind& mysql_servers();

}  // namespace lockstep::test
