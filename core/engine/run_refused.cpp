// Rows that a constraint refused: another row may have stood where they belong. Once all others are written they are tried again, all
// together, so that rows may exchange values that must be unique; what is refused then is refused.

#include "engine/run.h"

namespace lockstep {
namespace {

std::unique_ptr<Spool>& made(std::unique_ptr<Spool>& spool) {
  if (!spool) spool = std::make_unique<Spool>();
  return spool;
}

}  // namespace

void Run::postpone(const Item& item) {
  const bool inserts = item.decision.local == Action::Insert;
  const Row there = item.absent ? Row() : Row(item.there);
  made(inserts ? refused_inserts_ : refused_updates_)
      ->push(item.id, item.absent ? std::string_view() : item.raw, item.hash, item.link, item.local, there);
}

/// Those that exchange values have to be at hand together, however many they are.
void Run::apply_refused() {
  if (!refused_updates_) return;
  last_try_ = true;
  const std::unique_ptr<Spool> waiting = std::move(refused_updates_);
  apply(waiting->take(waiting->size()), 1);
  last_try_ = false;
}

void Run::insert_refused() {
  if (!refused_inserts_) return;
  last_try_ = true;
  const std::unique_ptr<Spool> waiting = std::move(refused_inserts_);
  while (waiting->size() > 0) {
    check_stop();
    arena_.clear();
    const std::vector<WaitingRecord> chunk = waiting->take(kChunk);
    std::vector<Item> items = items_of(chunk);
    load_bases(items);
    know_references(items);
    load_rows(items);
    std::vector<Insertion> insertions;
    for (Item& item : items) {
      spare(item, [&] {
        decide_item(item);
        if (item.decision.local == Action::Insert && as_planned(item)) route_one(item, insertions);
      });
    }
    insert(std::move(insertions));
    writer_->flush();
  }
  last_try_ = false;
}

}  // namespace lockstep
