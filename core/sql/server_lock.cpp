#include "sql/server_lock.h"

#include <condition_variable>

#include "common/error.h"

namespace lockstep::sql {
namespace {

constexpr Millis kAsk{10'000};
/// A server takes a moment to notice that a holder was killed.
constexpr Millis kNoticed{1000};
constexpr Millis kStep{20};

}  // namespace

ServerLock::ServerLock(std::unique_ptr<Session> session, std::string_view name) : session_(std::move(session)) {
  const std::string known(name);
  session_->open();
  const Deadline noticed = Deadline::after(kNoticed);
  while (!session_->take(known)) {
    if (noticed.over()) busy(known);
    std::this_thread::sleep_for(kStep);
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { keep_alive(stop); });
}

void ServerLock::busy(const std::string& name) {
  std::string message = "\"" + name + "\" is running";
  try {
    if (const std::optional<Holder> holder = session_->holder(name)) {
      const std::string& who = holder->who;
      const std::size_t pid = who.rfind(" pid "), at = who.substr(0, pid).rfind('@');
      message += " since " + holder->since;
      if (pid != std::string::npos && at != std::string::npos) {
        message += " (pid " + who.substr(pid + 5) + " on " + who.substr(at + 1, pid - at - 1) + ")";
      }
    }
  } catch (const Error&) {
    // Nobody has ever written the row, or this account may not read it: the lease is held all the same.
  }
  throw Error(ErrorKind::Busy, message, "wait for it or stop it");
}

void ServerLock::keep_alive(const std::stop_token& stop) {
  std::condition_variable_any woken;
  std::unique_lock guard(mutex_);
  while (!lost_) {
    woken.wait_for(guard, stop, kAsk, [] { return false; });
    if (stop.stop_requested()) return;
    try {
      if (!lost_) session_->ask();
    } catch (const std::exception&) {
      lost_ = true;
    }
  }
}

// While the thread waits for an answer there is none to look at.
bool ServerLock::lost() const {
  const std::unique_lock guard(mutex_, std::try_to_lock);
  if (!guard.owns_lock()) return false;
  lost_ = lost_ || session_->has_ended();
  return lost_;
}

}  // namespace lockstep::sql
