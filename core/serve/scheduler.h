// Scheduler: runs syncs and commands at their times. What was missed while the server was down is caught up once; a time at which the last
// run is still at work is skipped, and told; a paused sync waits.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "config/schedule.h"
#include "operations/jobs.h"
#include "serve/current_workspace.h"
#include "serve/pauses.h"
#include "serve/state_folder.h"

namespace lockstep::serve {

/// A schedule of the configuration: of a sync, or of a command.
struct Scheduled {
  std::string name;  ///< of the sync or command
  Mode run = Mode::Import;
  std::vector<std::string> syncs;  ///< groups resolved
  Schedule schedule;
};
std::vector<Scheduled> scheduled(const Configuration& configuration);
/// Its run. `by`: whose wish it is, for the journal.
operations::JobRequest scheduled_job(const Scheduled& of, const std::string& by, Micros now);

/// What became of it so far, in this process; `last` also of earlier ones.
struct ScheduleLook {
  Scheduled of;
  Micros last = 0;  ///< the time that was run last; 0: never
  Micros next = 0;
  std::uint64_t runs = 0, skipped = 0, caught_up = 0;
  std::string last_skip;  ///< why the last time that was skipped was
};

/// Any thread.
class Scheduler {
 public:
  /// Begins the job of this schedule; its id.
  using Begin = std::function<std::string(const Scheduled&)>;
  using Ended = std::function<bool(const std::string& job)>;
  using Tell = std::function<void(const std::string& name, const std::string& what)>;

  /// All borrowed but the functions.
  Scheduler(const CurrentWorkspace& workspace, const StateFolder& folder, Pauses& pauses, const Clock& clock, Begin begin, Ended ended,
            Tell tell);

  /// What is due now is begun. Called again and again: at least every minute, so that a clock that is set does not matter for long.
  void turn();
  /// Turns until the end.
  void work(const std::stop_token& stop);
  std::vector<ScheduleLook> look() const;
  /// The first times after now.
  std::vector<Micros> next_times(const Scheduled& of, std::size_t count) const;

 private:
  struct Entry {
    Micros last = 0;  ///< the last time that was run, skipped or caught up
    std::string job;  ///< of the last run; empty: none in this process
    std::uint64_t runs = 0, skipped = 0, caught_up = 0;
    std::string last_skip;
  };

  Entry& entry_of(const Scheduled& of);
  void take_turn(const Scheduled& of, Entry& entry, Micros due);
  void skip(const Scheduled& of, Entry& entry, const std::string& why);
  void remember(const std::string& name, Micros last);

  const CurrentWorkspace& workspace_;
  const StateFolder& folder_;
  Pauses& pauses_;
  const Clock& clock_;
  const Begin begin_;
  const Ended ended_;
  const Tell tell_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace lockstep::serve
