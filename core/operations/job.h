// Job: an operation at work: what was asked for, how far it is, the wish to stop it, and what came of it. Anybody may look at it meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "operations/runs.h"

namespace lockstep::operations {

/// What an operation ended with, as every face of it shows it.
struct JobResult {
  Verdict verdict = Verdict::Done;
  Json outcome;  ///< to_json() of the operation's outcome; of one that threw, the error
};

struct JobRequest {
  using Work = std::function<JobResult(const Workspace&, Observer&, const Clock&, std::stop_token)>;

  std::string command;             ///< what was asked for, by its name: "import"
  std::vector<std::string> syncs;  ///< that it works on; none for one that only looks
  Work work;                       ///< calls the operation; may throw what that throws
  std::string id = {};             ///< ULID, of the run too where it is one; empty: a new one
  std::string by = {};             ///< who asked for it, and through what; empty: the program itself
};

/// A run as a job.
JobRequest job_of(RunRequest request);

enum class JobState { Queued, Running, Done, Failed, Cancelled };
const Words<JobState>& job_state_words();

/// How far it is: of the sync at hand, and of all so far.
struct JobProgress {
  std::string sync;                         ///< empty: no run has begun
  std::optional<RunPass> pass;              ///< of its run
  std::uint64_t read = 0;                   ///< records of its list
  std::uint64_t written = 0, to_write = 0;  ///< of what has waited to be written
  std::uint64_t changes = 0, problems = 0;  ///< of all syncs
  std::size_t syncs_finished = 0;
};

/// A job at one instant, owning all that it says.
struct JobSnapshot {
  std::string id;  ///< ULID
  std::string command;
  std::string by;
  std::vector<std::string> syncs;
  JobState state = JobState::Queued;
  Micros submitted_at = 0, started_at = 0, finished_at = 0;  ///< 0: not yet
  JobProgress progress;
  std::shared_ptr<const JobResult> result;  ///< null until it has ended

  bool ended() const { return result != nullptr; }
};

/// {"id", "command", "by", "syncs", "state", "submitted_at", "started_at", "finished_at", "progress": {…}, "outcome": {…} or null}
Json to_json(const JobSnapshot& job);

/// Any thread.
class Job {
 public:
  Job(JobRequest request, std::shared_ptr<const Workspace> workspace, Micros now);

  const std::string& id() const { return id_; }
  const std::vector<std::string>& syncs() const { return syncs_; }
  JobSnapshot look() const;
  /// The operation ends at the next place where it can; what it committed stays.
  void request_stop() { stop_.request_stop(); }

  /// Carries it out on this thread, once. What goes wrong is its outcome.
  void run(const Clock& clock);
  /// In place of run(): it never begins.
  void cancel(Micros now);

 private:
  class Listener;

  void end(JobResult result, Micros now);

  const std::string id_, command_;
  const std::vector<std::string> syncs_;
  std::stop_source stop_;
  JobRequest::Work work_;  ///< until it has ended, as the workspace, which another one may have replaced long ago
  std::shared_ptr<const Workspace> workspace_;
  mutable std::mutex mutex_;
  JobSnapshot now_;
};

}  // namespace lockstep::operations
