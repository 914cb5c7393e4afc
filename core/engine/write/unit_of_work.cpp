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
      batch_(sync_id, parts.links) {}

UnitOfWork::~UnitOfWork() = default;

Transaction& UnitOfWork::transaction() {
  if (transaction_) return *transaction_;
  std::unique_ptr<Transaction> opened = store_.begin(lease_);
  if (run_.id == 0) {
    RunEntry entry = run_;
    state_.open_run(entry, *opened);
    run_.id = entry.id;
  }
  transaction_ = std::move(opened);
  begun_at_ = clock_.steady();
  return *transaction_;
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

/// Rows and all that belongs to them, down to the last entry of the journal, on a savepoint of their own.
void UnitOfWork::alone(const std::function<void()>& work) {
  flush();
  Transaction& open = transaction();
  together([&] {
    open.group([&] {
      work();
      send_collected();
    });
  });
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

void UnitOfWork::send_collected() {
  if (!chronicle_.empty()) chronicle_.write(transaction());
  if (!batch_.empty()) batch_.flush(transaction());
}

void UnitOfWork::flush() {
  if (in_unit_) throw Error(ErrorKind::Invalid, "a unit of writes is sent as a whole");
  if (!chronicle_.empty() || !batch_.empty()) {
    transaction().group([&] { send_collected(); });
  }
  scratch_.clear();
}

void UnitOfWork::commit_if_due() {
  if (!transaction_) return;
  if (bytes_ >= kBytesPerCommit || clock_.steady() - begun_at_ >= kTimePerCommit) commit();
}

void UnitOfWork::commit() {
  flush();
  if (!transaction_) return;
  try {
    transaction_->commit();
  } catch (...) {
    drop_transaction();
    throw;
  }
  transaction_.reset();
  run_is_kept_ = true;
  bytes_ = 0;
  const std::vector<RecordChange> told = std::exchange(untold_, {});
  for (const RecordChange& change : told) tell_(change);
}

void UnitOfWork::drop_transaction() {
  transaction_.reset();
  untold_.clear();
  if (!run_is_kept_) run_.id = 0;
}

void UnitOfWork::fall_back(bool storage_failed) {
  batch_.discard();
  chronicle_.cut(0);
  if (storage_failed) drop_transaction();
}

/// The end of the run shares a commit with what is still open.
void UnitOfWork::finish(RunEntry outcome, const SyncEntry& sync) {
  flush();
  if (!transaction_) transaction_ = store_.begin(lease_);
  transaction_->group([&] {
    outcome.id = run_.id;
    if (run_.id == 0) {
      state_.open_run(outcome, *transaction_);
    } else {
      state_.close_run(outcome, *transaction_);
    }
  });
  batch_.put_sync(sync);
  commit();
}

}  // namespace lockstep
