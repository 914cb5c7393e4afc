// Site: what every statement on one file shares: the file's name for messages, and how long it waits for another program.
//
// SQLite's own busy timeout cannot be cut short, so the waiting is done here: in small steps up to the timeout, and once a stop is wished
// for only a moment longer, which lets a run that is being stopped still commit what is whole.
#pragma once

#include <sqlite3.h>

#include <stop_token>
#include <string>

#include "common/time.h"

namespace lockstep::sqlite {

/// Used by one thread at a time. Stays where it is while a handle has it installed.
class LockWait {
 public:
  LockWait(Millis timeout, const Clock& clock) : timeout_(timeout), clock_(clock) {}
  LockWait(const LockWait&) = delete;
  LockWait& operator=(const LockWait&) = delete;

  void install(sqlite3* db) { sqlite3_busy_handler(db, &on_busy, this); }
  void stop_on(std::stop_token stop) { stop_ = std::move(stop); }
  bool stopped() const { return stop_.stop_requested(); }
  /// One step of waiting; `attempts`: how many came before it for the same lock. False when there is nothing left to hope for.
  bool step(int attempts);

 private:
  static int on_busy(void* self, int attempts) { return static_cast<LockWait*>(self)->step(attempts) ? 1 : 0; }

  Millis timeout_;
  const Clock& clock_;
  std::stop_token stop_;
  SteadyTime until_{};
  bool hurried_ = false;  ///< `until_` heeds the wish to stop
};

struct Site {
  std::string shown;  ///< as the user wrote it
  LockWait wait;
};

}  // namespace lockstep::sqlite
