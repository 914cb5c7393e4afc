#include "sdk/repeating.h"

#include <memory>
#include <string>

#include "common/log.h"

namespace lockstep {
namespace {

Error given_up(const Error& failure) {
  return {failure.kind(), failure.message() + "; so it went " + std::to_string(Repeating::kMost + 1) + " times in a row",
          "run again when the other program is done with the same rows"};
}

}  // namespace

bool may_be_repeated(const Error& failure) { return failure.kind() == ErrorKind::Busy && failure.retry_after().has_value(); }

void Repeating::run(const std::function<void()>& work) const {
  Millis wait{0};
  for (int repeated = 0;; ++repeated) {
    try {
      return work();
    } catch (const Error& failure) {
      if (!may_be_repeated(failure)) throw;
      if (repeated == kMost) throw given_up(failure);
      wait = repeated == 0 ? *failure.retry_after() : 2 * wait;
      log::info("the database ended a transaction because of another; it is done again", {{"reason", failure.message()}});
    }
    clock_->sleep(wait, stop_);
  }
}

void in_transaction(Store& store, const Lease& lease, const std::function<void(Transaction&)>& work, const Repeating& repeating) {
  repeating.run([&] {
    const std::unique_ptr<Transaction> transaction = store.begin(lease);
    work(*transaction);
    transaction->commit();
  });
}

}  // namespace lockstep
