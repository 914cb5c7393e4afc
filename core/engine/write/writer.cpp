#include "engine/write/writer.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "common/log.h"
#include "engine/decide/merge.h"
#include "engine/sides/apart.h"
#include "engine/sides/contested.h"
#include "engine/sides/fault.h"
#include "engine/sides/host.h"
#include "format/json.h"
#include "mapping/convert.h"

namespace lockstep {
namespace {

constexpr std::size_t kBytesPerCommit = 12U << 20U;
constexpr Millis kTimePerCommit{2000};

/// A record that is left different is looked at by every run, so that it can be told of.
bool holds_not_taken(const Json& held) {
  return held.object() != nullptr && std::any_of(held.object()->begin(), held.object()->end(),
                                                 [](const Json::Member& field) { return field.second.find("not_taken") != nullptr; });
}

/// What a hook assigned, or a deleted row had, as the column has it.
Value owned_cell(const Column* column, const Json& value, Arena& arena) {
  const Value cell = json::from_kept(value, arena);
  const bool plain = column == nullptr || column->type != ColumnType::Json || cell.is_nothing() || cell.is_unreadable();
  return plain ? cell : as_json(cell, arena);
}

}  // namespace

Writer::Writer(Parts parts, const Lease& lease, std::int64_t sync_id, std::int64_t fields_id, RunEntry run,
               std::function<void(const RecordChange&)> tell)
    : parts_(parts),
      lease_(lease),
      sync_id_(sync_id),
      fields_id_(fields_id),
      run_(std::move(run)),
      tell_(std::move(tell)),
      batch_(sync_id, parts.links),
      rejected_(parts.state.rejected(sync_id)),
      conflicts_(parts.state.conflicts(sync_id)) {
  batch_.know(rejected_, conflicts_);
}

Writer::~Writer() = default;

void Writer::know_conflicts(std::vector<ConflictEntry> open) {
  conflicts_ = std::move(open);
  batch_.know({}, conflicts_);
}

Transaction& Writer::transaction() {
  if (transaction_) return *transaction_;
  std::unique_ptr<Transaction> opened = parts_.store.begin(lease_);
  if (run_.id == 0) {
    RunEntry entry = run_;
    parts_.state.open_run(entry, *opened);
    run_.id = entry.id;
  }
  transaction_ = std::move(opened);
  begun_at_ = parts_.clock.steady();
  return *transaction_;
}

// Units: what is written together or not at all

/// Collected changes only: rows for the state tables, links in memory, events.
void Writer::together(const std::function<void()>& work) {
  if (in_unit_) return work();
  const std::size_t events = parts_.chronicle.size();
  const std::size_t bytes = bytes_;
  batch_.begin();
  in_unit_ = true;
  try {
    work();
  } catch (...) {
    in_unit_ = false;
    bytes_ = bytes;
    parts_.chronicle.cut(events);
    batch_.undo();
    throw;
  }
  in_unit_ = false;
  batch_.keep();
}

/// Rows and all that belongs to them, down to the last entry of the journal, on a savepoint of their own.
void Writer::unit(const std::function<void()>& work) {
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
std::optional<std::string> Writer::attempt(const std::function<void()>& work) {
  try {
    unit(work);
    return std::nullopt;
  } catch (const std::exception&) {
    const Error fault = current_fault();
    if (scope_of(fault) != Scope::Record) throw;
    return fault.message();
  }
}

void Writer::send_collected() {
  if (!parts_.chronicle.empty()) parts_.chronicle.write(transaction());
  if (!batch_.empty()) batch_.flush(transaction());
}

void Writer::flush() {
  if (in_unit_) throw Error(ErrorKind::Invalid, "a unit of writes is sent as a whole");
  if (!parts_.chronicle.empty() || !batch_.empty()) {
    transaction().group([&] { send_collected(); });
  }
  scratch_.clear();
}

void Writer::commit_if_due() {
  if (!transaction_) return;
  if (bytes_ >= kBytesPerCommit || parts_.clock.steady() - begun_at_ >= kTimePerCommit) commit();
}

void Writer::commit() {
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

void Writer::drop_transaction() {
  transaction_.reset();
  untold_.clear();
  if (!run_is_kept_) run_.id = 0;
}

void Writer::fall_back(bool storage_failed) {
  batch_.discard();
  parts_.chronicle.cut(0);
  if (storage_failed) drop_transaction();
}

/// The end of the run shares a commit with what is still open.
void Writer::finish(RunEntry outcome, const SyncEntry& sync) {
  flush();
  if (!transaction_) transaction_ = parts_.store.begin(lease_);
  transaction_->group([&] {
    outcome.id = run_.id;
    if (run_.id == 0) {
      parts_.state.open_run(outcome, *transaction_);
    } else {
      parts_.state.close_run(outcome, *transaction_);
    }
  });
  batch_.put_sync(sync);
  commit();
}

// Inserts

void fill_row(Rows& rows, const Insertion& insertion, const Target& target, References& references) {
  std::span<Value> cells = rows.add();
  const Row there = references.to_cells(insertion.item->there, rows.arena());
  std::copy(there.begin(), there.end(), cells.begin());
  for (const auto& [column, value] : insertion.owned) {
    if (const auto ordinal = target.insert_shape.find(column)) cells[*ordinal] = owned_cell(target.table.find(column), value, rows.arena());
  }
  const std::size_t constants_at = cells.size() - target.constants.size();
  for (std::size_t i = 0; i < target.constants.size(); ++i) cells[constants_at + i] = target.constants[i].values[0];
}

void Writer::insert(std::span<Insertion> insertions, std::span<RecordChange> events) {
  if (insertions.empty()) return;
  const auto refused = attempt([&] {
    Rows rows(parts_.target.insert_shape.size());
    for (const Insertion& insertion : insertions) fill_row(rows, insertion, parts_.target, parts_.references);
    const std::vector<RowKey> keys = transaction().insert(parts_.target.table, parts_.target.insert_shape, rows);
    for (std::size_t i = 0; i < insertions.size(); ++i) inserted(insertions[i], keys.at(i), events[i]);
  });
  if (!refused) {
    for (RecordChange& event : events) tell_after_commit(std::move(event));
    return;
  }
  if (insertions.size() == 1) {
    insertions[0].refused = *refused;
    return;
  }
  // One row is at fault; the others must not pay for it.
  for (std::size_t i = 0; i < insertions.size(); ++i) insert(insertions.subspan(i, 1), events.subspan(i, 1));
}

void Writer::inserted(const Insertion& insertion, const RowKey& key, RecordChange& event) {
  const Item& item = *insertion.item;
  event.local_key = key_text(key.row());
  Rows reread;
  const Row written = parts_.references.to_cells(item.there, scratch_);
  const Row stored = stored_after(written, key, reread);
  parts_.chronicle.tell(item, happening(item, Happening::Inserted), run_.run, parts_.clock.now());
  put_agreement(item, event.local_key, stored, written);
  journal(parts_.links[*parts_.links.by_remote(item.id)], event, written_fields(item));
  settle(item);
  bytes_ += item.raw.size();
}

/// The mapped cells as the table holds them now: what was written, unless triggers had a say.
Row Writer::stored_after(Row written, const RowKey& key, Rows& reread) {
  if (!parts_.target.rewrites) return written;
  Filter filter;
  for (std::size_t i = 0; i < key.size(); ++i) filter.where.push_back({parts_.target.key_columns[i], Filter::Op::Equal, {key[i]}});
  reread = parts_.store.read(parts_.target.table, parts_.target.shape, filter);
  return reread.empty() ? written : parts_.target.fields(reread[0]);
}

// Updates

Guarded Writer::guard(const Item& item) const {
  Guarded guarded;
  const Row key = parts_.target.key(item.stored);
  const Row stored = parts_.target.fields(item.stored);
  guarded.key.assign(key.begin(), key.end());
  for (const FieldChange& change : item.decision.local_fields) {
    guarded.columns.push_back(change.ordinal);
    guarded.expected.push_back(stored[change.ordinal]);
    guarded.values.push_back(cell_after(item, change));
  }
  return guarded;
}

Value cell_after(const Item& item, const FieldChange& change, const Mapping& mapping, const Target& target, const SecretPaths& secrets,
                 References& references) {
  const Field& field = mapping.fields()[change.ordinal];
  if (change.after.is_nothing()) return Value::null();
  if (field.lookup && !change.after.is_unreadable()) return references.cell_of(change.ordinal, change.after).value_or(Value::null());
  // What a rollback restores comes from the journal, and nothing in it is masked.
  if (item.decision.restores) return change.after;
  const Value known[] = {item.there.empty() ? Value() : item.there[change.ordinal], target.fields(item.stored)[change.ordinal]};
  const std::optional<Value> unmasked = secrets.unmask(change.ordinal, change.after, known);
  if (!unmasked) throw Error(ErrorKind::Rejected, field.column + " holds a secret that neither side has");
  return *unmasked;
}

Value Writer::cell_after(const Item& item, const FieldChange& change) const {
  return lockstep::cell_after(item, change, parts_.mapping, parts_.target, parts_.secrets, parts_.references);
}

void Writer::update(std::span<Overwrite> overwrites, std::span<RecordChange> events) {
  if (overwrites.empty()) return;
  const auto refused = attempt([&] {
    std::vector<Guarded> changes;
    for (const Overwrite& overwrite : overwrites) changes.push_back(guard(*overwrite.item));
    const std::vector<Outcome> outcomes = transaction().update(parts_.target.table, *parts_.mapping.shape(), changes);
    for (std::size_t i = 0; i < overwrites.size(); ++i) {
      overwrites[i].outcome = outcomes.at(i);
      if (outcomes[i] == Outcome::Written) updated(*overwrites[i].item, events[i]);
    }
  });
  if (!refused) {
    for (std::size_t i = 0; i < overwrites.size(); ++i) {
      if (overwrites[i].outcome == Outcome::Written) tell_after_commit(std::move(events[i]));
    }
    return;
  }
  if (overwrites.size() == 1) {
    overwrites[0].outcome = Outcome::Gone;
    overwrites[0].refused = *refused;
    return;
  }
  for (std::size_t i = 0; i < overwrites.size(); ++i) update(overwrites.subspan(i, 1), events.subspan(i, 1));
}

void Writer::update_in_exchange(std::span<Overwrite> overwrites, std::span<RecordChange> events) {
  const auto info = parts_.store.inspect(parts_.target.table.name);
  if (!info || info->unique.empty()) return update(overwrites, events);
  Parking parking(*info, parts_.mapping);
  std::vector<std::size_t> rows(overwrites.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  // Who is refused stays where it stood, and may be in the way of others: they are tried without it.
  while (!rows.empty()) {
    const auto undone = attempt([&] { exchange(overwrites, events, rows, parking); });
    if (!undone) break;
    if (std::erase_if(rows, [&](std::size_t row) { return !overwrites[row].refused.empty(); }) > 0) continue;
    for (const std::size_t row : rows) overwrites[row].refused = *undone;
    return;
  }
  for (const std::size_t row : rows) {
    if (overwrites[row].outcome == Outcome::Written) tell_after_commit(std::move(events[row]));
  }
}

/// Throws when a row is refused: then nothing of it may stay.
void Writer::exchange(std::span<Overwrite> overwrites, std::span<const RecordChange> events, std::span<const std::size_t> rows,
                      Parking& parking) {
  std::vector<Guarded> changes;
  for (const std::size_t row : rows) {
    Guarded change = guard(*overwrites[row].item);
    const Guarded aside = parking.aside(change, scratch_);
    if (!aside.columns.empty() && try_update(aside) == Outcome::Written) change = Parking::from_aside(std::move(change), aside);
    changes.push_back(std::move(change));
  }
  bool refused = false;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Overwrite& overwrite = overwrites[rows[i]];
    overwrite.outcome = try_update(changes[i], &overwrite.refused).value_or(Outcome::Gone);
    refused = refused || !overwrite.refused.empty();
    if (!refused && overwrite.outcome == Outcome::Written) updated(*overwrite.item, events[rows[i]]);
  }
  if (refused) throw Error(ErrorKind::Rejected, "a row of an exchange was refused");
}

/// Nothing when the database refuses.
std::optional<Outcome> Writer::try_update(const Guarded& change, std::string* reason) {
  try {
    return transaction().update(parts_.target.table, *parts_.mapping.shape(), std::span(&change, 1)).at(0);
  } catch (const Error& failure) {
    if (failure.kind() != ErrorKind::Rejected) throw;
    if (reason != nullptr) *reason = failure.message();
    return std::nullopt;
  }
}

/// The mapped cells once the decision's local changes are in.
std::vector<Value> Writer::fields_after(const Item& item) const {
  const Row before = parts_.target.fields(item.stored);
  std::vector<Value> written(before.begin(), before.end());
  const Guarded guarded = guard(item);
  for (std::size_t i = 0; i < guarded.columns.size(); ++i) written[guarded.columns[i]] = guarded.values[i];
  return written;
}

void Writer::updated(const Item& item, const RecordChange& event) {
  const std::vector<Value> written = fields_after(item);
  Rows reread;
  const Row stored = stored_after(written, OwnedRow(parts_.target.key(item.stored)), reread);
  parts_.chronicle.tell(item, happening(item, Happening::Updated), run_.run, parts_.clock.now());
  put_agreement(item, item.key, stored, written);
  journal(parts_.links[*parts_.links.by_remote(item.id)], event, written_fields(item));
  settle(item);
  bytes_ += item.raw.size();
}

// Agreement: link and base

void Writer::agree(const Item& item) {
  together([&] {
    const Row stored = parts_.target.fields(item.stored);
    parts_.chronicle.tell(item, happening(item, Happening::Nothing), run_.run, parts_.clock.now());
    put_agreement(item, item.key, stored, stored);
    settle(item);
  });
}

/// What a write means to the record's standing: a row that is written may be one that comes or goes.
Happening Writer::happening(const Item& item, Happening written) const {
  const auto known = parts_.links.by_remote(item.id);
  const bool was_gone = known && parts_.links[*known].gone_at != 0;
  if (item.decision.restores) return Happening::Nothing;
  if (item.absent) return was_gone ? Happening::Nothing : Happening::WentMissing;
  if (was_gone) return Happening::Returned;
  // A row that was deleted in the database and comes back is no news of the remote.
  return written == Happening::Inserted && known ? Happening::Nothing : written;
}

void Writer::put_agreement(const Item& item, std::string_view local_key, Row stored, Row written) {
  const Decision& decision = item.decision;
  // A row with edits that are still to be sent stays "different", so that every later run looks at it.
  bool here_open = !decision.pending_local.empty() || std::any_of(decision.conflicts.begin(), decision.conflicts.end(),
                                                                  [](const FieldConflict& c) { return c.reported_only; });
  // A record whose lookup misses is mapped again next time.
  bool there_open = !decision.pending_remote.empty() || parts_.references.misses(item.there);
  const Row remote_row = parts_.references.to_remote(stored, scratch_);
  std::vector<CellPrint> prints = prints_of(parts_.mapping, remote_row);
  const std::string_view document = item.absent             ? known_document(item)
                                    : item.may_hold_secrets ? scratch_.copy(parts_.secrets.mask_document(item.raw))
                                                            : item.raw;
  Json held = held_after(item, stored, written, there_open, prints);
  keep_unmapped(item, document, held);
  here_open |= holds_not_taken(held);
  const std::optional<std::size_t> known = parts_.links.by_remote(item.id);
  Link link = known ? parts_.links[*known] : Link{};
  const Link before = link;
  link.remote_id = item.id;
  link.local_key = local_key;
  if (!item.account.empty()) link.account = item.account;
  // A row that has not followed a changed rule yet is mapped again next time.
  there_open |= std::any_of(decision.follows.begin(), decision.follows.end(),
                            [&](std::size_t ordinal) { return merging::find(decision.local_fields, ordinal) == nullptr; });
  link.remote_hash = there_open ? Hash128{} : item.hash;
  link.row_hash = here_open ? Hash128{} : stored.data() == item.there.data() && item.row_hash ? item.row_hash : hash_row(remote_row);
  link.gone_at = !item.absent ? 0 : before.gone_at != 0 ? before.gone_at : parts_.clock.now();
  const std::string cells = parts_.facts.pack_prints(prints, kept_prints(item, before));
  const bool base_changed =
      !(item.absent && document.empty()) && (item.base == nullptr || item.base->document != document || !(item.base->held == held) ||
                                             item.base->cells != cells || !parts_.facts.is_under_present_rules(before));
  if (base_changed) link.fields_id = fields_id_;
  const bool link_changed = !known || before.local_key != link.local_key || !(before.remote_hash == link.remote_hash) ||
                            !(before.row_hash == link.row_hash) || before.fields_id != link.fields_id || before.account != link.account ||
                            before.gone_at != link.gone_at;
  if (link_changed || base_changed) transaction();
  take_key_from_others(known, local_key);
  std::size_t index = known.value_or(0);
  if (link_changed) index = batch_.put_link(link);
  if (base_changed) batch_.put_base(parts_.links[index].id, packed(item, document), held, cells);
  settle_conflicts(item, parts_.links[index], stored, held);
}

/// A row that goes with another item by now is that of its former link no more.
void Writer::take_key_from_others(std::optional<std::size_t> link, std::string_view local_key) {
  const std::optional<std::size_t> other = parts_.links.by_key(local_key);
  if (!other || other == link) return;
  Link former = parts_.links[*other];
  former.local_key = {};
  transaction();
  batch_.put_link(former);
}

/// Of a record that the list no longer names. Empty: none was kept.
std::string_view Writer::known_document(const Item& item) const {
  return item.base == nullptr ? std::string_view() : std::string_view(item.base->document);
}

std::string_view Writer::packed(const Item& item, std::string_view document) {
  return item.packed.empty() ? packer_.pack(document, scratch_) : item.packed;
}

/// What both sides of a field hold now, as they are compared.
BaseField Writer::sides_after(const Item& item, Row stored, std::size_t ordinal) {
  const Value there = parts_.secrets.mask(ordinal, item.there[ordinal], scratch_);
  const Value otherwise = item.facts.here.empty() ? there : item.facts.here[ordinal];
  return {parts_.facts.comparable_cell(ordinal, stored[ordinal], there, otherwise, scratch_), there};
}

/// Where the next base is not simply what the document says: column → what each side is remembered to hold, or null for "not known".
/// `there_open`: also set where the remote holds what is still to be taken, after a write that could not bring it back.
/// `prints`: of the row as it is; where the agreement is an older one, its print takes the place.
Json Writer::held_after(const Item& item, Row stored, Row written, bool& there_open, std::vector<CellPrint>& prints) {
  Json held;
  const std::vector<Field>& fields = parts_.mapping.fields();
  const bool plain_insert = item.decision.local == Action::Insert && !parts_.target.rewrites;
  if (!plain_insert && !item.there.empty()) {
    std::vector<Value> here, there;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const BaseField now = sides_after(item, stored, i);
      here.push_back(now.here);
      there.push_back(now.there);
    }
    const std::vector<BaseField> next = next_base(parts_.mapping, item.facts, item.decision, here, there);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      // What a trigger made of a written value is no edit of a person.
      const bool bent = parts_.target.rewrites && !same(fields[i], stored[i], written[i]);
      const Value& base_here = bent ? here[i] : next[i].here;
      if (merging::contains(item.decision.follows, i) && merging::find(item.decision.local_fields, i) == nullptr) {
        // The print says that nobody edited the cell; a column that is new has none.
        if (item.facts.base[i].no_opinion) held[fields[i].column]["new"] = Json(true);
        continue;
      }
      if (!same(fields[i], base_here, here[i])) {
        // A print of what the cell holds now would call it untouched.
        const CellPrint older = item.prints.empty() ? kNotKnown : item.prints[i];
        prints[i] = older == prints[i] ? kNotKnown : older;
      }
      if (next[i].there.is_absent() && !fields[i].remote_owned()) {
        const BaseField known = item.facts.base.empty() ? BaseField() : item.facts.base[i];
        held[fields[i].column] = known.asked ? asked_entry() : known.both_moved ? moved_entry() : Json();
        // The next run has to look at the pair, also where neither side moves.
        there_open |= item.decision.restores;
      } else if (!same(fields[i], base_here, there[i]) || !same(fields[i], next[i].there, there[i])) {
        // What the remote alone decides, and this run did not write into the row, is met again.
        const bool to_come = item.decision.remote != Action::None || fields[i].remote_owned();
        if (to_come && !same(fields[i], next[i].there, there[i])) there_open = true;
        Json& entry = held[fields[i].column];
        // What is left out is what the document says, whatever the rules make of it by then.
        if (!same(fields[i], base_here, there[i])) entry["here"] = json::to_kept(base_here);
        if (!same(fields[i], next[i].there, there[i])) entry["there"] = json::to_kept(next[i].there);
        const bool still = !item.facts.base.empty() && item.facts.base[i].not_taken &&
                           same(fields[i], base_here, item.facts.base[i].here) && merging::find_sent(item.decision, i) == nullptr;
        if (still || merging::contains(item.decision.not_taken, i)) entry["not_taken"] = Json(true);
        const FieldChange* out = merging::find_sent(item.decision, i);
        // What a hook or a rollback sent instead of the row's value is news of the remote.
        const bool rows_own = out == nullptr || same(fields[i], out->after, here[i]);
        if (Json sent = sent_until_now(item, i, base_here); rows_own && !sent.is_null()) entry["sent"] = std::move(sent);
      }
    }
  }
  for (std::size_t i = 0; parts_.references.any() && i < fields.size() && !item.there.empty(); ++i) {
    // Nothing is agreed on while the row that is referred to is awaited: it is filled in once it is there.
    if (fields[i].lookup && parts_.references.is_awaited(i, stored[i], item.there[i])) held[fields[i].column] = Json();
  }
  // The document says nothing of what stands for its absence.
  for (std::size_t i = 0; item.absent && i < parts_.mapping.on_missing().size(); ++i) {
    const std::size_t ordinal = parts_.mapping.on_missing()[i].ordinal;
    Json& entry = held[fields[ordinal].column];
    entry["here"] = json::to_kept(normalise(fields[ordinal], stored[ordinal], scratch_));
    entry["there"] = json::to_kept(item.there[ordinal]);
  }
  if (!item.owned.is_null()) held[kOwnedMember] = item.owned;
  return held;
}

/// What is remembered of columns that are not mapped now, for the day that they are mapped again. Where sides were held apart and the
/// document goes on, nobody will know whose edit is the later one.
void Writer::keep_unmapped(const Item& item, std::string_view document, Json& held) const {
  if (item.base == nullptr || item.base->held.object() == nullptr) return;
  for (const auto& [column, entry] : *item.base->held.object()) {
    if (column == kOwnedMember || parts_.mapping.find(column)) continue;
    const bool goes_on = item.facts.base.empty() || item.base->document != document;
    const Json *here = entry.find("here"), *there = entry.find("there");
    const bool apart = entry.find("not_taken") != nullptr || entry.find("sent") != nullptr || (here == nullptr) != (there == nullptr) ||
                       (here != nullptr && !(*here == *there));
    if (is_asked(entry) || !goes_on) {
      held[column] = entry;
    } else if (!item.facts.base.empty() && apart) {
      held[column] = asked_entry();
    } else if (!item.facts.base.empty() && here == nullptr) {
      held[column] = entry;
    }
  }
}

/// Of columns that are not mapped: what the agreement before this one said about them.
KeptPrints Writer::kept_prints(const Item& item, const Link& before) const {
  // A row that is made again has nothing in them.
  if (item.base == nullptr || item.facts.base.empty() || item.decision.local == Action::Insert) return {};
  return parts_.facts.kept_prints(before, *item.base);
}

/// Values that went out and have not been seen at the remote: when one shows there, it is ours, and no edit of somebody. Null: none.
Json Writer::sent_until_now(const Item& item, std::size_t ordinal, const Value& base_here) const {
  constexpr std::size_t kMostSent = 16;
  const Field& field = parts_.mapping.fields()[ordinal];
  const FieldChange* now = merging::find_sent(item.decision, ordinal);
  const Json* held = item.base == nullptr ? nullptr : item.base->held.find(field.column);
  const Json* before = held == nullptr ? nullptr : held->find("sent");
  const bool goes_on = now != nullptr || (!item.facts.base.empty() && same(field, base_here, item.facts.base[ordinal].here));
  Json::Array sent;
  if (goes_on && before != nullptr && before->array() != nullptr) sent = *before->array();
  if (now != nullptr) sent.push_back(json::to_kept(now->after));
  if (sent.size() > kMostSent) sent.erase(sent.begin(), sent.end() - kMostSent);
  return sent.empty() ? Json() : Json(std::move(sent));
}

void Writer::settle_conflicts(const Item& item, const Link& link, Row stored, const Json& held) {
  // Also where the sides stay different: the server may have made something else of the value that won.
  const auto won = [&](const std::string& field) {
    return std::any_of(item.decision.conflicts.begin(), item.decision.conflicts.end(), [&](const FieldConflict& conflict) {
      return conflict.winner != FieldConflict::Winner::Nobody && !conflict.reported_only &&
             parts_.mapping.fields()[conflict.ordinal].column == field;
    });
  };
  const auto is_over = [&](const std::string& field) {
    const auto ordinal = parts_.mapping.find(field);
    return ordinal && ending(parts_.mapping, item.facts, item.decision, *ordinal) != Ending::Stays;
  };
  for (const ConflictEntry& open : conflicts_) {
    // A column that is mapped no longer is the business of run_apart.cpp.
    if (open.link_id != link.id || !parts_.mapping.find(open.field)) continue;
    if (held.find(open.field) != nullptr && !won(open.field) && !is_over(open.field)) {
      // Where somebody else had moved it, the next run meets that.
      const std::size_t ordinal = *parts_.mapping.find(open.field);
      ConflictEntry now = open;
      if (!merging::is_open(item.decision, ordinal) && show_what_was_sent(item, ordinal, stored, now)) {
        transaction();
        batch_.put_conflict(now);
      }
      continue;
    }
    transaction();
    batch_.close_conflict(open, parts_.clock.now());
  }
  for (const FieldConflict& conflict : item.decision.conflicts) {
    if (conflict.winner != FieldConflict::Winner::Nobody) continue;
    transaction();
    ConflictEntry left{0,
                       sync_id_,
                       {},
                       link.id,
                       std::string(link.local_key),
                       std::string(item.id),
                       redact(item.label),
                       parts_.mapping.fields()[conflict.ordinal].column,
                       json::to_kept(conflict.base),
                       json::to_kept(conflict.here),
                       json::to_kept(conflict.there),
                       parts_.clock.now()};
    show_what_was_sent(item, conflict.ordinal, stored, left);
    batch_.put_conflict(left);
  }
}

/// Of a conflict about an object whose leaf was sent, or the other way round: what the remote holds in it by now is this run's own doing,
/// and no edit that stands in the way of a decision.
bool Writer::show_what_was_sent(const Item& item, std::size_t ordinal, Row stored, ConflictEntry& conflict) {
  if (item.there.empty() || item.there[ordinal].is_absent()) return false;
  if (!merging::overlaps_what_was_sent(parts_.mapping.fields()[ordinal], item.decision)) return false;
  const BaseField now = sides_after(item, stored, ordinal);
  conflict.here = json::to_kept(now.here);
  conflict.there = json::to_kept(now.there);
  return true;
}

void Writer::part(std::optional<std::size_t> link, std::span<const ConflictEntry> conflicts) {
  transaction();
  close_apart(parts_.state, batch_, parts_.links, link, conflicts, parts_.clock.now(), scratch_);
  flush();
}

void Writer::put_scope(std::size_t link, std::int64_t scope) {
  Link known = parts_.links[link];
  known.scope = scope;
  transaction();
  batch_.put_link(known);
}

void Writer::put_sync(const SyncEntry& sync) {
  transaction();
  batch_.put_sync(sync);
}

void Writer::put_account(std::size_t link, std::string_view account) {
  Link known = parts_.links[link];
  known.account = account;
  transaction();
  batch_.put_link(known);
}

void Writer::mark_gone(const Item& item, Micros at) {
  const std::optional<std::size_t> known = parts_.links.by_remote(item.id);
  Link link = known ? parts_.links[*known] : Link{};
  link.remote_id = item.id;
  if (!item.key.empty()) link.local_key = item.key;
  link.gone_at = at;
  transaction();
  batch_.put_link(link);
}

// Journal

Json Writer::journal_fields(const Item& item) const {
  Json fields;
  for (const FieldChange& change : item.decision.local_fields) {
    const Field& field = parts_.mapping.fields()[change.ordinal];
    // What --force wrote as it was is no news.
    if (!field.secret && same(field, change.before, change.after)) continue;
    Json& entry = fields[field.column];
    // A reference is journaled as the cell that a rollback would put back.
    entry["before"] = json::to_kept(field.lookup ? parts_.target.fields(item.stored)[change.ordinal] : change.before);
    entry["after"] = json::to_kept(field.lookup ? cell_after(item, change) : change.after);
  }
  return fields;
}

void Writer::journal(const Link& link, const RecordChange& event, Json fields) {
  if (event.action == "update" && fields.is_null()) return;
  ChangeEntry entry;
  entry.run_id = run_.id;
  entry.sync_id = sync_id_;
  entry.link_id = link.id;
  entry.local_key = event.local_key;
  entry.remote_id = event.remote_id;
  entry.label = redact(event.label);
  entry.side = event.side;
  entry.action = event.action;
  entry.case_number = event.case_number;
  entry.at = parts_.clock.now();
  entry.fields = std::move(fields);
  batch_.add_change(entry);
}

void Writer::reject(const Item& item, const std::string& reason) {
  const std::string kept = redact(reason);
  const bool known = std::any_of(rejected_.begin(), rejected_.end(), [&](const RejectedEntry& entry) {
    return entry.remote_id == item.id && entry.local_key == item.key && entry.reason == kept;
  });
  if (known) return;
  transaction();
  batch_.put_rejected({0, sync_id_, {}, std::string(item.id), item.key, redact(item.label), kept, run_.mode, parts_.clock.now()});
}

void Writer::settle(const Item& item) {
  if (!item.decision.opposed.empty() || !merging::left_unreadable(parts_.mapping, item.facts.here, item.decision).empty()) return;
  for (const RejectedEntry& entry : rejected_) {
    // A row that was refused before it had a remote item has one now.
    const bool same_row = !item.key.empty() && entry.local_key == item.key && entry.remote_id.empty();
    if (entry.remote_id != item.id && !same_row) continue;
    // An import that leaves an edit alone has not seen whether the remote would take it by now, and the other way round.
    const bool pending = !item.decision.pending_local.empty() || !item.decision.pending_remote.empty();
    if (pending && entry.mode != run_.mode) continue;
    close_rejection(entry);
  }
}

void Writer::close_rejection(const RejectedEntry& entry) {
  transaction();
  batch_.close_rejected(entry.remote_id, entry.local_key, parts_.clock.now());
}

}  // namespace lockstep
