#include "engine/passes/routing.h"

#include <utility>

#include "engine/passes/change_guards.h"
#include "engine/passes/conflicts.h"
#include "engine/passes/faults.h"
#include "engine/passes/foreseer.h"
#include "engine/passes/inserting.h"
#include "engine/passes/open_work.h"
#include "engine/passes/plan_keeper.h"
#include "engine/passes/undoing.h"
#include "engine/passes/waiting.h"

namespace lockstep {

Routing::Routing(RunContext& run, ChangeGuards& change_guards, Conflicts& conflicts, Faults& faults, Foreseer& foreseer,
                 Inserting& inserting, OpenWork& open_work, PlanKeeper& plan_keeper, Undoing& undoing, Waiting& waiting)
    : Pass(run),
      change_guards_(change_guards),
      conflicts_(conflicts),
      faults_(faults),
      foreseer_(foreseer),
      inserting_(inserting),
      open_work_(open_work),
      plan_keeper_(plan_keeper),
      undoing_(undoing),
      waiting_(waiting) {}

void Routing::settle_unchanged(const Item& item) {
  if (undoing()) return undoing_.settle_rollback(item);
  if (!options_.dry_run && !item.stored.empty() && !item.there.empty()) {
    writer_->together([&] {
      writer_->agree(item);
      open_work_.finish_create(item);
    });
  }
  open_work_.keep_promises(item);
  if (item.stored.empty() || item.decision.error) return;
  // Of what was warned of nobody says that it is up to date.
  const Decision& decision = item.decision;
  const bool told = !decision.conflicts.empty() || !decision.pending_local.empty() || !decision.pending_remote.empty() ||
                    (item.link != kNoIndex && conflicts_.are_open(links_[item.link].id));
  tally_.unchanged(item.id, item.label, told);
}

void Routing::route(std::span<Item> items) {
  std::vector<Insertion> insertions;
  change_guards_.read_ahead(items);
  for (Item& item : items) {
    if (item.id.empty()) continue;
    faults_.spare(item, [&] {
      plan_keeper_.decided(item);
      if (item.link == kNoIndex && !item.stored.empty()) change_guards_.adopted();
      if (plan_keeper_.as_planned(item)) route_one(item, insertions);
    });
  }
  change_guards_.forget();
  inserting_.insert(std::move(insertions));
  writer_->flush();
}

void Routing::route_one(Item& item, std::vector<Insertion>& insertions) {
  if (item.decision.local == Action::Insert) {
    if (inserting_.maps_outside(item)) return;
    Insertion insertion{&item, {}, {}};
    if (inserting_.assign_owner(insertion)) insertions.push_back(std::move(insertion));
  } else if (item.decision.nothing()) {
    settle_unchanged(item);
  } else {
    wait_to_write(item);
  }
}

void Routing::wait_to_write(Item& item) {
  change_guards_.count_waiting(item);
  if (options_.dry_run) return foreseer_.foresee(item);
  waiting_.push(item.id, item.raw, item.hash, item.link, item.local, item.there);
}

}  // namespace lockstep
