// Trial: one import of three pages, over and over from the same beginning, each time disturbed in another way. What an undisturbed one
// makes of that beginning is known.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "data/json.h"
#include "scenarios/footprint.h"
#include "scenarios/workbench.h"

namespace lockstep::test {

inline const std::vector<std::string> kImport = {"assistants:sync"};

/// A beginning, and where an undisturbed run leads from there.
struct Course {
  std::string name;
  Json world;                      ///< the remote side
  std::filesystem::path database;  ///< the local side
  std::string page_size;           ///< empty: the trial's own
  Footprint before, after;
  int exit = 0;              ///< of the undisturbed run
  std::size_t requests = 0;  ///< that it makes
  std::size_t lists = 0;     ///< the first ones: those for pages
};

/// Into a database without rows: every record is created.
const Course& first_import();
/// Both sides have been edited since the last import: records to create, to overwrite, to refuse, to insert again, and one that is gone.
const Course& later_import();
/// The same of several MB, which commit more than once.
const Course& large_first_import();
const Course& large_later_import();

/// The true clock, but for sleeps that nobody would wait out: those end at a gate's opening.
class GateClock : public Clock {
 public:
  Micros now() const override { return system_clock().now(); }
  SteadyTime steady() const override { return system_clock().steady(); }
  bool sleep(Millis duration, std::stop_token stop) const override;
  /// How long to sleep to be held at a new gate.
  Millis next_gate();
  /// Opens all gates there are.
  void open();

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  int gates_ = 0, opened_ = 0;
};

/// A sandbox and a workbench of its own, so that trials run side by side.
class Trial {
 public:
  Trial();

  /// Both sides as the course begins; no faults, no requests.
  void restore(const Course& course);
  sandbox::Sandbox& sandbox() { return sandbox_; }
  Workbench& bench() { return bench_; }
  const Workbench& bench() const { return bench_; }
  /// Starts an import whose request of this number is answered when release() is called, and waits until it has been sent.
  std::unique_ptr<Running> start_and_hold_at(std::size_t request, const std::vector<std::string>& command = kImport);
  void release() { gates_.open(); }
  /// What a program that opened the database now would find. Looks at a copy, so that the recovery of what was cut off is left to the next
  /// run.
  Footprint look() const;

  /// What safe mode promises of a run that was disturbed in any way and may have been cut off.
  void expect_promises(const Course& course, const Outcome& outcome);
  /// The undisturbed run that follows ends where it would have led from the beginning.
  void expect_whole_after_next_run(const Course& course);
  /// The state is that of an undisturbed run.
  void expect_after(const Course& course, const Outcome& outcome);

 private:
  GateClock gates_;
  sandbox::Sandbox sandbox_;
  Workbench bench_;
};

/// LOCKSTEP_LONG=1: whoever runs the tests has an hour.
bool long_run();

/// Calls `play` with each number below `count`, some at the same time, each on a trial of its own: most of the time is spent waiting.
/// Where a sanitizer watches, fewer of them.
void play_side_by_side(std::size_t count, const std::function<void(Trial&, std::size_t)>& play);

/// For messages of failing tests.
}  // namespace lockstep::test
