// Shimmed: runs of the program under the shim (shim/shim.cpp), which ends or stalls it at an exact place and moves its clock.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "scenarios/trial.h"

namespace lockstep::test {

/// For the environment of a run: does a deed ("kill", "stall", "full", "broken") at a place such as "before commit 3".
std::map<std::string, std::string> strike_at(const Trial& trial, const std::string& place, const std::string& deed);
/// Runs `command` undisturbed from where the trial stands, and counts what it does to the database file: "commit" → 7.
std::map<std::string, std::size_t> operations_of(Trial& trial, const std::vector<std::string>& command = kImport);
Outcome run_struck(Trial& trial, const std::string& place, const std::string& deed = "kill",
                   const std::vector<std::string>& command = kImport);

/// The wall clock of every run of the trial while this lives.
class ShimClock {
 public:
  explicit ShimClock(Trial& trial);
  ~ShimClock();
  ShimClock(const ShimClock&) = delete;
  ShimClock& operator=(const ShimClock&) = delete;
  /// `seconds` from the true time, at once, also for a run under way.
  void set(std::int64_t seconds);

 private:
  Trial& trial_;
  std::string path_;
};

}  // namespace lockstep::test
