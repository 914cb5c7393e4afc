// What happens once the list is complete: conclusions about what is missing, and the overwrites that have waited for it.

#include <algorithm>
#include <map>

#include "common/text.h"
#include "engine/passes/run.h"
#include "format/json.h"
#include "mapping/sets.h"

namespace lockstep {
namespace {

constexpr int kMostPasses = 3;

}  // namespace

/// Linked records and rows with an id that a complete list did not name.
std::vector<Item> Run::find_missing() {
  std::vector<Item> missing;
  const auto add = [&](std::string_view id, std::uint32_t link, std::uint32_t local) {
    Item& item = missing.emplace_back();
    item.id = id;
    item.link = link;
    item.local = local;
    if (local != kNoIndex) {
      item.key = locals_.rows()[local].key;
      item.label = locals_.rows()[local].label;
      locals_.rows()[local].met = true;
    } else if (locals_.of_link(link) == LocalRows::LinkRow::Clean) {
      item.key = links_[link].local_key;
      item.label = locals_.label_of_link(link);
    }
    if (item.label.empty()) item.label = item.id;
  };
  const auto wanted = [&](std::string_view id) {
    return id_stream_ == nullptr ||
           std::find(id_stream_->missing().begin(), id_stream_->missing().end(), id) != id_stream_->missing().end();
  };
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    if (seen_[i] || locals_.out_of_reach(i) || links_set_aside_.contains(static_cast<std::uint32_t>(i)) || !wanted(links_[i].remote_id))
      continue;
    const auto row = locals_.find(links_[i].remote_id);
    if (locals_.shares_id(i) || (row && locals_.rows()[*row].shares_id)) continue;
    const bool present = row.has_value() || locals_.of_link(i) == LocalRows::LinkRow::Clean;
    if ((options_.owner || !options_.rows.empty()) && !present) continue;
    add(links_[i].remote_id, static_cast<std::uint32_t>(i), row ? static_cast<std::uint32_t>(*row) : kNoIndex);
  }
  for (std::size_t i = 0; i < locals_.rows().size(); ++i) {
    const LocalRow& row = locals_.rows()[i];
    if (row.met || row.id.empty() || row.shares_id || links_.by_remote(row.id) || !wanted(row.id)) continue;
    add(row.id, kNoIndex, static_cast<std::uint32_t>(i));
  }
  std::erase_if(missing, [this](const Item& item) { return has_live_twin(item) || is_settling(item); });
  return missing;
}

/// Made so lately that the API need not show it yet.
bool Run::was_made_lately(std::string_view id) {
  const Millis settles = sync_.resource->settles;
  if (settles.count() == 0) return false;
  const Micros since = clock_.now() - std::chrono::duration_cast<std::chrono::microseconds>(settles).count();
  const auto changes = state_.changes({.record = std::string(id), .since = since});
  return std::any_of(changes.begin(), changes.end(), [&](const ChangeEntry& change) {
    return change.side == "remote" && change.remote_id == id &&
           (change.action == to_string(Action::Create) || change.action == to_string(Action::Recreate));
  });
}

/// Told, and left to a later run.
bool Run::is_settling(const Item& item) {
  if (item.link == kNoIndex || links_[item.link].gone_at != 0 || !was_made_lately(item.id)) return false;
  tally_.warn(item, "settling",
              tally_.name_of(item) + " was made just now, and " + sync_.nouns.provider +
                  " does not show it yet: it is looked for again by the next run");
  is_remade(item);
  tell_waiting_edits(item);
  return true;
}

/// What was edited in the row meanwhile waits with the item, which is what it was last known as.
void Run::tell_waiting_edits(Item item) {
  load_bases(std::span(&item, 1));
  load_rows(std::span(&item, 1));
  if (item.base == nullptr || item.stored.empty()) return;
  item.raw = padded_copy(item.base->document, arena_);
  item.asked = true;
  if (!shape_for_a_look(item)) return;
  decide_item(item);
  Decision waiting;
  waiting.case_number = item.decision.case_number;
  waiting.pending_local = item.decision.pending_local;
  for (const FieldChange& change : item.decision.remote_fields) {
    if (!identical(change.before, change.after)) waiting.pending_local.push_back(change.ordinal);
  }
  if (waiting.pending_local.empty()) return;
  waiting.notes.push_back(Note::PendingExport);
  item.decision = std::move(waiting);
  tally_.decided(item);
}

/// Ids that were asked for and that neither side knows.
void Run::tell_unknown_ids(const std::vector<Item>& missing) {
  // Of a conflict whose record is linked no longer, another pass tells what became of it.
  if (id_stream_ == nullptr || options_.resolution) return;
  for (const std::string& id : id_stream_->missing()) {
    if (std::any_of(missing.begin(), missing.end(), [&](const Item& item) { return item.id == id; })) continue;
    Item unknown;
    unknown.id = unknown.label = id;
    tally_.failed(unknown, "no " + sync_.nouns.one + " with this ID in " + sync_.nouns.provider);
  }
}

void Run::conclude_missing() {
  if (list_concludes()) return conclude_by_list();
  std::vector<Item> missing = find_missing();
  tell_unknown_ids(missing);
  const Missing count = count_missing(missing);
  if (is_mass(count.news, count.known)) refuse_missing(count);
  conclude_each(std::move(missing), &Run::conclude);
}

/// How many went missing since the last run, and of how many.
Run::Missing Run::count_missing(const std::vector<Item>& missing) const {
  const auto fresh = [this](const Item& item) { return item.link == kNoIndex || links_[item.link].gone_at == 0; };
  Missing count;
  count.news = stood_for_ + static_cast<std::uint64_t>(std::count_if(missing.begin(), missing.end(), fresh));
  count.known = count.news + static_cast<std::uint64_t>(std::count(seen_.begin(), seen_.end(), true));
  return count;
}

void Run::refuse_missing(const Missing& count) const {
  throw Error(ErrorKind::Rejected,
              std::to_string(count.news) + " of " + std::to_string(count.known) + " known " + sync_.nouns.many + " are missing in " +
                  sync_.nouns.provider + "; nothing was overwritten",
              "check that the key belongs to the right organisation; if this is meant, add --allow-mass-change");
}

/// `step` takes the missing records, a chunk at a time.
void Run::conclude_each(std::vector<Item> missing, void (Run::*step)(std::vector<Item>)) {
  for (std::size_t at = 0; at < missing.size(); at += kChunk) {
    const auto end = missing.begin() + static_cast<std::ptrdiff_t>(std::min(at + kChunk, missing.size()));
    (this->*step)({std::make_move_iterator(missing.begin() + static_cast<std::ptrdiff_t>(at)), std::make_move_iterator(end)});
  }
  count_local_only();
  report_shared_ids();
}

/// Each id is asked for once: only a 404 proves that the item is gone, and it is remembered.
void Run::conclude(std::vector<Item> missing) {
  arena_.clear();
  std::vector<Item> found, gone;
  for (Item& item : missing) {
    check_stop();
    const Link* link = link_of(item);
    const bool remembered = link != nullptr && link->gone_at != 0;
    std::optional<Document> document;
    const bool asked = spare(item, [&] {
      if (!remembered && id_stream_ == nullptr) document = sync_.provider->get(*sync_.resource, item.id, call_);
    });
    if (!asked) continue;
    reachability_.answered();
    if (document) {
      item.raw = padded_copy(document->json, arena_);
      item.hash = seeded_hash(hash_of_record(mapping_, document->json), seed());
      item.asked = true;
      found.push_back(std::move(item));
      ++remote_count_;
    } else {
      gone.push_back(std::move(item));
    }
  }
  load_bases(gone);
  load_rows(gone);
  for (Item& item : gone) {
    spare(item, [&] {
      decide_item(item, true);
      decided(item);
      if (options_.dry_run && item.link != kNoIndex) gone_.insert(item.link);
      if (wait_to_send(item)) return;
      const Link* link = link_of(item);
      if (writer_ && (link == nullptr || link->gone_at == 0)) writer_->mark_gone(item, clock_.now());
    });
  }
  process(std::move(found));
  if (writer_) writer_->commit_if_due();
}

/// The link's item is that of a row that bears its id by now: the one that has the link's key, and no id, is like a new one.
bool Run::is_of_another_row(std::uint32_t link, std::size_t row) const {
  const auto bearer = locals_.find(links_[link].remote_id);
  return bearer && *bearer != row && locals_.rows()[*bearer].met;
}

void Run::count_local_only() {
  if (id_stream_ != nullptr && !options_.open_create) return;
  std::vector<Item> items;
  for (std::size_t i = 0; i < locals_.rows().size(); ++i) {
    const LocalRow& row = locals_.rows()[i];
    if (row.met || !row.id.empty() || (row.link != kNoIndex && !is_of_another_row(row.link, i))) continue;
    if (options_.open_create && row.key != options_.open_create->local_key) continue;
    Item& item = items.emplace_back();
    item.local = static_cast<std::uint32_t>(i);
    item.key = row.key;
    item.label = row.label.empty() ? row.key : row.label;
  }
  for (std::size_t at = 0; at < items.size(); at += kChunk) {
    arena_.clear();
    const std::span<Item> chunk = std::span(items).subspan(at, std::min(kChunk, items.size() - at));
    load_rows(chunk);
    for (Item& item : chunk) {
      spare(item, [&] {
        decide_item(item);
        decided(item);
        wait_to_send(item);
      });
    }
  }
}

/// Items without a remote side: to be made there once the guards have passed.
bool Run::wait_to_send(Item& item) {
  if (item.decision.remote == Action::None) return false;
  if (!as_planned(item)) return true;
  count_waiting(item);
  if (options_.dry_run) {
    foresee(item);
  } else {
    spool_.push(item.id, {}, {}, item.link, item.local, {});
  }
  return true;
}

void Run::report_shared_ids() {
  std::map<std::string_view, std::vector<Item>> sharing;  // by id
  const auto tell_of = [&](std::string_view id, std::string_view label, std::string_view key) {
    Item& item = sharing[id].emplace_back();
    item.id = id;
    item.label = label.empty() ? id : label;
    item.key = key;
  };
  // Others are none of the business of a run about one record.
  const auto meant = [this](std::string_view id) {
    return id_stream_ == nullptr || std::find(options_.ids.begin(), options_.ids.end(), id) != options_.ids.end();
  };
  for (const LocalRow& row : locals_.rows()) {
    if (row.shares_id && meant(row.id)) tell_of(row.id, row.label, row.key);
  }
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    if (locals_.shares_id(i) && meant(links_[i].remote_id)) tell_of(links_[i].remote_id, locals_.label_of_link(i), links_[i].local_key);
  }
  for (const auto& [id, items] : sharing) {
    for (const Item& item : items)
      tally_.failed(item, "row " + item.key + " carries an ID that another row carries too; nothing was written to either");
    std::vector<std::string> keys;
    for (const Item& item : items) keys.push_back(item.key);
    std::sort(keys.begin(), keys.end());
    rejections_.met(id, {});
    const std::string reason = "rows " + join(keys, ", ") + " of " + target_.table.name + " carry this ID; empty it in all but one";
    if (writer_) writer_->reject(items.front(), reason);
  }
}

void Run::apply_waiting() {
  to_apply_ = spool_.size();
  while (writer_ && spool_.size() > 0) {
    check_stop();
    apply(spool_.take(kChunk), 1);
    applied_ = to_apply_ - spool_.size();
    tell_applied(0);
    writer_->commit_if_due();
  }
  if (!writer_) return conclude_foresight();
  apply_refused();
  insert_refused();
  writer_->commit();
}

/// `records`: of the chunk at hand, that are done already.
void Run::tell_applied(std::uint64_t records) { observer_.writing(std::min(applied_ + records, to_apply_), to_apply_); }

std::vector<Item> Run::items_of(std::span<const WaitingRecord> chunk) {
  std::vector<Item> items;
  items.reserve(chunk.size());
  for (const WaitingRecord& waiting : chunk) {
    Item& item = items.emplace_back();
    item.id = waiting.id;
    item.raw = waiting.raw;
    item.hash = waiting.hash;
    item.link = waiting.link;
    item.local = waiting.local;
    if (item.local != kNoIndex) {
      item.key = locals_.rows()[item.local].key;
      item.label = locals_.rows()[item.local].label;
    } else if (item.link != kNoIndex) {
      item.key = links_[item.link].local_key;
      item.label = locals_.label_of_link(item.link);
    }
    if (!waiting.row.row().empty()) {
      item.there = arena_.make<Value>(waiting.row.size());
      std::copy(waiting.row.row().begin(), waiting.row.row().end(), item.there.begin());
      const Value& label = item.there[mapping_.label()];
      if (label.tag() == Value::Tag::Text && !label.as_view().empty()) item.label = label.as_view();
    }
    if (item.label.empty()) item.label = item.id.empty() ? std::string_view(item.key) : item.id;
  }
  return items;
}

/// Decides once more on fresh rows and writes. A row that moved in between is looked at again, a few times.
void Run::apply(std::vector<WaitingRecord> chunk, int attempt) {
  arena_.clear();
  std::vector<Item> items = items_of(chunk);
  load_bases(items);
  load_rows(items);
  std::vector<Item*> local, remote;
  for (Item& item : items) {
    if (item.stored.empty()) {
      if (rollback_) decide_rollback(item);
      tally_.warn(item, "missing_local", tally_.name_of(item) + " was deleted in the database while the run was under way");
      continue;
    }
    spare(item, [&] { apply_one(item, local, remote); });
  }
  send(remote);
  local.insert(local.end(), later_.begin(), later_.end());
  later_.clear();
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

void Run::apply_one(Item& item, std::vector<Item*>& local, std::vector<Item*>& remote) {
  const bool gone = item.raw.empty() && !item.id.empty();
  if (gone && list_concludes()) stand_in_last_known(item);
  decide_item(item, gone);
  if (!as_planned(item)) return;
  decided(item);
  if (item.decision.remote != Action::None) {
    remote.push_back(&item);
  } else if (item.decision.local != Action::None) {
    local.push_back(&item);
  } else {
    settle_unchanged(item);
  }
}

/// Writes rows. Those that another program has changed since they were read come back.
std::vector<const Item*> Run::overwrite(std::span<Item* const> items) {
  std::vector<const Item*> moved;
  if (items.empty()) return moved;
  std::vector<Overwrite> overwrites;
  std::vector<RecordChange> events;
  for (Item* item : items) {
    spare(*item, [&] {
      events.push_back(tally_.change_of(*item));
      events.back().second = half_written_.contains(std::string(item->id));
      overwrites.push_back({item, Outcome::Gone, {}});
    });
  }
  if (last_try_) {
    writer_->update_in_exchange(overwrites, events);
  } else {
    writer_->update(overwrites, events);
  }
  for (const Overwrite& overwrite : overwrites) {
    if (!overwrite.refused.empty() && !last_try_) {
      postpone(*overwrite.item);
    } else if (!overwrite.refused.empty()) {
      const std::string reason = refusal_of(overwrite);
      tally_.failed(*overwrite.item, reason);
      writer_->reject(*overwrite.item, reason);
    } else if (overwrite.outcome == Outcome::Moved) {
      moved.push_back(overwrite.item);
    } else if (overwrite.outcome == Outcome::Gone) {
      tally_.failed(*overwrite.item, "the row was deleted by another program while it was being written; run the same command again");
    } else {
      finish_create(*overwrite.item);
      keep_promises(*overwrite.item);
    }
  }
  writer_->flush();
  return moved;
}

void Run::tell(const RecordChange& change) {
  report_.written = true;
  tally_.written(change);
  if (!sync_.hook || !sync_.hook->has(Hook::Stage::Changed)) return;
  Json told;
  told["action"] = Json(change.action);
  told["side"] = Json(change.side);
  told["remote_id"] = Json(change.remote_id);
  told["local_key"] = Json(change.local_key);
  Json::Array columns;
  for (const std::string& column : change.columns) columns.emplace_back(column);
  told["columns"] = Json(std::move(columns));
  if (const HookVerdict failed = sync_.hook->changed({change.remote_id, change.label, sync_.nouns.one}, told)) {
    log::warning("hook failed after a commit", {{"reason", *failed}, {"id", change.remote_id}});
  }
}

}  // namespace lockstep
