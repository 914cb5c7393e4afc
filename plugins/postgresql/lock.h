// AdvisoryLock: a lease's lock as a session's advisory lock (pg_try_advisory_lock) of a 64-bit hash of schema and name.
//
// A pooler that lends a connection of the server for a transaction at a time would give the lock to whoever comes next; behind any pooler
// the number of the server's process is not the one that was told at connecting, and the lease is refused.
#pragma once

#include "session.h"
#include "settings.h"
#include "sql/server_lock.h"

namespace lockstep::postgresql {

class AdvisoryLock final : public sql::ServerLock::Session {
 public:
  explicit AdvisoryLock(const Settings& settings);
  void open() override;
  bool take(const std::string& name) override;
  std::optional<sql::ServerLock::Holder> holder(const std::string& name) override;
  void ask() override { session_.run({"SELECT 1"}, "keeping a lease"); }
  bool has_ended() override { return session_.has_ended(); }

 private:
  Settings settings_;
  postgresql::Session session_;
};

}  // namespace lockstep::postgresql
