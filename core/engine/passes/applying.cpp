#include "engine/passes/applying.h"

#include <algorithm>
#include <utility>

#include "engine/passes/absence.h"
#include "engine/passes/chunk.h"
#include "engine/passes/deciding.h"
#include "engine/passes/faults.h"
#include "engine/passes/foreseer.h"
#include "engine/passes/inserting.h"
#include "engine/passes/open_work.h"
#include "engine/passes/plan_keeper.h"
#include "engine/passes/routing.h"
#include "engine/passes/sender.h"
#include "engine/passes/undoing.h"
#include "engine/passes/waiting.h"

namespace lockstep {
namespace {

constexpr int kMostPasses = 3;

}  // namespace

Applying::Applying(RunContext& run, Absence& absence, Chunk& chunk, Deciding& deciding, Faults& faults, Foreseer& foreseer,
                   Inserting& inserting, OpenWork& open_work, PlanKeeper& plan_keeper, Routing& routing, Sender& sender, Undoing& undoing,
                   Waiting& waiting)
    : Pass(run),
      absence_(absence),
      chunk_(chunk),
      deciding_(deciding),
      faults_(faults),
      foreseer_(foreseer),
      inserting_(inserting),
      open_work_(open_work),
      plan_keeper_(plan_keeper),
      routing_(routing),
      sender_(sender),
      undoing_(undoing),
      waiting_(waiting) {}

void Applying::apply_waiting() {
  to_apply_ = waiting_.records().size();
  while (waiting_.records().size() > 0) {
    check_stop();
    apply(waiting_.records().take(kChunk), 1);
    applied_ = to_apply_ - waiting_.records().size();
    tell_applied(0);
    writer_->commit_if_due();
  }
  if (options_.dry_run) return foreseer_.conclude_foresight();
  apply_refused();
  insert_refused();
  writer_->commit();
}

void Applying::tell_applied(std::uint64_t records) { observer_.writing(std::min(applied_ + records, to_apply_), to_apply_); }

/// Decides once more on fresh rows and writes. A row that moved in between is looked at again, a few times.
void Applying::apply(std::vector<WaitingRecord> chunk, int attempt) {
  chunk_.clear();
  std::vector<Item> items = chunk_.items_of(chunk);
  chunk_.load_bases(items);
  chunk_.load_rows(items);
  std::vector<Item*> local, remote;
  for (Item& item : items) {
    if (item.stored.empty()) {
      if (undoing()) undoing_.decide_rollback(item);
      tally_.warn(item, "missing_local", tally_.name_of(item) + " was deleted in the database while the run was under way");
      continue;
    }
    faults_.spare(item, [&] { apply_one(item, local, remote); });
  }
  sender_.send(remote);
  const std::vector<Item*> later = sender_.take_later();
  local.insert(local.end(), later.begin(), later.end());
  std::vector<WaitingRecord> again;
  for (const Item* moved : overwrite(local)) {
    if (attempt < kMostPasses) {
      again.push_back(std::move(chunk[static_cast<std::size_t>(moved - items.data())]));
    } else {
      tally_.failed(*moved, "the row was changed by another program while it was being written; run the same command again");
    }
  }
  if (!again.empty()) apply(std::move(again), attempt + 1);
}

void Applying::apply_one(Item& item, std::vector<Item*>& local, std::vector<Item*>& remote) {
  const bool gone = item.raw.empty() && !item.id.empty();
  if (gone && list_concludes()) absence_.stand_in_last_known(item);
  deciding_.decide_item(item, gone);
  if (!plan_keeper_.as_planned(item)) return;
  plan_keeper_.decided(item);
  if (item.decision.remote != Action::None) {
    remote.push_back(&item);
  } else if (item.decision.local != Action::None) {
    local.push_back(&item);
  } else {
    routing_.settle_unchanged(item);
  }
}

/// Writes rows. Those that another program has changed since they were read come back.
std::vector<const Item*> Applying::overwrite(std::span<Item* const> items) {
  std::vector<const Item*> moved;
  if (items.empty()) return moved;
  std::vector<Overwrite> overwrites;
  std::vector<RecordChange> events;
  for (Item* item : items) {
    faults_.spare(*item, [&] {
      events.push_back(tally_.change_of(*item));
      events.back().second = waiting_.is_half_written(*item);
      overwrites.push_back({item, Outcome::Gone, {}});
    });
  }
  if (waiting_.is_last_try()) {
    writer_->update_in_exchange(overwrites, events);
  } else {
    writer_->update(overwrites, events);
  }
  for (const Overwrite& overwrite : overwrites) {
    if (!overwrite.refused.empty() && !waiting_.is_last_try()) {
      waiting_.postpone(*overwrite.item);
    } else if (!overwrite.refused.empty()) {
      const std::string reason = reason_of_update(overwrite);
      tally_.failed(*overwrite.item, reason);
      writer_->reject(*overwrite.item, reason);
    } else if (overwrite.outcome == Outcome::Moved) {
      moved.push_back(overwrite.item);
    } else if (overwrite.outcome == Outcome::Gone) {
      tally_.failed(*overwrite.item, "the row was deleted by another program while it was being written; run the same command again");
    } else {
      open_work_.finish_create(*overwrite.item);
      open_work_.keep_promises(*overwrite.item);
    }
  }
  writer_->flush();
  return moved;
}

std::string Applying::reason_of_update(const Overwrite& overwrite) {
  const Item& item = *overwrite.item;
  if (item.stored.empty()) return overwrite.refused;
  Arena arena;
  const std::vector<Value> after = foreseer_.cells_to_come(item, arena);
  const auto taken = Foresight(*sync_.store, target_, mapping_).taken_from_update(item.key, item.stored, after);
  return taken ? taken->reason : overwrite.refused;
}

/// Those that exchange values have to be at hand together, however many they are.
void Applying::apply_refused() {
  const std::unique_ptr<Spool> refused = waiting_.take_refused_updates();
  if (!refused) return;
  apply(refused->take(refused->size()), 1);
  waiting_.end_last_try();
}

void Applying::insert_refused() {
  const std::unique_ptr<Spool> refused = waiting_.take_refused_inserts();
  if (!refused) return;
  while (refused->size() > 0) {
    check_stop();
    chunk_.clear();
    const std::vector<WaitingRecord> chunk = refused->take(kChunk);
    std::vector<Item> items = chunk_.items_of(chunk);
    chunk_.load_bases(items);
    chunk_.know_references(items);
    chunk_.load_rows(items);
    std::vector<Insertion> insertions;
    for (Item& item : items) {
      faults_.spare(item, [&] {
        deciding_.decide_item(item);
        if (item.decision.local == Action::Insert && plan_keeper_.as_planned(item)) routing_.route_one(item, insertions);
      });
    }
    inserting_.insert(std::move(insertions));
    writer_->flush();
  }
  waiting_.end_last_try();
}

}  // namespace lockstep
