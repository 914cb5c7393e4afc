// Program: runs a program and keeps what it said, to its end or until a signal ends it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace lockstep::test {

/// Exit of a program that SIGKILL ended.
inline constexpr int kKilled = 128 + 9;

struct Outcome {
  int exit = -1;  ///< 128 + the signal when one ended it
  std::string out;
  std::string err;
  long peak_mib = 0;  ///< of memory that it held at once
};

/// What exec takes for `texts`; valid as long as they are.
std::vector<char*> pointers(std::vector<std::string>& texts);
/// NAME=VALUE of all that is `given`, and of PATH, HOME and the sanitizers' own variables.
std::vector<std::string> environment_of(const std::map<std::string, std::string>& given);

/// A program under way. Its output is read all the time, so that it never waits for its reader.
class Running {
 public:
  /// `environment` replaces the whole environment but PATH, HOME and the sanitizers' own variables.
  Running(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment, const std::string& directory);
  /// Kills it if it is still there.
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  pid_t pid() const;
  void send(int signal) const;
  bool ended();
  /// Waits for its end. Killed after `seconds`.
  Outcome finish(int seconds = 120);

 private:
  struct Child;
  std::unique_ptr<Child> child_;
};

Outcome run_program(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment,
                    const std::string& directory, int seconds = 120);

/// For messages of failing tests.
std::string said(const Outcome& outcome);
/// In either output.
bool contains(const Outcome& outcome, const std::string& text);
/// Of a run that failed as a whole: 2 when it says that it wrote something before, else 1.
int exit_of_failed(const Outcome& outcome);

/// Asks every millisecond until `condition()` holds; false after `seconds`.
template <typename Condition>
bool wait_until(Condition condition, int seconds = 60) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace lockstep::test
