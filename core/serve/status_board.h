// StatusBoard: how the sides of each sync compare, for everybody who asks. A comparison reads both sides whole, so there is one at a time
// for a sync, and none sooner than half a minute after the last; whoever asks meanwhile is shown what is known, and that it is not fresh.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "operations/status.h"
#include "serve/current_workspace.h"

namespace lockstep::serve {

struct BoardBounds {
  Millis fresh{30'000};       ///< how long a comparison is good for
  Millis fresh_asked{5'000};  ///< where somebody asked for a new one
};

/// Any thread.
class StatusBoard {
 public:
  /// `workspace` is borrowed. `changed` hears of each new comparison.
  StatusBoard(const CurrentWorkspace& workspace, BoardBounds bounds, const Clock& clock,
              std::function<void(const std::string& sync)> changed);
  ~StatusBoard();
  StatusBoard(const StatusBoard&) = delete;
  StatusBoard& operator=(const StatusBoard&) = delete;

  struct Seen {
    operations::SyncStatus status;
    std::string failure;  ///< the comparison could not even be tried: why
    Micros checked_at = 0;
    bool stale = false;  ///< something may have changed since; another comparison is under way
  };
  /// What is known; where that is nothing, or too old for who asks for a new one, after a comparison. What there is at `until`; nullopt:
  /// nothing.
  std::optional<Seen> look(const std::string& sync, bool refresh, Deadline until);
  /// What is known now. Where that is nothing, or a run has changed something since, a comparison begins for whoever asks later.
  std::optional<Seen> follow(const std::string& sync);
  /// What is known now.
  std::optional<Seen> known(const std::string& sync) const;
  /// A run has changed something: what is known is not fresh any more.
  void note_change(const std::string& sync);

 private:
  struct Entry {
    std::optional<Seen> seen;
    SteadyTime compared{};
    bool wanted = false;  ///< in the queue, or under way
    bool outdated = false;
  };

  void work(const std::stop_token& stop);
  bool is_due(const Entry& entry, bool refresh) const;
  void compare(const std::string& sync, Entry& entry);
  static std::optional<Seen> shown(const Entry& entry);

  const CurrentWorkspace& workspace_;
  const BoardBounds bounds_;
  const Clock& clock_;
  const std::function<void(const std::string&)> changed_;
  mutable std::mutex mutex_;
  std::condition_variable_any moved_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::deque<std::string> queue_;
  std::jthread thread_;
};

/// The comparison as `lockstep status` has it, with "checked_at" and "stale".
Json to_json(const StatusBoard::Seen& seen);

}  // namespace lockstep::serve
