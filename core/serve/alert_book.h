// AlertBook: what each target was told, and what is still on its way to it. A thing that is wrong is told once, and once more when it is
// well again; both stand in a file before anybody is told, so a restart repeats and forgets nothing. What nobody knows stays as it was.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "config/alerts.h"
#include "data/json.h"
#include "serve/state_folder.h"

namespace lockstep::serve {

/// What is known of one thing now. Texts hold names and counts, never what a record holds.
struct AlertFact {
  AlertCause cause = AlertCause::RunFailed;
  std::string sync;       ///< or the model that is shut down
  std::string text = {};  ///< what is wrong; empty: nothing is
  std::int64_t days = 0;  ///< to a shutdown
  std::string run = {};   ///< ULID of the run that showed it; empty: none did
};

struct AlertMessage {
  std::string id, target;
  bool recovered = false;
  AlertCause cause = AlertCause::RunFailed;
  std::string sync, text, run;
  Micros since = 0;  ///< when it was first found to be wrong
  Micros at = 0;
};

struct AlertBounds {
  std::vector<Millis> waits{Millis(5'000), Millis(300'000), Millis(1'800'000), Millis(7'200'000), Millis(18'000'000), Millis(36'000'000)};
  std::size_t most = 200;  ///< messages that wait for one target; the oldest are given up
};

/// Any thread.
class AlertBook {
 public:
  /// Borrowed.
  AlertBook(const StateFolder& folder, AlertBounds bounds, const Clock& clock);

  /// `complete`: causes of which everything that is wrong is among the facts.
  void note(const std::vector<AlertUse>& targets, const std::vector<AlertFact>& facts, const std::set<AlertCause>& complete);
  /// The next message for each target whose time has come.
  std::vector<AlertMessage> due() const;
  void delivered(const AlertMessage& message);
  /// It is tried again later, a few times.
  void failed(const AlertMessage& message, const std::string& why);
  /// The target may be reached again: what waits for it is tried at once.
  void hurry(const std::string& target);
  /// Of one target: {"standing": [{"cause", "sync", "text", "since"}], "waiting", "last_at", "last_result"}
  Json look(const std::string& target) const;

 private:
  void write(Json changed);

  const StateFolder& folder_;
  const AlertBounds bounds_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  Json book_;
};

}  // namespace lockstep::serve
