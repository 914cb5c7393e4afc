#include "engine/write/unit_of_work.h"

#include <utility>

#include "engine/sides/fault.h"

namespace lockstep {
namespace {

constexpr std::size_t kBytesPerCommit = 12U << 20U;
constexpr Millis kTimePerCommit{2000};

}  // namespace

UnitOfWork::UnitOfWork(Parts parts, const Lease& lease, std::int64_t sync_id, RunEntry run, Tell tell)
    : store_(parts.store),
      state_(parts.state),
      chronicle_(parts.chronicle),
      clock_(parts.clock),
      lease_(lease),
      run_(std::move(run)),
      tell_(std::move(tell)),
      repeating_(parts.clock, std::move(parts.stop)),
      units_alone_(parts.store.traits().ends_transactions),
      batch_(sync_id, parts.links) {}

UnitOfWork::~UnitOfWork() = default;

void UnitOfWork::begin() {
  if (transaction_) return;
  transaction_ = store_.begin(lease_);
  if (untold_.empty()) begun_at_ = clock_.steady();
}

Transaction& UnitOfWork::transaction() {
  need_run();
  begin();
  return *transaction_;
}

/// What is collected names the run by its id: it must outlast a transaction that is done again.
void UnitOfWork::need_run() {
  const auto open = [&] {
    RunEntry entry = run_;
    state_.open_run(entry, *transaction_);
    run_.id = entry.id;
  };
  if (units_alone_) {
    if (run_.id == 0) repeat([&] { by_itself(open); });
    return;
  }
  begin();
  if (run_.id != 0) return;
  try {
    open();
  } catch (...) {
    drop_transaction();
    throw;
  }
}

/// Collected changes only: rows for the state tables, links in memory, events.
void UnitOfWork::together(const std::function<void()>& work) {
  if (in_unit_) return work();
  const std::size_t events = chronicle_.size();
  const std::size_t bytes = bytes_;
  batch_.begin();
  in_unit_ = true;
  try {
    work();
  } catch (...) {
    in_unit_ = false;
    bytes_ = bytes;
    chronicle_.cut(events);
    batch_.undo();
    throw;
  }
  in_unit_ = false;
  batch_.keep();
}

void UnitOfWork::alone(const std::function<void()>& work) {
  flush();
  need_run();
  repeat([&] { together([&] { send(work); }); });
  scratch_.clear();
}

/// A unit whose fault belongs to its records is undone, and comes back as the reason. Every other fault is undone, and thrown.
std::optional<std::string> UnitOfWork::attempt(const std::function<void()>& work) {
  try {
    alone(work);
    return std::nullopt;
  } catch (const std::exception&) {
    const Error fault = current_fault();
    if (scope_of(fault) != Scope::Record) throw;
    return fault.message();
  }
}

void UnitOfWork::send(const std::function<void()>& work) {
  const auto all = [&] {
    work();
    if (!chronicle_.empty()) chronicle_.write(*transaction_);
    if (!batch_.empty()) batch_.write(*transaction_);
  };
  if (units_alone_) {
    by_itself(all);
  } else {
    begin();
    transaction_->group(all);
  }
  chronicle_.cut(0);
  batch_.forget();
}

void UnitOfWork::by_itself(const std::function<void()>& work) {
  begin();
  try {
    work();
    transaction_->commit();
  } catch (...) {
    drop_transaction();
    throw;
  }
  transaction_.reset();
  run_is_kept_ = true;
}

void UnitOfWork::repeat(const std::function<void()>& work) const {
  if (!units_alone_) return work();
  repeating_.run(work);
}

void UnitOfWork::flush() {
  if (in_unit_) throw Error(ErrorKind::Invalid, "a unit of writes is sent as a whole");
  if (!chronicle_.empty() || !batch_.empty()) {
    repeat([&] { send([] {}); });
  }
  scratch_.clear();
}

void UnitOfWork::tell_untold() {
  const std::vector<RecordChange> told = std::exchange(untold_, {});
  for (const RecordChange& change : told) tell_(change);
}

void UnitOfWork::commit_if_due() {
  if (!transaction_ && untold_.empty()) return;
  if (bytes_ >= kBytesPerCommit || clock_.steady() - begun_at_ >= kTimePerCommit) commit();
}

void UnitOfWork::commit() {
  flush();
  if (transaction_) by_itself([] {});
  bytes_ = 0;
  tell_untold();
}

void UnitOfWork::drop_transaction() {
  transaction_.reset();
  if (!units_alone_) untold_.clear();
  if (!run_is_kept_) run_.id = 0;
}

void UnitOfWork::fall_back(bool storage_failed) {
  batch_.discard();
  chronicle_.cut(0);
  if (storage_failed) drop_transaction();
  // What is told of was committed with its unit.
  if (units_alone_) tell_untold();
}

/// The end of the run shares a commit with what is still open.
void UnitOfWork::finish(RunEntry outcome, const SyncEntry& sync) {
  flush();
  batch_.put_sync(sync);
  repeat([&] {
    send([&] {
      outcome.id = run_.id;
      if (run_.id == 0) {
        state_.open_run(outcome, *transaction_);
      } else {
        state_.close_run(outcome, *transaction_);
      }
    });
  });
  commit();
}

}  // namespace lockstep
