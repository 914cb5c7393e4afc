// Courier: requests for single items on a few threads of its own. Answers come back, in the order of their arrival, to the thread of the
// run, which alone touches store, hooks and report.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <thread>
#include <vector>

#include "sdk/provider.h"

namespace lockstep {

class Courier {
 public:
  /// One request: called on a thread of the courier. nullopt: the item does not exist.
  using Errand = std::function<std::optional<Document>(Call&)>;
  struct Reply {
    std::size_t ticket = 0;
    std::optional<Document> document;
    std::optional<Error> failure;
  };

  /// `secrets`: see Call; they outlive this.
  Courier(Meter& meter, std::stop_token stop, std::size_t threads, std::span<const std::string> secrets = {});
  /// Waits for the errands under way; those that wait are dropped.
  ~Courier();

  /// A read ends early when a stop is requested.
  void read(std::size_t ticket, Errand errand) { push({ticket, std::move(errand), true}); }
  /// A write goes before the reads that wait, and is never cut short by a stop: its effect would not be known.
  void write(std::size_t ticket, Errand errand) { push({ticket, std::move(errand), false}); }
  /// Errands without a reply so far.
  std::size_t under_way() const { return under_way_; }
  /// Waits for at least one reply, and takes all that are there. Empty when nothing is under way.
  std::vector<Reply> take();
  /// Drops what has not begun, and waits for what has: nothing is under way then.
  std::vector<Reply> abandon();

 private:
  struct Task {
    std::size_t ticket;
    Errand errand;
    bool is_read;
  };
  void push(Task task);
  void work();
  Reply carry_out(const Task& task);

  Meter& meter_;
  std::stop_token stop_;
  std::span<const std::string> secrets_;
  std::size_t under_way_ = 0;  ///< counted by the run's thread alone
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> reads_, writes_;
  std::vector<Reply> replies_;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace lockstep
