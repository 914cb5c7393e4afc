#include "operations/jobs.h"

#include <algorithm>

#include "common/error.h"
#include "common/text.h"

namespace lockstep::operations {

Jobs::Jobs(JobBounds bounds, const Clock& clock) : bounds_(bounds), clock_(clock) {
  for (std::size_t i = 0; i < std::max<std::size_t>(1, bounds_.at_once); ++i) threads_.emplace_back([this] { work(); });
}

Jobs::~Jobs() { shut_down(); }

std::string Jobs::submit(std::shared_ptr<const Workspace> workspace, JobRequest request) {
  auto job = std::make_shared<Job>(std::move(request), std::move(workspace), clock_.now());
  const std::lock_guard lock(mutex_);
  if (closed_) throw Error(ErrorKind::Busy, "no more jobs are taken: this program is about to end");
  if (waiting_.size() >= bounds_.waiting) {
    throw Error(ErrorKind::Busy, counted(waiting_.size(), "job waits", "jobs wait") + " already", "try again when some have ended");
  }
  jobs_.push_back(job);
  waiting_.push_back(job);
  changed_.notify_all();
  return job->id();
}

std::shared_ptr<Job> Jobs::known(std::string_view id) const {
  const auto found = std::find_if(jobs_.begin(), jobs_.end(), [&](const std::shared_ptr<Job>& job) { return job->id() == id; });
  if (found == jobs_.end()) throw Error(ErrorKind::NotFound, "no job " + in_quotes(id));
  return *found;
}

JobSnapshot Jobs::cancel(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const std::shared_ptr<Job> job = known(id);
  job->request_stop();
  if (std::erase(waiting_, job) > 0) {
    job->cancel(clock_.now());
    note_end(job);
    changed_.notify_all();
  }
  return job->look();
}

JobSnapshot Jobs::find(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  return known(id)->look();
}

JobSnapshot Jobs::wait(std::string_view id, std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  const std::shared_ptr<Job> job = known(id);
  changed_.wait(lock, std::move(stop), [&] { return job->look().ended(); });
  return job->look();
}

JobSnapshot Jobs::wait(std::string_view id, Deadline until) const {
  std::unique_lock lock(mutex_);
  const std::shared_ptr<Job> job = known(id);
  changed_.wait_until(lock, until.at(), [&] { return job->look().ended(); });
  return job->look();
}

std::vector<JobSnapshot> Jobs::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<JobSnapshot> all;
  for (auto job = jobs_.rbegin(); job != jobs_.rend(); ++job) all.push_back((*job)->look());
  return all;
}

void Jobs::cancel_waiting() {
  for (const std::shared_ptr<Job>& job : waiting_) {
    job->cancel(clock_.now());
    note_end(job);
  }
  waiting_.clear();
}

void Jobs::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  cancel_waiting();
  changed_.notify_all();
}

void Jobs::shut_down() {
  std::vector<std::jthread> ending;
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const std::shared_ptr<Job>& job : jobs_) job->request_stop();
  cancel_waiting();
  ending.swap(threads_);
  changed_.notify_all();
}

/// The first that may begin, taken out of the queue; null when none may. Who waits for a sync is before all that came later for it.
std::shared_ptr<Job> Jobs::next() {
  std::set<std::string, std::less<>> taken = busy_;
  for (auto job = waiting_.begin(); job != waiting_.end(); ++job) {
    const std::vector<std::string>& syncs = (*job)->syncs();
    const bool free = std::none_of(syncs.begin(), syncs.end(), [&](const std::string& sync) { return taken.contains(sync); });
    if (!free) {
      taken.insert(syncs.begin(), syncs.end());
      continue;
    }
    busy_.insert(syncs.begin(), syncs.end());
    std::shared_ptr<Job> chosen = *job;
    waiting_.erase(job);
    return chosen;
  }
  return nullptr;
}

void Jobs::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    std::shared_ptr<Job> job;
    changed_.wait(lock, [&] { return closed_ || (job = next()) != nullptr; });
    if (job == nullptr) return;
    lock.unlock();
    job->run(clock_);
    lock.lock();
    for (const std::string& sync : job->syncs()) busy_.erase(sync);
    note_end(job);
    changed_.notify_all();
  }
}

/// Of those that have ended, who did so first is forgotten first.
void Jobs::note_end(const std::shared_ptr<Job>& job) {
  ended_.push_back(job);
  if (ended_.size() <= bounds_.ended) return;
  std::erase(jobs_, ended_.front());
  ended_.pop_front();
}

}  // namespace lockstep::operations
