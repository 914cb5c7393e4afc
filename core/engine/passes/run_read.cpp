// What happens to the records of a page: paired with rows, mapped, decided, inserted or set aside.

#include <algorithm>

#include "common/text.h"
#include "common/uuid.h"
#include "engine/passes/run.h"
#include "engine/sides/hook_result.h"
#include "format/json.h"

namespace lockstep {

void Run::work_on(Batch& batch) {
  for (const std::string& problem : batch.page.problems) {
    ++report_.failed;
    tally_.problem({Problem::Severity::Error, {}, {}, "corrupt", problem});
  }
  check_accounts(batch);
  arena_.clear();
  std::vector<Item> items;
  for (const ReadRecord& record : batch.records) {
    if (record.link != kNoIndex) seen_[record.link] = true;
    unchanged_by_hash_ += record.unchanged ? 1U : 0U;
    note_marker_place(record);
    if (record.unchanged && pass_unchanged(record)) continue;
    Item item = item_of(record);
    note_lost_elsewhere(item.id);
    if (!in_scope(item)) continue;
    if (!record.corrupt.empty()) {
      item.label = item.id;
      unread_ = unread_ || is_unowned(item);
      reject(item, record.corrupt);
      continue;
    }
    if (await_marker(item)) continue;
    if (record.mapped && !record.problems.empty()) {
      item.label = label_of(item.raw, item.id);
      reject(item, join_problems(record.problems));
      continue;
    }
    if (await_list(item, record.raw)) continue;
    if (!record.unread.empty()) {
      item.label = label_of(item.raw, item.id);
      warn_of_unread(item, record.unread);
    }
    items.push_back(std::move(item));
    if (items.size() == kChunk) {
      process(std::move(items));
      items = {};
      arena_.clear();
    }
  }
  process(std::move(items));
}

/// The record comes in; what its columns cannot hold is told, and their cells stay as they are.
void Run::warn_of_unread(const Item& item, const std::vector<FieldProblem>& unread) {
  tally_.warn(item, "unread", tally_.name_of(item) + ": " + join_problems(unread) + "; what the database holds there is left as it is");
}

/// True when there is nothing more to do: neither side has changed.
bool Run::pass_unchanged(const ReadRecord& record) {
  const Link& link = links_[record.link];
  // A conflict that awaits a decision has not moved either.
  if (options_.resolution || (decides_contested_ && contested_.contains(link.id))) return false;
  // What was refused is looked at again, however it was mended.
  if (rejections_.has(link.remote_id, link.local_key)) return false;
  if (locals_.out_of_reach(record.link)) return true;
  if (facts_.doubts(link)) return false;
  if (locals_.of_link(record.link) != LocalRows::LinkRow::Clean || link.gone_at != 0 || locals_.shares_id(record.link)) return false;
  if (options_.want_sightings) sight_unchanged(link);
  close_unreached(link.remote_id);
  tally_.unchanged(link.remote_id, locals_.label_of_link(record.link), contested_.contains(link.id));
  return true;
}

Item Run::item_of(const ReadRecord& record) {
  Item item;
  item.id = record.unchanged ? links_[record.link].remote_id : record.id;
  item.raw = record.raw;
  item.packed = record.packed;
  item.hash = record.hash;
  item.link = record.link;
  item.may_hold_secrets = record.may_hold_secrets;
  item.asked = id_stream_ != nullptr;
  if (record.mapped) {
    item.there = record.row;
    item.row_hash = record.row_hash;
    item.keys = record.keys;
  }
  if (const auto row = locals_.find(item.id)) {
    item.local = static_cast<std::uint32_t>(*row);
    locals_.rows()[*row].met = locals_.rows()[*row].listed = true;
    item.key = locals_.rows()[*row].key;
  } else if (item.link != kNoIndex && locals_.of_link(item.link) == LocalRows::LinkRow::Clean) {
    item.key = links_[item.link].local_key;
  }
  if (!open_creates_.empty()) claim_created(item);
  rejections_.met(item.id, item.key);
  return item;
}

bool Run::in_scope(const Item& item) const {
  if (item.key.empty() && (locals_.is_outside(item.id) || is_left_alone(item))) return false;
  if ((item.link != kNoIndex && locals_.out_of_reach(item.link)) || locals_.of_nameless(item.id)) return false;
  if (!owner_match_ || !item.key.empty()) return true;
  if (item.raw.empty()) return false;
  const Json document = json::parse(item.raw);
  const Json* owner = mapping_.owner()->from.find(document);
  return owner != nullptr && owner->text() != nullptr && to_lower(trim(*owner->text())) == *owner_match_;
}

bool Run::shares_id(const Item& item) const {
  return (item.local != kNoIndex && locals_.shares_row(item.local)) || (item.link != kNoIndex && locals_.shares_id(item.link));
}

void Run::process(std::vector<Item> items) {
  if (items.empty()) return;
  // Rows that share an id are told of once, at the end.
  std::erase_if(items, [this](const Item& item) { return shares_id(item); });
  leave_to_neighbours(items);
  load_bases(items);
  const auto drop = [&](bool (Run::*stays)(Item&)) {
    std::erase_if(items, [&](Item& item) {
      bool kept = false;
      spare(item, [&] { kept = (this->*stays)(item); });
      return !kept;
    });
  };
  drop(&Run::fetch_again);
  drop(&Run::catch_up);
  drop(&Run::complete);
  drop(&Run::shape);
  std::erase_if(items, [this](const Item& item) { return hold_back(item); });
  find_dropped_markers(items);
  know_references(items);
  for (Item& item : items) {
    match_by_hook(item);
    check_hook();
  }
  std::erase_if(items, [this](const Item& item) { return may_be_open_create(item); });
  std::erase_if(items, [this](const Item& item) { return is_back(item) || is_back_late(item) || is_remade(item) || is_counterpart(item); });
  know_claims(items);
  load_rows(items);
  std::erase_if(items, [this](Item& item) { return !spare(item, [&] { decide_item(item); }); });
  std::vector<Item> lagging = take_lagging(items);
  // Nothing is agreed on of a record whose conflict has nothing left to decide.
  std::erase_if(items, [this](const Item& item) { return options_.resolution && !may_resolve(item.facts); });
  route(items);
  process(std::move(lagging));
}

void Run::load_bases(std::span<Item> items) {
  std::vector<std::int64_t> ids;
  for (const Item& item : items) {
    if (const Link* link = link_of(item)) ids.push_back(link->id);
  }
  bases_ = ids.empty() ? std::unordered_map<std::int64_t, Base>() : state_.load_bases(ids);
  for (Item& item : items) {
    const Link* link = link_of(item);
    const auto found = link == nullptr ? bases_.end() : bases_.find(link->id);
    item.base = found == bases_.end() ? nullptr : &found->second;
    if (item.base != nullptr) facts_.rename_held(*link, found->second);
  }
}

/// A record whose bytes have not changed was not kept from its page: its base has them, unless secrets were masked there.
bool Run::fetch_again(Item& item) {
  if (!item.raw.empty()) return true;
  if (item.base != nullptr && !secrets_.may_hold(item.base->document)) {
    item.raw = padded_copy(item.base->document, arena_);
    return true;
  }
  const auto document = sync_.provider->get(*sync_.resource, item.id, call_);
  if (!document) {
    reject(item, contradiction());
    return false;
  }
  item.raw = padded_copy(document->json, arena_);
  item.asked = true;
  return true;
}

bool Run::shape(Item& item) {
  HookVerdict refused;
  if (item.there.empty()) {
    item.there = arena_.make<Value>(mapping_.fields().size());
    item.label = sync_.hook ? label_of(item.raw, item.id) : item.id;
    refused = shaper_.shape({item.id, item.label, sync_.nouns.one}, item.raw, item.there, arena_);
    if (!refused && !shaper_.unread().empty()) warn_of_unread(item, shaper_.unread());
  } else {
    const Value& label = item.there[mapping_.label()];
    item.label = label.tag() == Value::Tag::Text ? label.as_view() : item.id;
    refused = shaper_.finish({item.id, item.label, sync_.nouns.one}, item.raw, {}, item.there, arena_);
  }
  if (refused) {
    if (item.label == item.id) item.label = label_of(item.raw, item.id);
    reject(item, *refused);
    return false;
  }
  const Value& label = item.there[mapping_.label()];
  item.label = label.tag() == Value::Tag::Text && !label.as_view().empty() ? label.as_view() : item.id;
  for (const std::size_t ordinal : item.untold) item.there[ordinal] = Value();
  return true;
}

void Run::load_rows(std::span<Item> items) {
  row_index_.clear();
  rows_ = Rows(target_.shape.size());
  std::vector<OwnedRow> keys;
  for (const Item& item : items) {
    if (!item.key.empty()) keys.push_back(key_values(item.key, target_.key_types));
  }
  if (keys.empty() || !target_.exists) return;
  rows_ = read_by_key(*sync_.store, target_, keys);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (scope_.holds(rows_[i])) row_index_.emplace(key_text(target_.key(rows_[i])), i);
  }
  for (Item& item : items) {
    const auto found = item.key.empty() ? row_index_.end() : row_index_.find(item.key);
    if (found == row_index_.end()) continue;
    item.stored = rows_[found->second];
    if (!mapping_.owned().empty()) item.owned = kept_row_object(owned_shape_, target_.owned(item.stored));
  }
}

void Run::match_by_hook(Item& item) {
  if (!sync_.hook || !sync_.hook->has(Hook::Stage::Match) || !lacks_row(item)) return;
  std::vector<std::size_t> free;
  std::vector<Item> rows;
  for (std::size_t i = 0; i < locals_.rows().size(); ++i) {
    const LocalRow& row = locals_.rows()[i];
    if (row.met || !row.id.empty() || row.link != kNoIndex) continue;
    free.push_back(i);
    rows.emplace_back().key = row.key;
  }
  load_rows(rows);
  std::vector<Json> candidates;
  for (const Item& row : rows) candidates.push_back(row.stored.empty() ? Json() : row_object(target_.shape, row.stored));
  std::optional<std::size_t> chosen;
  if (const HookVerdict refused = sync_.hook->match({item.id, item.label, sync_.nouns.one}, item.raw, candidates, chosen)) {
    reject(item, *refused);
    item.id = {};
    return;
  }
  if (!chosen) return;
  LocalRow& row = locals_.rows()[free.at(*chosen)];
  row.met = true;
  item.local = static_cast<std::uint32_t>(free[*chosen]);
  item.key = row.key;
}

void Run::decide_item(Item& item, bool gone_confirmed) {
  const Link* link = link_of(item);
  Facts& facts = item.facts;
  facts = facts_.build(item, link, arena_);
  facts.gone_confirmed = gone_confirmed;
  facts.intent = intent_of(item);
  const std::size_t matches = item.local != kNoIndex ? natural_.matches(item.local) : 0;
  facts.natural_matches = matches;
  // What may be created is created where nothing matches.
  facts.by_natural_key = natural_.any() && (!policy_.can_create || matches > 0);
  facts.gone_remembered = link != nullptr && link->gone_at != 0 && item.there.empty();
  facts.stays_gone = sync_.leave_gone || (link != nullptr && link->left_at != 0);
  if (options_.resolution && !may_resolve(facts)) {
    item.decision = {};
    return;
  }
  if (options_.resolution) facts.settled = settled_by_person(item);
  if (item.local != kNoIndex && locals_.rows()[item.local].link != kNoIndex) {
    const LocalRow& row = locals_.rows()[item.local];
    const bool own = links_[row.link].remote_id == item.id;
    facts.id = row.id.empty() ? IdState::Emptied : own ? IdState::Linked : IdState::Changed;
  }
  take_account(item);
  take_promises(item);
  if (facts.intent != IntentState::MarkerFound && !is_agreed_row(item)) {
    facts.base = {};
    item.prints.clear();
  }
  take_open_conflicts(item);
  if (rollback_) {
    decide_rollback(item);
  } else {
    item.decision = decide(mapping_, policy_, facts);
    if (item.decision.needs_verdicts) item.decision = decide(mapping_, policy_, facts, ask_conflict_hook(item));
  }
  for (const Json& shown : item.shown) item.decision.take_base = item.decision.take_base || !shown.is_null();
}

std::vector<Verdict> Run::ask_conflict_hook(const Item& item) {
  std::vector<Verdict> verdicts;
  for (const FieldConflict& conflict : item.decision.conflicts) {
    Verdict verdict{conflict.ordinal, std::nullopt};
    std::optional<Json> winner;
    if (sync_.hook && sync_.hook->has(Hook::Stage::Conflict)) {
      const std::string& column = mapping_.fields()[conflict.ordinal].column;
      const HookVerdict refused = sync_.hook->conflict({item.id, item.label, sync_.nouns.one}, column, json::to_readable(conflict.here),
                                                       json::to_readable(conflict.there), json::to_readable(conflict.base), winner);
      if (refused) tally_.warn(item, "hook", tally_.name_of(item) + ": " + *refused);
    }
    std::string problem;
    if (winner)
      verdict.winner =
          take_cell(mapping_.fields()[conflict.ordinal], cell_of(mapping_.fields()[conflict.ordinal], *winner, arena_), arena_, problem);
    if (!problem.empty()) {
      verdict.winner.reset();
      tally_.warn(item, "hook", tally_.name_of(item) + ": what the hook's conflict returned: " + problem);
    }
    // A hook that chooses the row's side of what cannot be read chooses nothing that could be sent.
    if (winner && conflict.here.is_unreadable() && *winner == json::to_readable(conflict.here)) verdict.winner.reset();
    verdicts.push_back(verdict);
  }
  return verdicts;
}

void Run::reject(const Item& item, const std::string& reason) {
  rejections_.met(item.id, item.key);
  meet_stranger(item);
  tally_.rejected(item, reason);
  writer_->reject(item, reason);
  if (options_.dry_run) plan_refusal(item, reason);
}

/// A record that no run can work on as it stands: told, and kept under `lockstep rejected` until a run finds it well.
void Run::set_aside(const Item& item, const std::string& reason) {
  rejections_.met(item.id, item.key);
  tally_.failed(item, reason);
  writer_->reject(item, reason);
}

/// What this run's list names is there: a 404 for it proves nothing but that one of two answers is wrong.
std::string Run::contradiction() const {
  return sync_.nouns.provider + " lists this " + sync_.nouns.one +
         " and answers that it does not exist when asked for it by its ID; nothing was concluded from that, run the same command again";
}

void Run::settle_unchanged(const Item& item) {
  if (rollback_) return settle_rollback(item);
  if (!options_.dry_run && !item.stored.empty() && !item.there.empty()) {
    writer_->together([&] {
      writer_->agree(item);
      finish_create(item);
    });
  }
  keep_promises(item);
  if (item.stored.empty() || item.decision.error) return;
  // Of what was warned of nobody says that it is up to date.
  const Decision& decision = item.decision;
  const bool told = !decision.conflicts.empty() || !decision.pending_local.empty() || !decision.pending_remote.empty() ||
                    (item.link != kNoIndex && contested_.contains(links_[item.link].id));
  tally_.unchanged(item.id, item.label, told);
}

void Run::route(std::span<Item> items) {
  std::vector<Insertion> insertions;
  for (Item& item : items) {
    if (item.id.empty()) continue;
    spare(item, [&] {
      decided(item);
      if (item.link == kNoIndex && !item.stored.empty()) guards_.adopted();
      if (as_planned(item)) route_one(item, insertions);
    });
  }
  insert(std::move(insertions));
  writer_->flush();
}

void Run::route_one(Item& item, std::vector<Insertion>& insertions) {
  if (item.decision.local == Action::Insert) {
    if (maps_outside(item)) return;
    Insertion insertion{&item, {}, {}};
    if (assign_owner(insertion)) insertions.push_back(std::move(insertion));
  } else if (item.decision.nothing()) {
    settle_unchanged(item);
  } else {
    wait_to_write(item);
  }
}

/// Overwrites of either side wait until the list is complete and the guards have passed.
void Run::wait_to_write(Item& item) {
  count_waiting(item);
  if (options_.dry_run) return foresee(item);
  spool_.push(item.id, item.raw, item.hash, item.link, item.local, item.there);
}

/// An item whose row would lie outside `where` by a mapped column is none of this sync's.
bool Run::maps_outside(const Item& item) const {
  return std::any_of(mapping_.conditions().begin(), mapping_.conditions().end(), [&](const RowCondition& condition) {
    const auto ordinal = mapping_.find(condition.column);
    return ordinal && !mapping_.fields()[*ordinal].lookup && !condition.holds(item.there[*ordinal]);
  });
}

/// Why a new row would lie outside `where` by an owned column: no run would ever see it again.
std::string Run::owned_outside(const Json::Object& owned) const {
  for (const RowCondition& condition : mapping_.conditions()) {
    const auto named = [&](std::string_view name) { return equal_ignore_case(name, condition.column); };
    const bool is_owned = std::any_of(mapping_.owned().begin(), mapping_.owned().end(),
                                      [&](const OwnedColumn& each) { return named(each.column.name) && !each.uuid; });
    if (!is_owned) continue;
    const auto given = std::find_if(owned.begin(), owned.end(), [&](const auto& each) { return named(each.first); });
    Arena arena;
    if (!condition.holds(given == owned.end() ? Value::null() : json::to_value(given->second, arena)))
      return "the new row would lie outside `where`: " + condition.text() + ", and assign_owner does not say so";
  }
  return {};
}

/// Gives each owned column of the type uuid its value, unless the hook did. What is wrong when a part of the primary key stays empty: a row
/// without a key is never written.
std::string Run::fill_key(Json::Object& owned, Row there) const {
  const auto given = [&](std::string_view name) {
    return std::any_of(owned.begin(), owned.end(),
                       [&](const auto& each) { return equal_ignore_case(each.first, name) && !each.second.is_null(); });
  };
  for (const OwnedColumn& column : mapping_.owned()) {
    if (!column.uuid || given(column.column.name)) continue;
    std::erase_if(owned, [&](const auto& each) { return equal_ignore_case(each.first, column.column.name); });
    owned.emplace_back(column.column.name, make_uuid());
  }
  for (const std::string& name : target_.given_keys) {
    const auto ordinal = mapping_.find(name);
    const bool constant = std::any_of(mapping_.constants().begin(), mapping_.constants().end(),
                                      [&](const Constant& each) { return equal_ignore_case(each.column, name); });
    if (constant || given(name) || (ordinal && !there[*ordinal].is_nothing())) continue;
    return "the primary key " + in_quotes(name) + " of the new row would be empty" + (ordinal ? "" : "; assign_owner gave it no value");
  }
  return {};
}

bool Run::assign_owner(Insertion& insertion) {
  Item& item = *insertion.item;
  const Json* last = item.base == nullptr ? nullptr : item.base->held.find(kOwnedMember);
  if (last != nullptr && last->object() != nullptr) {
    insertion.owned = *last->object();
  } else if (sync_.hook && sync_.hook->has(Hook::Stage::AssignOwner)) {
    if (const HookVerdict refused =
            sync_.hook->assign_owner({item.id, item.label, sync_.nouns.one, item.keys}, item.raw, insertion.owned)) {
      reject(item, *refused);
      return false;
    }
    if (const std::string wrong = refuse_owned(mapping_, insertion.owned); !wrong.empty()) {
      reject(item, wrong);
      return false;
    }
  }
  if (const std::string outside = owned_outside(insertion.owned); !outside.empty()) {
    reject(item, outside);
    return false;
  }
  if (const std::string lacks = fill_key(insertion.owned, item.there); !lacks.empty()) {
    reject(item, lacks);
    return false;
  }
  if (!insertion.owned.empty()) item.owned = Json(Json::Object(insertion.owned.begin(), insertion.owned.end()));
  return true;
}

void Run::insert(std::vector<Insertion> insertions) {
  std::vector<RecordChange> events;
  std::erase_if(insertions, [&](const Insertion& insertion) {
    return !spare(*insertion.item, [&] {
      RecordChange& event = events.emplace_back(tally_.change_of(*insertion.item));
      event.owned = insertion.owned;
    });
  });
  if (options_.dry_run) {
    for (std::size_t i = 0; i < insertions.size(); ++i) foresee_insert(insertions[i], std::move(events[i]));
    return;
  }
  writer_->insert(insertions, events);
  for (const Insertion& insertion : insertions) {
    if (insertion.refused.empty()) {
      keep_promises(*insertion.item);
      continue;
    }
    if (!last_try_) {
      keep_out(insertion);
      postpone(*insertion.item);
      continue;
    }
    const std::string reason = refusal_of(insertion);
    tally_.failed(*insertion.item, reason);
    writer_->reject(*insertion.item, reason);
  }
}

std::string_view Run::label_of(std::string_view raw, std::string_view id) {
  try {
    const Json document = json::parse(raw);
    const Json* label = mapping_.place_in(mapping_.label(), document).find(document);
    if (label != nullptr && label->text() != nullptr && !label->text()->empty()) return arena_.copy(*label->text());
  } catch (const Error&) {
    // A record that cannot be read has no other name than its id.
  }
  return id;
}

}  // namespace lockstep
