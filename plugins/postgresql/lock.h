// AdvisoryLock: one holder per name and schema, freed by the server as soon as the holder's connection ends, however it ends.
//
// It is a session's advisory lock (pg_try_advisory_lock) on a connection of its own, by a 64-bit hash of schema and name. A thread of the
// holder asks for something every ten seconds, and the server ends a session that asked for nothing for thirty: so a holder that is
// frozen, or whose machine is gone, holds it no longer. Who holds it and since when is told by the row of lockstep_lease.
//
// A pooler that lends a connection of the server for a transaction at a time would give the lock to whoever comes next; behind any pooler
// the number of the server's process is not the one that was told at connecting, and the lease is refused.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "session.h"
#include "settings.h"
#include "sql/connection.h"

namespace lockstep::postgresql {

class AdvisoryLock final : public sql::NamedLock {
 public:
  /// Throws Error{Busy} naming the holder, and what Session::open() throws. Error{Invalid} behind a pooler.
  AdvisoryLock(const Settings& settings, std::string_view name);
  ~AdvisoryLock() override = default;
  /// The connection ended, so that the server has freed it.
  bool lost() const override;

 private:
  void refuse_a_pooler();
  /// True when it is held from now on.
  bool take(const std::string& name);
  [[noreturn]] void busy(const std::string& name);
  void keep_alive(const std::stop_token& stop);

  Settings settings_;
  mutable std::mutex mutex_;
  mutable Session session_;  ///< under the mutex, once the thread runs
  mutable bool lost_ = false;
  std::jthread thread_;
};

}  // namespace lockstep::postgresql
