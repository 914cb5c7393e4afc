#include "engine/passes/faults.h"

#include "engine/passes/markers.h"
#include "engine/passes/plan_keeper.h"
#include "engine/passes/sender.h"

namespace lockstep {

Faults::Faults(RunContext& run, Markers& markers, PlanKeeper& plan_keeper, Sender& sender)
    : Pass(run), markers_(markers), plan_keeper_(plan_keeper), sender_(sender) {}

bool Faults::spare(const Item& item, const std::function<void()>& work) {
  const bool fine = attempt(item, work);
  check_hook();
  return fine;
}

bool Faults::attempt(const Item& item, const std::function<void()>& work) {
  try {
    writer_->together(work);
    return true;
  } catch (const std::exception&) {
    const Error fault = current_fault();
    if (about_one_record() || scope_of(fault) != Scope::Record) throw;
    cost(item, fault);
    return false;
  }
}

std::optional<Error> Faults::hook_failure() const {
  const std::string failure = sync_.hook ? sync_.hook->hopeless() : std::string();
  if (failure.empty()) return std::nullopt;
  return Error(ErrorKind::Invalid, "the hook failed on " + std::to_string(Hook::kMostFailures) + " records in a row: " + failure,
               "mend the script and run the same command again");
}

void Faults::check_hook() const {
  if (sender_.is_under_way()) return;
  if (const std::optional<Error> failure = hook_failure()) throw *failure;
}

/// A record pays for its fault; when nobody seems to be there any more, the run does.
void Faults::cost(const Item& item, const Error& fault) {
  refuse(item, fault);
  reachability_.met(fault);
  if (reachability_.lost()) throw fault;
}

void Faults::reject(const Item& item, const std::string& reason) {
  rejections_.met(item.id, item.key);
  markers_.meet_stranger(item);
  tally_.rejected(item, reason);
  writer_->reject(item, reason);
  if (options_.dry_run) plan_keeper_.plan_refusal(item, reason);
}

void Faults::set_aside(const Item& item, const std::string& reason) {
  rejections_.met(item.id, item.key);
  tally_.failed(item, reason);
  writer_->reject(item, reason);
}

void Faults::refuse(const Item& item, const Error& failure) {
  const bool got_there = failure.kind() != ErrorKind::Unreachable && scope_of(failure) == Scope::Record;
  if (got_there) return reject(item, failure.what());
  tally_.failed(item, failure.what());
  writer_->reject(item, failure.what());
}

}  // namespace lockstep
