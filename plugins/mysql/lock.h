// LockFunction: a lease's lock as GET_LOCK() of a hash of database and name.
//
// A proxy that lends connections of the server would give the lock to whoever comes next; behind any the number of the connection is not the
// one that was told at connecting, and the lease is refused. So it is in a cluster whose nodes all take writes, for each node has locks of
// its own, unless the store says that its runs all connect to one of them.
#pragma once

#include "session.h"
#include "settings.h"
#include "sql/server_lock.h"

namespace lockstep::mysql {

class LockFunction final : public sql::ServerLock::Session {
 public:
  explicit LockFunction(const Settings& settings) : settings_(settings), session_(settings_) {}
  void open() override;
  bool take(const std::string& name) override;
  std::optional<sql::ServerLock::Holder> holder(const std::string& name) override;
  void ask() override { session_.execute("DO 1", "keeping a lease"); }
  bool has_ended() override { return session_.has_ended(); }

 private:
  void refuse_a_proxy();
  void refuse_many_writers();
  /// The value of a variable of the server; empty where it has none of that name.
  std::string variable(const std::string& name);

  Settings settings_;
  mysql::Session session_;
};

}  // namespace lockstep::mysql
