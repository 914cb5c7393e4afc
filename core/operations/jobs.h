// Jobs: operations at work in the background. One at a time works on a sync, and so many in all; the others wait in the order in which they
// came, and none overtakes one that waits for the same sync. Each keeps the workspace that it was given: a reload is a new workspace.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "operations/job.h"

namespace lockstep::operations {

struct JobBounds {
  std::size_t at_once = 4;    ///< jobs at work, at least one
  std::size_t waiting = 100;  ///< in the queue
  std::size_t ended = 200;    ///< that are remembered, the newest
};

/// Any thread.
class Jobs {
 public:
  Jobs(JobBounds bounds, const Clock& clock);
  /// As shut_down().
  ~Jobs();
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  /// The id of the job, which begins as soon as it may. Throws Error{Busy} when too many wait, and after shut_down().
  std::string submit(std::shared_ptr<const Workspace> workspace, JobRequest request);
  /// One that waits never begins; one at work is asked to stop. No effect on one that has ended. Throws Error{NotFound}.
  JobSnapshot cancel(std::string_view id);
  /// Throws Error{NotFound} for a job that there never was, or that is forgotten.
  JobSnapshot find(std::string_view id) const;
  /// The same once it has ended, or `stop` is requested.
  JobSnapshot wait(std::string_view id, std::stop_token stop = {}) const;
  /// The same once it has ended, or time is over.
  JobSnapshot wait(std::string_view id, Deadline until) const;
  /// The newest first.
  std::vector<JobSnapshot> list() const;

  /// Takes no more, and cancels those that wait.
  void close();
  /// The same, asks those at work to stop, and comes back once they have.
  void shut_down();

 private:
  void work();
  std::shared_ptr<Job> next();
  std::shared_ptr<Job> known(std::string_view id) const;
  void note_end(const std::shared_ptr<Job>& job);
  void cancel_waiting();

  const JobBounds bounds_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::deque<std::shared_ptr<Job>> jobs_;     ///< all that are remembered, in the order in which they came
  std::deque<std::shared_ptr<Job>> waiting_;  ///< of them, those that have not begun
  std::deque<std::shared_ptr<Job>> ended_;    ///< of them, those that have, in the order in which they did
  std::set<std::string, std::less<>> busy_;   ///< syncs that a job is at work on
  bool closed_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace lockstep::operations
