// Rows that a constraint refused: another row may have stood where they belong. Once all others are written they are tried again, all
// together, so that rows may exchange values that must be unique; what is refused then is refused.

#include "engine/decide/merge.h"
#include "engine/passes/run.h"

namespace lockstep {
namespace {

std::unique_ptr<Spool>& made(std::unique_ptr<Spool>& spool) {
  if (!spool) spool = std::make_unique<Spool>();
  return spool;
}

}  // namespace

/// What a person can do where this row is in the way of the item's.
std::string Run::way_out(const Item& item, const std::string& holder) const {
  if (holder.empty() || !item.key.empty()) return {};
  const auto row = locals_.row_of_key(holder);
  const auto link = links_.by_key(holder);
  const bool is_linked = link && (*link >= seen_.size() || (seen_[*link] && !locals_.out_of_reach(*link)));
  if (is_linked || (row && locals_.rows()[*row].listed)) return ", and has an item of its own: give one of the two another value";
  return "; if the two belong together, run: lockstep adopt " + std::string(item.id) + " --row " + holder + sync_option() +
         ", or let `match:` in the mapping pair them";
}

/// The database's words where no row of the table explains them.
std::string Run::refusal_of(const Insertion& insertion) {
  Rows rows(target_.insert_shape.size());
  fill_row(rows, insertion, target_, references_);
  const auto taken = Foresight(*sync_.store, target_, mapping_).taken_from_insert(rows[0]);
  return taken ? taken->reason + way_out(*insertion.item, taken->holder) : insertion.refused;
}

std::string Run::refusal_of(const Overwrite& overwrite) {
  const Item& item = *overwrite.item;
  if (item.stored.empty()) return overwrite.refused;
  const auto taken = Foresight(*sync_.store, target_, mapping_).taken_from_update(item.key, item.stored, cells_to_come(item));
  return taken ? taken->reason : overwrite.refused;
}

void Run::postpone(const Item& item) {
  const bool inserts = item.decision.local == Action::Insert;
  const Row there = item.absent ? Row() : Row(item.there);
  made(inserts ? refused_inserts_ : refused_updates_)
      ->push(item.id, item.absent ? std::string_view() : item.raw, item.hash, item.link, item.local, there);
}

/// Was the row of a patched item to be written, so that what was refused can be tried again once the others are?
bool Run::may_wait_for_others(const Arrival& arrival) const {
  const bool writes_rows = rollback_ || merging::writes_local(policy_.mode);
  return !last_try_ && writes_rows && arrival.tell_local && arrival.item->decision.remote == Action::Patch;
}

/// Of a record whose other half is written.
void Run::postpone_rest(const Item& item, const std::vector<FieldChange>& rest) {
  Decision to_come;
  to_come.local = Action::Update;
  to_come.local_fields = rest;
  half_written_.insert_or_assign(std::string(item.id), fingerprint(to_come));
  postpone(item);
}

/// What is left to do of it is what was to be done.
bool Run::is_rest(const Item& item) const {
  const auto rest = half_written_.find(std::string(item.id));
  return rest != half_written_.end() && rest->second == fingerprint(item.decision);
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
