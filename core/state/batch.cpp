// StateBatch: what one transaction writes to the state tables, collected as rows and sent table by table.
#include <algorithm>
#include <array>
#include <map>

#include "common/error.h"
#include "state/cells.h"
#include "state/rows.h"
#include "state/state.h"
#include "state/tables.h"

namespace lockstep {
namespace {

/// A number that JSON and every database hold exactly, never 0.
std::int64_t stable_id(Hasher& hasher) { return static_cast<std::int64_t>(hasher.digest().low & ((std::uint64_t{1} << 53) - 1)) | 1; }

/// Who a rejection is about: the remote item, or the row when there is none.
std::int64_t rejected_id(std::int64_t sync_id, std::string_view remote_id, std::string_view local_key) {
  Hasher hasher;
  hasher.number(static_cast<std::uint64_t>(sync_id)).text(remote_id).text(remote_id.empty() ? local_key : std::string_view());
  return stable_id(hasher);
}

std::int64_t intent_id(const IntentEntry& entry) {
  Hasher hasher;
  hasher.number(static_cast<std::uint64_t>(entry.run_id)).number(static_cast<std::uint64_t>(entry.sync_id)).text(entry.local_key);
  hasher.text(entry.remote_id).text(entry.action).text(entry.marker).number(static_cast<std::uint64_t>(entry.opened_at));
  return stable_id(hasher);
}

using ConflictKey = std::pair<std::int64_t, std::string>;

bool same_conflict(const ConflictEntry& a, const ConflictEntry& b) { return a.base == b.base && a.here == b.here && a.there == b.there; }

}  // namespace

struct StateBatch::Pending {
  /// Rows of one table that wait to be written.
  struct Waiting {
    explicit Waiting(const state::Kept& of) : kept(of), rows(of.shape.size()) {}

    const state::Kept& kept;
    Rows rows;

    void upsert(Transaction& transaction) {
      if (!rows.empty()) transaction.upsert(kept.table, kept.shape, rows);
    }
  };

  Waiting syncs{state::sync_table()};
  Waiting links{state::link_table()};
  Waiting bases{state::base_table()};
  Waiting changes{state::change_table()};
  Waiting rejected{state::rejected_table()};
  Waiting conflicts{state::conflict_table()};  ///< known ones
  std::vector<ConflictEntry> new_conflicts;    ///< their id comes from the database
  Waiting intents{state::intent_table()};

  state::Undoable<std::map<std::int64_t, RejectedEntry>> known_rejected;
  state::Undoable<std::map<ConflictKey, ConflictEntry>> known_conflicts;
  std::int64_t last_link = 0;

  /// What had been collected at begin().
  struct Mark {
    std::array<std::size_t, 7> rows;
    std::vector<ConflictEntry> new_conflicts;
    std::int64_t last_link;
  };
  std::optional<Mark> mark;

  std::array<Waiting*, 7> all() { return {&syncs, &links, &bases, &changes, &rejected, &conflicts, &intents}; }

  void clear() {
    for (Waiting* waiting : all()) waiting->rows.clear();
    new_conflicts.clear();
  }
};

StateBatch::StateBatch(std::int64_t sync_id, Links& links) : sync_id_(sync_id), links_(links), pending_(std::make_unique<Pending>()) {
  pending_->last_link = std::max(sync_id << state::kLinkBits, links.last_id());
  for (std::size_t i = 0; i < links.size(); ++i) {
    if (links[i].id >> state::kLinkBits == sync_id) pending_->last_link = std::max(pending_->last_link, links[i].id);
  }
}

StateBatch::~StateBatch() = default;

std::size_t StateBatch::put_link(const Link& link) {
  Link stored = link;
  if (stored.id == 0) {
    const auto known = links_.by_remote(link.remote_id);
    stored.id = known && links_[*known].id != 0 ? links_[*known].id : ++pending_->last_link;
  }
  const std::size_t index = links_.put(stored);
  Rows& rows = pending_->links.rows;
  state::fill(rows.add(), rows.arena(), links_[index], sync_id_);
  return index;
}

void StateBatch::put_base(std::int64_t link_id, std::string_view packed, const Json& held, std::string_view prints) {
  Rows& rows = pending_->bases.rows;
  const std::span<Value> cells = rows.add();
  cells[0] = Value::integer(link_id);
  cells[1] = Value::text(packed);
  cells[2] = state::json_cell(held, rows.arena());
  cells[3] = state::optional_text_cell(prints, rows.arena());
}

void StateBatch::add_change(const ChangeEntry& change) {
  Rows& rows = pending_->changes.rows;
  state::fill(rows.add(), rows.arena(), change);
}

void StateBatch::put_rejected(const RejectedEntry& entry) {
  RejectedEntry stored = entry;
  stored.sync_id = sync_id_;
  stored.id = rejected_id(sync_id_, entry.remote_id, entry.local_key);
  if (const RejectedEntry* known = pending_->known_rejected.find(stored.id)) {
    if (known->reason == stored.reason) return;
    stored.since = known->since;
  }
  Rows& rows = pending_->rejected.rows;
  state::fill(rows.add(), rows.arena(), stored, 0);
  const std::int64_t id = stored.id;
  pending_->known_rejected.put(id, std::move(stored));
}

void StateBatch::close_rejected(std::string_view remote_id, std::string_view local_key, Micros at) {
  if (pending_->known_rejected.all().empty()) return;
  const std::int64_t id = rejected_id(sync_id_, remote_id, local_key);
  const RejectedEntry* known = pending_->known_rejected.find(id);
  if (known == nullptr) return;
  Rows& rows = pending_->rejected.rows;
  state::fill(rows.add(), rows.arena(), *known, at);
  pending_->known_rejected.erase(id);
}

void StateBatch::put_conflict(const ConflictEntry& entry) {
  ConflictEntry stored = entry;
  stored.sync_id = sync_id_;
  if (const ConflictEntry* known = pending_->known_conflicts.find({entry.link_id, entry.field})) {
    if (same_conflict(*known, stored)) return;
    stored.id = known->id;
    stored.since = known->since;
  }
  if (stored.id == 0) {
    std::erase_if(pending_->new_conflicts,
                  [&](const ConflictEntry& other) { return other.link_id == stored.link_id && other.field == stored.field; });
    pending_->new_conflicts.push_back(stored);
  } else {
    Rows& rows = pending_->conflicts.rows;
    state::fill(rows.add(), rows.arena(), stored, 0);
  }
  const ConflictKey key{stored.link_id, stored.field};
  pending_->known_conflicts.put(key, std::move(stored));
}

void StateBatch::close_conflict(const ConflictEntry& entry, Micros at) {
  ConflictEntry stored = entry;
  const ConflictKey key{entry.link_id, entry.field};
  if (const ConflictEntry* known = pending_->known_conflicts.find(key)) {
    stored.id = known->id;
    pending_->known_conflicts.erase(key);
  }
  if (stored.id == 0) {
    // Found and settled within one transaction: it was never open to anybody.
    std::erase_if(pending_->new_conflicts,
                  [&](const ConflictEntry& other) { return other.link_id == entry.link_id && other.field == entry.field; });
    return;
  }
  stored.sync_id = sync_id_;
  Rows& rows = pending_->conflicts.rows;
  state::fill(rows.add(), rows.arena(), stored, at);
}

void StateBatch::open_intent(IntentEntry& entry) {
  entry.sync_id = sync_id_;
  if (entry.id == 0) entry.id = intent_id(entry);
  Rows& rows = pending_->intents.rows;
  state::fill(rows.add(), rows.arena(), entry, 0);
}

void StateBatch::close_intent(const IntentEntry& entry, Micros at) {
  if (entry.id == 0) throw Error(ErrorKind::Invalid, "an intent that was never opened cannot be closed");
  Rows& rows = pending_->intents.rows;
  state::fill(rows.add(), rows.arena(), entry, at);
}

void StateBatch::put_sync(const SyncEntry& entry) {
  Rows& rows = pending_->syncs.rows;
  state::fill(rows.add(), rows.arena(), entry);
}

void StateBatch::know(std::vector<RejectedEntry> rejected, std::vector<ConflictEntry> conflicts) {
  for (RejectedEntry& entry : rejected) {
    const std::int64_t id = rejected_id(sync_id_, entry.remote_id, entry.local_key);
    pending_->known_rejected.put(id, std::move(entry));
  }
  for (ConflictEntry& entry : conflicts) {
    const ConflictKey key{entry.link_id, entry.field};
    pending_->known_conflicts.put(key, std::move(entry));
  }
}

bool StateBatch::empty() const {
  const Pending& all = *pending_;
  return all.syncs.rows.empty() && all.links.rows.empty() && all.bases.rows.empty() && all.changes.rows.empty() &&
         all.rejected.rows.empty() && all.conflicts.rows.empty() && all.new_conflicts.empty() && all.intents.rows.empty();
}

void StateBatch::begin() {
  Pending& all = *pending_;
  Pending::Mark mark{{}, all.new_conflicts, all.last_link};
  const auto waiting = all.all();
  std::transform(waiting.begin(), waiting.end(), mark.rows.begin(), [](const auto* each) { return each->rows.size(); });
  all.mark = std::move(mark);
  all.known_rejected.begin();
  all.known_conflicts.begin();
  links_.begin();
}

void StateBatch::keep() {
  pending_->mark.reset();
  pending_->known_rejected.keep();
  pending_->known_conflicts.keep();
  links_.keep();
}

void StateBatch::undo() {
  Pending& all = *pending_;
  const auto waiting = all.all();
  for (std::size_t i = 0; i < waiting.size(); ++i) waiting[i]->rows.cut(std::min(all.mark->rows[i], waiting[i]->rows.size()));
  all.new_conflicts = std::move(all.mark->new_conflicts);
  all.last_link = all.mark->last_link;
  all.mark.reset();
  all.known_rejected.undo();
  all.known_conflicts.undo();
  links_.undo();
}

void StateBatch::flush(Transaction& transaction) {
  write(transaction);
  forget();
}

void StateBatch::forget() { pending_->clear(); }

void StateBatch::write(Transaction& transaction) {
  Pending& all = *pending_;
  for (Pending::Waiting* waiting : {&all.syncs, &all.links, &all.bases, &all.rejected, &all.conflicts, &all.intents})
    waiting->upsert(transaction);
  if (!all.changes.rows.empty()) transaction.insert(all.changes.kept.table, all.changes.kept.shape, all.changes.rows, Keys::Unwanted);
  if (!all.new_conflicts.empty()) {
    Pending::Waiting added{state::conflict_table()};
    for (const ConflictEntry& entry : all.new_conflicts) state::fill(added.rows.add(), added.rows.arena(), entry, 0);
    const std::vector<RowKey> keys = transaction.insert(added.kept.table, added.kept.shape, added.rows);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const ConflictKey key{all.new_conflicts[i].link_id, all.new_conflicts[i].field};
      ConflictEntry known = all.new_conflicts[i];
      known.id = keys[i][0].as_integer();
      all.known_conflicts.put(key, std::move(known));
    }
  }
}

void StateBatch::discard() {
  pending_->clear();
  pending_->known_rejected.clear();
  pending_->known_conflicts.clear();
}

}  // namespace lockstep
