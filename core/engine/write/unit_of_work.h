// UnitOfWork: what is written into the user's store together or not at all: the open transaction, what is collected for it, and the events
// that are told once it is committed.
//
// A transaction holds many units. Where the database may end one because of somebody else's (StoreTraits::ends_transactions), it holds one
// alone, which is done again as a whole then: nothing that is asked of the remote is part of a unit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/time.h"
#include "data/arena.h"
#include "engine/engine.h"
#include "engine/write/chronicle.h"
#include "sdk/repeating.h"
#include "sdk/store.h"
#include "state/state.h"

namespace lockstep {

class UnitOfWork {
 public:
  struct Parts {
    Store& store;
    State& state;
    Links& links;
    Chronicle& chronicle;
    const Clock& clock;
    std::stop_token stop = {};
  };
  /// Is told each written record after its commit, in order.
  using Tell = std::function<void(const RecordChange&)>;

  UnitOfWork(Parts parts, const Lease& lease, std::int64_t sync_id, RunEntry run, Tell tell);
  ~UnitOfWork();

  /// For what a unit of alone() or attempt() writes. Opened when it is first asked for.
  Transaction& transaction();
  /// The run has its entry in the journal from now on.
  void need_run();
  /// What is collected for the transaction.
  StateBatch& batch() { return need_run(), batch_; }
  /// Tells the batch what is already open, so that it writes only what changed.
  void know(std::vector<RejectedEntry> rejected, std::vector<ConflictEntry> conflicts) {
    batch_.know(std::move(rejected), std::move(conflicts));
  }
  const RunEntry& run() const { return run_; }
  /// Values that live until what was collected has been sent.
  Arena& scratch() const { return scratch_; }

  /// Runs `work`, whose collected changes (rows for the state tables, links in memory, events) count as one: when it throws, nothing of it
  /// is left. For what writes no row of the user's.
  void together(const std::function<void()>& work);
  /// Rows and all that belongs to them, down to the last entry of the journal, on a savepoint or in a transaction of their own. `work` may
  /// be run again after what it wrote and collected was undone: what else it changes it sets anew.
  void alone(const std::function<void()>& work);
  /// The same. When its fault belongs to its records it is undone, and comes back as the reason; every other fault is undone, and thrown.
  std::optional<std::string> attempt(const std::function<void()>& work);

  void tell_after_commit(RecordChange event) { untold_.push_back(std::move(event)); }
  /// So many bytes were written: see commit_if_due().
  void gathered(std::size_t bytes) { bytes_ += bytes; }
  /// Sends what has gathered: called before the items at hand go away, for their documents are borrowed.
  void flush();
  /// Commits, and tells of it, when enough bytes have gathered or enough time has passed.
  void commit_if_due();
  void commit();
  /// After an error that ends the run: back to the last complete unit. `storage_failed`: back to the last commit, for the transaction may
  /// be over. Items and their documents need not be there any more.
  void fall_back(bool storage_failed);
  /// Writes the run's end, in one commit with what is still open. Opens the run when nothing was written before.
  void finish(RunEntry outcome, const SyncEntry& sync);

 private:
  void begin();
  void drop_transaction();
  /// Runs `work` on a savepoint of the open transaction, or in a transaction of its own, with what was collected until its end.
  void send(const std::function<void()>& work);
  void by_itself(const std::function<void()>& work);
  void repeat(const std::function<void()>& work) const;
  void tell_untold();

  Store& store_;
  State& state_;
  Chronicle& chronicle_;
  const Clock& clock_;
  const Lease& lease_;
  RunEntry run_;
  Tell tell_;
  Repeating repeating_;
  bool units_alone_;  ///< each is a transaction of its own
  StateBatch batch_;
  std::unique_ptr<Transaction> transaction_;
  bool in_unit_ = false;
  bool run_is_kept_ = false;  ///< the run's entry is committed
  std::vector<RecordChange> untold_;
  std::size_t bytes_ = 0;
  SteadyTime begun_at_{};
  mutable Arena scratch_;
};

}  // namespace lockstep
