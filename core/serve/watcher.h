// Watcher: exports the rows of watched syncs as soon as the application has changed them. The database says only that something has
// changed; a look at the rows says whether that is for an export, and the export decides what is sent. So nothing is lost over a restart or
// a change that nobody noticed, and what our own runs write starts nothing.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/passes/edit_look.h"
#include "operations/session.h"
#include "serve/current_workspace.h"
#include "serve/pauses.h"

namespace lockstep::serve {

struct WatcherBounds {
  Millis look{250};           ///< between two questions whether anything has changed
  Millis quiet{200};          ///< how long nothing more must change before a run begins,
  Millis patience{2'000};     ///< at most
  Millis sweep{300'000};      ///< between two looks at the rows where nothing seemed to change
  Millis sweep_blind{5'000};  ///< the same where the database cannot say whether anything has
  Millis retry{60'000};       ///< after a run that left rows as they were; doubled each time
  Millis longest_retry{3'600'000};
  Millis rest{5'000};      ///< after a failure of the database
  std::size_t single{50};  ///< so many items are asked for one by one; for more, the whole list is
};

/// What is known of one watched sync.
struct WatchLook {
  std::string sync;
  std::uint64_t pending = 0;  ///< rows that wait for an export
  Micros noticed_at = 0;      ///< when rows were last found to have changed; 0: never
  Micros retry_at = 0;        ///< rows could not be sent, and are tried again then; 0: none
  bool told = false;          ///< the database tells of changes; else the rows are looked at again and again
  std::string problem;        ///< why the rows cannot be looked at; empty: they can
};
Json to_json(const WatchLook& look);

/// Any thread.
class Watcher {
 public:
  /// Begins an export of these items, or of all where there are none; the id of the job.
  using Begin = std::function<std::string(const std::string& sync, const std::vector<std::string>& ids)>;
  using Ended = std::function<bool(const std::string& job)>;
  using Tell = std::function<void(const std::string& sync, const std::string& what)>;

  /// All borrowed but the functions.
  Watcher(const CurrentWorkspace& workspace, Pauses& pauses, WatcherBounds bounds, const Clock& clock, Begin begin, Ended ended, Tell tell);

  /// One question to each database, and what follows from the answers.
  void turn(const std::stop_token& stop);
  /// Turns until the end.
  void work(const std::stop_token& stop);
  std::optional<WatchLook> look(const std::string& sync) const;

 private:
  struct Entry {
    std::optional<std::uint64_t> mark;
    std::optional<SteadyTime> changed_first, changed_last;  ///< of changes that no look has followed yet
    SteadyTime looked{};
    bool ever_looked = false;
    bool hinted = false;  ///< that the database could tell of changes
    Millis took{0};
    std::string job;                                    ///< at work for it
    std::map<std::string, Hash128, std::less<>> tried;  ///< rows for which a run began, as they were
    Millis backoff{0};
    SteadyTime retry{};
    SteadyTime rests_until{};  ///< after a failure
    WatchLook shown;
  };

  void open(const std::stop_token& stop);
  void take_turn(Sync& sync, Entry& entry, const std::stop_token& stop);
  bool is_due(Sync& sync, Entry& entry);
  void hint(const Sync& sync, Entry& entry);
  void act_on(const Sync& sync, Entry& entry, const EditLook& found);
  void fail(const std::string& sync, const std::string& why);

  const CurrentWorkspace& workspace_;
  Pauses& pauses_;
  const WatcherBounds bounds_;
  const Clock& clock_;
  const Begin begin_;
  const Ended ended_;
  const Tell tell_;
  std::shared_ptr<const Workspace> opened_;  ///< that the session is of
  std::unique_ptr<Session> session_;
  std::map<std::string, Entry, std::less<>> entries_;
  mutable std::mutex mutex_;
  std::map<std::string, WatchLook, std::less<>> shown_;
};

}  // namespace lockstep::serve
