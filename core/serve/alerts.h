// Alerts: looks for what is wrong, and tells whom the configuration names. Looking and sending are threads of their own: no target, however
// slow, holds up a run or a request, and what is to be told stands in the AlertBook until it was taken.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "operations/job.h"
#include "serve/alert_book.h"
#include "serve/current_workspace.h"
#include "serve/status_board.h"

namespace lockstep::serve {

struct AlertTimes {
  Millis look{60'000};      ///< between two looks at conflicts and shutdowns
  Millis compare{300'000};  ///< at most between two comparisons of both sides, where somebody wants to know of differences,
  Millis often{30'000};     ///< and at least
  Millis tick{500};
};

/// Any thread.
class Alerts {
 public:
  /// All borrowed.
  Alerts(const CurrentWorkspace& workspace, const StateFolder& folder, StatusBoard& board, AlertTimes times, AlertBounds bounds,
         const Clock& clock);

  /// A run has ended.
  void note(const operations::JobSnapshot& job);
  /// Looks, where it is time, and writes down what is to be told.
  void turn(const std::stop_token& stop);
  /// Sends what is due, once.
  void send(const std::stop_token& stop);
  void watch(const std::stop_token& stop);
  void deliver(const std::stop_token& stop);

  /// Writes down what was noted, for the next server to tell.
  void keep();
  /// Tells a target something that is not so, now. Throws what went wrong.
  void test(const AlertUse& target, const std::stop_token& stop) const;
  /// It may be reached again: what waits for it is tried at once.
  void hurry(const AlertUse& target) { book_.hurry(target.name); }
  Json look(const AlertUse& target) const;

 private:
  /// What is known by now.
  struct Known {
    std::vector<AlertFact> facts;
    std::set<AlertCause> complete;  ///< causes of which everything that is wrong is among the facts
  };
  /// A cause that no run shows: it is looked for.
  struct Lookout {
    AlertCause cause;
    Millis AlertTimes::*every;
    void (Alerts::*look)(Known&, const std::stop_token&) const;
  };

  void look_for_conflicts(Known& known, const std::stop_token& stop) const;
  void look_for_shutdowns(Known& known, const std::stop_token& stop) const;
  Millis wait_of(const Lookout& lookout) const;
  std::vector<AlertFact> take_noted();
  void look_for_differences(Known& known, const std::stop_token& stop) const;
  void look_for(const Lookout& lookout, Known& known, const std::stop_token& stop);
  bool anybody_wants(AlertCause cause) const;
  std::string page_of(const AlertMessage& message) const;
  void beat(const std::stop_token& stop);
  void repeat(void (Alerts::*work)(const std::stop_token&), const char* trouble, const std::stop_token& stop);

  const CurrentWorkspace& workspace_;
  StatusBoard& board_;
  const AlertTimes times_;
  const Clock& clock_;
  AlertBook book_;
  std::map<AlertCause, SteadyTime> looked_;  ///< when it was looked for last
  mutable std::mutex mutex_;
  std::vector<AlertFact> noted_;              ///< of runs, until the next turn
  std::map<std::string, bool> ended_;         ///< sync → its last run went well, until the next heartbeat
  std::map<std::string, std::string> beats_;  ///< target → what came of its last heartbeat
};

/// What a run showed of each of its syncs.
std::vector<AlertFact> facts_of(const operations::JobSnapshot& job);

}  // namespace lockstep::serve
