#include "lock.h"

#include <condition_variable>

#include "common/hash.h"
#include "common/text.h"

namespace lockstep::postgresql {
namespace {

constexpr Millis kAsk{10'000};
constexpr const char* kIdleAtMost = "30000";
/// A server takes a moment to notice that a holder was killed.
constexpr Millis kNoticed{1000};
constexpr Millis kStep{20};

}  // namespace

AdvisoryLock::AdvisoryLock(const Settings& settings, std::string_view name) : settings_(settings), session_(settings_) {
  // Two names that differ are two locks, whatever is in them.
  settings_.keywords["fallback_application_name"] = "lockstep lease";
  const std::string known(name);
  session_.open();
  refuse_a_pooler();
  session_.run({"SELECT set_config(name, $1, false) FROM pg_catalog.pg_settings WHERE name = 'idle_session_timeout'", {{kIdleAtMost, 5}}},
               "leasing");
  const Deadline noticed = Deadline::after(kNoticed);
  while (!take(known)) {
    if (noticed.over()) busy(known);
    std::this_thread::sleep_for(kStep);
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { keep_alive(stop); });
}

void AdvisoryLock::refuse_a_pooler() {
  const Answer answer = session_.run({"SELECT pg_backend_pid()"}, "leasing");
  if (text_at(answer.get(), 0, 0) == std::to_string(PQbackendPID(session_.handle()))) return;
  throw Error(ErrorKind::Invalid,
              settings_.shown +
                  " is reached through a pooler, which may give the connection that holds a lease to somebody else: two runs could "
                  "write at once",
              "connect to the database itself, as migrations do");
}

bool AdvisoryLock::take(const std::string& name) {
  const Answer schema = session_.run({"SELECT coalesce(current_schema(), '')"}, "leasing");
  const std::string hash =
      std::to_string(static_cast<std::int64_t>(hash128("lockstep\n" + std::string(text_at(schema.get(), 0, 0)) + "\n" + name).low));
  const Answer taken = session_.run({"SELECT pg_try_advisory_lock($1)", {borrowed(hash)}}, "leasing");
  return text_at(taken.get(), 0, 0) == "t";
}

void AdvisoryLock::busy(const std::string& name) {
  std::string message = "\"" + name + "\" is running";
  try {
    const Answer row = session_.run(
        {"SELECT holder, to_char(since, 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') FROM lockstep_lease WHERE name = $1", {borrowed(name)}},
        "leasing");
    if (PQntuples(row.get()) > 0) {
      // "user@host pid 4711"
      const std::string holder(text_at(row.get(), 0, 0));
      const std::size_t pid = holder.rfind(" pid "), at = holder.substr(0, pid).rfind('@');
      message += " since " + std::string(text_at(row.get(), 0, 1));
      if (pid != std::string::npos && at != std::string::npos) {
        message += " (pid " + holder.substr(pid + 5) + " on " + holder.substr(at + 1, pid - at - 1) + ")";
      }
    }
  } catch (const Error&) {
    // Nobody has ever written the row, or this user may not read it: the lease is held all the same.
  }
  throw Error(ErrorKind::Busy, message, "wait for it or stop it");
}

void AdvisoryLock::keep_alive(const std::stop_token& stop) {
  std::condition_variable_any woken;
  std::unique_lock guard(mutex_);
  while (!lost_) {
    woken.wait_for(guard, stop, kAsk, [] { return false; });
    if (stop.stop_requested()) return;
    try {
      if (!lost_) session_.run({"SELECT 1"}, "keeping a lease");
    } catch (const std::exception&) {
      lost_ = true;
    }
  }
}

// While the thread waits for an answer there is none to look at.
bool AdvisoryLock::lost() const {
  const std::unique_lock guard(mutex_, std::try_to_lock);
  if (!guard.owns_lock()) return false;
  lost_ = lost_ || session_.has_ended();
  return lost_;
}

}  // namespace lockstep::postgresql
