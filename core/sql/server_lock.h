// ServerLock: a lease's lock in a database server: one holder per name and database, freed by the server as soon as the holder's connection ends,
// however it ends.
//
// It is held by a session of its own. A thread of the holder asks for something every ten seconds, and the server ends a session that asked
// for nothing for thirty: so a holder that is frozen, or whose machine is gone, holds it no longer. Who holds it and since when is told by the
// row of lockstep_lease.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "sql/connection.h"

namespace lockstep::sql {

class ServerLock final : public NamedLock {
 public:
  /// Of a row of lockstep_lease.
  struct Holder {
    std::string who;    ///< "user@host pid 4711"
    std::string since;  ///< "2026-11-21T02:24:23.000Z"
  };

  /// The connection that holds it. Used by one thread at a time.
  class Session {
   public:
    /// The server ends a session that asks for nothing for so long.
    static constexpr Millis kIdleAtMost{30'000};
    virtual ~Session() = default;
    /// Connects. Throws Error{Invalid} where something between this program and the server, or the server itself, would let two hold one lock.
    virtual void open() = 0;
    /// True when it is held from now on; never waits.
    virtual bool take(const std::string& name) = 0;
    virtual std::optional<Holder> holder(const std::string& name) = 0;
    /// Anything, so that the server knows that the holder lives.
    virtual void ask() = 0;
    /// True when the server, or the way to it, has ended the connection.
    virtual bool has_ended() = 0;
  };

  /// Throws Error{Busy} naming the holder, and what Session::open() throws.
  ServerLock(std::unique_ptr<Session> session, std::string_view name);
  ~ServerLock() override = default;
  /// The connection ended, so that the server has freed it.
  bool lost() const override;

 private:
  [[noreturn]] void busy(const std::string& name);
  void keep_alive(const std::stop_token& stop);

  mutable std::mutex mutex_;
  std::unique_ptr<Session> session_;  ///< under the mutex, once the thread runs
  mutable bool lost_ = false;
  std::jthread thread_;
};

}  // namespace lockstep::sql
