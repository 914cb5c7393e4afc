// What remote writes leave in the store: the promise before, and row, link, base and journal after the server has answered.
#include <algorithm>

#include "common/log.h"
#include "engine/decide/merge.h"
#include "engine/write/store_writer.h"

namespace lockstep {
namespace {

constexpr int kMostAttempts = 3;

}  // namespace

void StoreWriter::open_intent(IntentEntry& intent) {
  work_.need_run();
  intent.run_id = work_.run().id;
  intent.opened_at = parts_.clock.now();
  work_.batch().open_intent(intent);
}

void StoreWriter::close_intent(const IntentEntry& intent) {
  work_.need_run();
  IntentEntry closed = intent;
  // What a create sent is a whole row; once the item is known it says nothing that the base does not.
  if (closed.action != "update") closed.body = Json();
  work_.batch().close_intent(closed, parts_.clock.now());
}

/// The remote side is written already: whatever the row has become meanwhile, the rest of what came back goes in.
Outcome StoreWriter::write_back(Arrival& arrival) {
  Item& item = *arrival.item;
  std::vector<FieldChange>& changes = item.decision.local_fields;
  for (int attempt = 0; attempt < kMostAttempts && !changes.empty(); ++attempt) {
    const Guarded guarded = guard(item);
    const Outcome outcome = work_.transaction().update(parts_.target.table, *parts_.mapping.shape(), std::span(&guarded, 1)).at(0);
    if (outcome != Outcome::Moved) return outcome;
    Filter filter;
    for (std::size_t i = 0; i < guarded.key.size(); ++i) {
      filter.where.push_back({parts_.target.key_columns[i], Filter::Op::Equal, {guarded.key[i]}});
    }
    const Rows fresh = parts_.store.read(parts_.target.table, parts_.target.shape, filter);
    if (fresh.empty()) return Outcome::Gone;
    const Row now = parts_.target.fields(fresh[0]);
    const Row then = parts_.target.fields(item.stored);
    std::erase_if(changes, [&](const FieldChange& change) {
      return !same(parts_.mapping.fields()[change.ordinal], now[change.ordinal], then[change.ordinal]);
    });
  }
  return changes.empty() ? Outcome::Written : Outcome::Moved;
}

void StoreWriter::arrived(Arrival& arrival) {
  const Decision decided = arrival.item->decision;
  const auto taken_in = [&](bool with_row) {
    arrival.item->decision = decided;
    take_in(arrival, with_row);
  };
  arrival.refused = work_.attempt([&] { taken_in(true); }).value_or("");
  if (!arrival.refused.empty()) {
    // A row that cannot bear the id of what was made for it: the promise stays open, and the item is found again by its marker.
    if (decided.remote != Action::Patch) return;
    // The remote has it in any case: what can be kept of it is kept, and the row stays as it was.
    work_.alone([&] { taken_in(false); });
  }
  const bool tell_local = arrival.tell_local && !arrival.item->decision.local_fields.empty();
  work_.tell_after_commit(std::move(arrival.remote_event));
  if (tell_local) work_.tell_after_commit(std::move(arrival.local_event));
}

void StoreWriter::take_in(Arrival& arrival, bool with_row) {
  Item& item = *arrival.item;
  const Outcome outcome = with_row ? write_back(arrival) : Outcome::Gone;
  if (outcome != Outcome::Written) item.decision.local_fields.clear();
  // An edit of the remote that the row did not get stays one.
  for (const std::size_t ordinal : arrival.news) {
    if (merging::find(item.decision.local_fields, ordinal) == nullptr) item.decision.pending_remote.push_back(ordinal);
  }
  const std::vector<Value> written = fields_after(item);
  Rows reread;
  const Row stored = stored_after(written, OwnedRow(parts_.target.key(item.stored)), reread);
  if (!arrival.replaces.empty() && item.link != kNoIndex) parts_.links.relink(item.link, item.id);
  // What merely comes back with an answer to a write of ours is no news of the remote.
  if (arrival.tell_local && !item.decision.local_fields.empty())
    parts_.chronicle.tell(item, agreement_.happening(item, Happening::Updated), work_.run().run, parts_.clock.now());
  agreement_.put(item, item.key, stored, written);
  const Link& link = parts_.links[*parts_.links.by_remote(item.id)];
  journal(link, arrival.remote_event, arrival.remote_fields);
  if (!item.decision.local_fields.empty()) journal(link, arrival.local_event, journal_fields(item));
  close_intent(arrival.intent);
  settle(item);
  work_.gathered(item.raw.size());
}

void StoreWriter::journal_late(const Item& item, const IntentEntry& intent, const Json& fields) {
  const std::optional<std::size_t> known = parts_.links.by_remote(item.id);
  work_.need_run();
  ChangeEntry entry;
  entry.run_id = intent.run_id;
  entry.sync_id = sync_id_;
  entry.link_id = known ? parts_.links[*known].id : 0;
  entry.local_key = intent.local_key;
  entry.remote_id = item.id;
  entry.label = redact(item.label);
  entry.side = Side::Remote;
  entry.action = intent.action;
  entry.case_number = item.decision.case_number;
  entry.at = intent.opened_at;
  entry.fields = fields;
  work_.batch().add_change(entry);
}

}  // namespace lockstep
