#include "operations/job.h"

#include <utility>

#include "common/error.h"
#include "operations/log_observer.h"
#include "operations/report_json.h"

namespace lockstep::operations {
namespace {

constexpr Words<JobState> kStates({{JobState::Queued, "queued", "waits for its turn"},
                                   {JobState::Running, "running", "is at work"},
                                   {JobState::Done, "done", "has done what it could; its outcome says whether that was all"},
                                   {JobState::Failed, "failed", "has done nothing; its outcome says why"},
                                   {JobState::Cancelled, "cancelled", "was stopped; what it had committed stays"}});

JobState state_after(Verdict verdict) {
  switch (verdict) {
    case Verdict::Failed: return JobState::Failed;
    case Verdict::Interrupted: return JobState::Cancelled;
    case Verdict::Done:
    case Verdict::Partly:
    case Verdict::Pending: break;
  }
  return JobState::Done;
}

JobResult failed_with(const Error& error) {
  const Verdict verdict = error.kind() == ErrorKind::Interrupted ? Verdict::Interrupted : Verdict::Failed;
  return {verdict, error_json(error, number_of(verdict))};
}

Json progress_json(const JobProgress& progress) {
  const auto number = [](std::uint64_t value) { return Json(static_cast<std::int64_t>(value)); };
  return Json::Object{{"sync", progress.sync.empty() ? Json() : Json(progress.sync)},
                      {"pass", progress.pass ? Json(run_pass_words().word(*progress.pass)) : Json()},
                      {"read", number(progress.read)},
                      {"written", number(progress.written)},
                      {"to_write", number(progress.to_write)},
                      {"changes", number(progress.changes)},
                      {"problems", number(progress.problems)},
                      {"syncs_finished", number(progress.syncs_finished)}};
}

}  // namespace

const Words<JobState>& job_state_words() { return kStates; }

JobRequest job_of(RunRequest request) {
  JobRequest job;
  job.command = request.command;
  for (const RunTask& task : request.tasks) job.syncs.push_back(task.sync);
  job.work = [request = std::move(request)](const Workspace& workspace, Observer& observer, const Clock& clock, std::stop_token stop) {
    const RunOutcome outcome = operations::run(workspace, request, observer, clock, std::move(stop));
    return JobResult{outcome.verdict, to_json(outcome)};
  };
  return job;
}

/// Puts what the runs tell into the job's progress.
class Job::Listener : public Observer {
 public:
  explicit Listener(Job& job) : job_(job) {}

  void started(const Sync& sync, const RunOptions&) override {
    change([&](JobProgress& progress) {
      progress.sync = sync.name;
      progress.pass.reset();
      progress.read = progress.written = progress.to_write = 0;
    });
  }
  void pass(RunPass pass) override {
    change([&](JobProgress& progress) { progress.pass = pass; });
  }
  void progress(std::uint64_t done, std::optional<std::uint64_t>) override {
    change([&](JobProgress& progress) { progress.read = done; });
  }
  void writing(std::uint64_t done, std::uint64_t total) override {
    change([&](JobProgress& progress) {
      progress.written = done;
      progress.to_write = total;
    });
  }
  void changed(const RecordChange&) override {
    change([](JobProgress& progress) { ++progress.changes; });
  }
  void problem(const Problem&) override {
    change([](JobProgress& progress) { ++progress.problems; });
  }
  void finished(const SyncReport&) override {
    change([](JobProgress& progress) { ++progress.syncs_finished; });
  }

 private:
  template <class Change>
  void change(Change change) {
    const std::lock_guard lock(job_.mutex_);
    change(job_.now_.progress);
  }

  Job& job_;
};

Job::Job(JobRequest request, std::shared_ptr<const Workspace> workspace, Micros now)
    : id_(request.id.empty() ? make_ulid(now) : std::move(request.id)),
      command_(std::move(request.command)),
      syncs_(std::move(request.syncs)),
      work_(std::move(request.work)),
      workspace_(std::move(workspace)) {
  now_.id = id_;
  now_.command = command_;
  now_.by = std::move(request.by);
  now_.syncs = syncs_;
  now_.submitted_at = now;
}

JobSnapshot Job::look() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

void Job::run(const Clock& clock) {
  {
    const std::lock_guard lock(mutex_);
    now_.state = JobState::Running;
    now_.started_at = clock.now();
  }
  Listener listener(*this);
  LogObserver log(listener, {});
  JobResult result;
  try {
    result = work_(*workspace_, log, clock, stop_.get_token());
  } catch (const Error& error) {
    result = failed_with(error);
  } catch (const std::exception& failure) {
    result = failed_with(Error(ErrorKind::Invalid, failure.what()));
  }
  end(std::move(result), clock.now());
}

void Job::cancel(Micros now) { end(failed_with(Error(ErrorKind::Interrupted, "cancelled before it began")), now); }

void Job::end(JobResult result, Micros now) {
  work_ = nullptr;
  workspace_.reset();
  const std::lock_guard lock(mutex_);
  now_.state = state_after(result.verdict);
  now_.finished_at = now;
  now_.result = std::make_shared<const JobResult>(std::move(result));
}

Json to_json(const JobSnapshot& job) {
  Json::Array syncs(job.syncs.begin(), job.syncs.end());
  return Json::Object{{"id", job.id},
                      {"command", job.command},
                      {"by", job.by.empty() ? Json() : Json(job.by)},
                      {"syncs", std::move(syncs)},
                      {"state", std::string(job_state_words().word(job.state))},
                      {"submitted_at", time_json(job.submitted_at)},
                      {"started_at", time_json(job.started_at)},
                      {"finished_at", time_json(job.finished_at)},
                      {"progress", progress_json(job.progress)},
                      {"outcome", job.result ? job.result->outcome : Json()}};
}

}  // namespace lockstep::operations
