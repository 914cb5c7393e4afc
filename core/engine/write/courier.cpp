#include "engine/write/courier.h"

namespace lockstep {

Courier::Courier(Meter& meter, std::stop_token stop, std::size_t threads, std::span<const std::string> secrets)
    : meter_(meter), stop_(std::move(stop)), secrets_(secrets) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

Courier::~Courier() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Courier::push(Task task) {
  {
    const std::lock_guard lock(mutex_);
    (task.is_read ? reads_ : writes_).push_back(std::move(task));
  }
  ++under_way_;
  changed_.notify_all();
}

std::vector<Courier::Reply> Courier::take() {
  if (under_way_ == 0) return {};
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !replies_.empty(); });
  under_way_ -= replies_.size();
  return std::exchange(replies_, {});
}

std::vector<Courier::Reply> Courier::abandon() {
  std::unique_lock lock(mutex_);
  under_way_ -= reads_.size() + writes_.size();
  reads_.clear();
  writes_.clear();
  changed_.wait(lock, [this] { return replies_.size() == under_way_; });
  under_way_ = 0;
  return std::exchange(replies_, {});
}

void Courier::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return closing_ || !reads_.empty() || !writes_.empty(); });
    if (closing_) return;
    std::deque<Task>& queue = writes_.empty() ? reads_ : writes_;
    const Task task = std::move(queue.front());
    queue.pop_front();
    lock.unlock();
    Reply reply = carry_out(task);
    lock.lock();
    replies_.push_back(std::move(reply));
    changed_.notify_all();
  }
}

Courier::Reply Courier::carry_out(const Task& task) {
  Reply reply{task.ticket, std::nullopt, std::nullopt};
  Call call{task.is_read ? stop_ : std::stop_token(), Deadline(), meter_, secrets_};
  try {
    reply.document = task.errand(call);
  } catch (const Error& failure) {
    reply.failure = failure;
  } catch (const std::exception& failure) {
    reply.failure = Error(ErrorKind::Invalid, failure.what()).with_effect(Effect::Maybe);
  }
  return reply;
}

}  // namespace lockstep
