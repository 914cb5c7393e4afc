// Repeating: a transaction that the database has ended because of somebody else's is done again, as a whole.
#pragma once

#include <functional>
#include <stop_token>

#include "common/error.h"
#include "common/time.h"
#include "sdk/store.h"

namespace lockstep {

/// The database has ended the transaction because of somebody else's; see Transaction.
bool may_be_repeated(const Error& failure);

class Repeating {
 public:
  /// So often is something done again before it is given up.
  static constexpr int kMost = 5;

  /// A stop that is requested cuts the waits short, and nothing else: what is left of the tries is made at once. The clock is borrowed.
  explicit Repeating(const Clock& clock = system_clock(), std::stop_token stop = {}) : clock_(&clock), stop_(std::move(stop)) {}

  /// Runs `work`, which begins a transaction and ends it, and leaves nothing behind where it throws; again, after a wait that grows, where
  /// that may help. Throws what `work` throws, and Error{Busy} that says so when it was tried often enough.
  void run(const std::function<void()>& work) const;

 private:
  const Clock* clock_;
  std::stop_token stop_;
};

/// Runs `work` in a transaction of its own and commits it, repeated where that may help: what `work` changes beside the transaction is
/// changed by each try.
void in_transaction(Store& store, const Lease& lease, const std::function<void(Transaction&)>& work,
                    const Repeating& repeating = Repeating());

}  // namespace lockstep
