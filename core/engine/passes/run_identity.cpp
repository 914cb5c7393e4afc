// Which row is whose, where an id or a key alone does not tell: keys that the application used again, ids that were mistyped, ids that
// are alike, items that carry the mark of a row. What cannot be told is written to on neither side.

#include <algorithm>

#include "common/text.h"
#include "engine/passes/run.h"
#include "engine/sides/likeness.h"
#include "engine/write/outgoing.h"
#include "format/json.h"

namespace lockstep {
namespace {

/// Tags of LikeIds: links are even, rows odd.
std::uint32_t tag_of_link(std::size_t link) { return static_cast<std::uint32_t>(link * 2); }
std::uint32_t tag_of_row(std::size_t row) { return static_cast<std::uint32_t>(row * 2 + 1); }
bool is_row(const LikeIds::Entry& entry) { return entry.tag % 2 == 1; }

}  // namespace

/// A row without an id is the one of its key's link when most of its cells say so too. Else the key was used again: the row is a new one,
/// and where it bears the old one's label a person is asked (run_lookalikes.cpp).
void Run::find_reused_keys() {
  std::vector<Item> items;
  for (std::size_t i = 0; i < locals_.rows().size(); ++i) {
    const LocalRow& row = locals_.rows()[i];
    if (row.link == kNoIndex || !row.id.empty()) continue;
    Item& item = items.emplace_back();
    item.id = links_[row.link].remote_id;
    item.label = row.label;
    item.link = row.link;
    item.local = static_cast<std::uint32_t>(i);
    item.key = row.key;
  }
  for (std::size_t at = 0; at < items.size(); at += kChunk) {
    arena_.clear();
    const std::span<Item> chunk = std::span(items).subspan(at, std::min(kChunk, items.size() - at));
    load_bases(chunk);
    load_rows(chunk);
    for (Item& item : chunk) {
      if (!is_row_of_link(item)) locals_.unlink(item.local, links_);
    }
  }
}

bool Run::is_row_of_link(Item& item) {
  if (item.base == nullptr || item.stored.empty()) return true;
  return looks_agreed(facts_.build(item, link_of(item), arena_));
}

/// What was agreed on belongs to a key and an id. A row that bears the id under a key without a link is still the same one when its cells
/// say so: a table may have been built anew.
bool Run::is_agreed_row(const Item& item) const {
  if (item.local == kNoIndex || item.facts.base.empty() || item.facts.here.empty()) return true;
  const std::uint32_t own = locals_.rows()[item.local].link;
  return own == item.link ? !is_bare(item.facts) : looks_agreed(item.facts);
}

/// Nothing but key and id is left of a row that held several texts or objects: it was made again, and has no opinion yet.
bool Run::is_bare(const Facts& facts) const {
  std::size_t lost = 0;
  for (std::size_t i = 1; i < facts.here.size(); ++i) {
    if (!tells_rows_apart(mapping_, i)) continue;
    if (!facts.here[i].is_nothing()) return false;
    lost += is_blank(facts.base[i].here) ? 0U : 1U;
  }
  return lost > 1;
}

/// Evidence that the row is the one that the base is about.
bool Run::looks_agreed(const Facts& facts) const {
  const auto same_as_base = [&](std::size_t i) {
    return facts.base[i].untouched || same(mapping_.fields()[i], facts.here[i], facts.base[i].here);
  };
  const auto holds = [&](std::size_t i) {
    const bool known = !facts.base[i].there.is_absent() || facts.base[i].untouched;
    return known && (!facts.here[i].is_nothing() || !facts.base[i].here.is_nothing());
  };
  return still_the_same(mapping_, locals_.alike(), same_as_base, holds);
}

/// True when the record has to wait until the list is complete; it is kept then.
bool Run::await_list(const Item& item, std::string_view raw) {
  if (item.local != kNoIndex || item.id.empty()) return false;
  bool waits = false;
  if (item.link != kNoIndex) {
    const auto row = locals_.row_of_link(item.link);
    waits = item.key.empty() && row && !locals_.rows()[*row].id.empty();
  } else {
    const bool marked = marker_of_database(raw).has_value();
    if (marked) markers_are_kept();
    waits = marked || was_replaced(item.id) || !like_ids().others(item.id).empty() || may_stand_for_missing(raw);
  }
  if (waits) awaited_.push_back({std::string(item.id), std::string(raw), item.hash, item.link});
  return waits;
}

/// The marker of an item that this database made for a row of this table.
std::optional<Marker> Run::own_marker(std::string_view raw) const {
  std::optional<Marker> marker = marker_of_database(raw);
  return marker && marker->table == target_.table.name ? marker : std::nullopt;
}

/// The same, whichever table it was made for.
std::optional<Marker> Run::marker_of_database(std::string_view raw) const {
  if (sync_.resource->marker.empty() || database_.database_id.empty()) return std::nullopt;
  if (raw.find(database_.database_id) == std::string_view::npos) return std::nullopt;
  std::optional<Marker> marker = Marker::parse(marker_in(raw));
  return marker && marker->database == database_.database_id ? marker : std::nullopt;
}

void Run::settle_awaited() {
  for (std::size_t at = 0; at < awaited_.size(); at += kChunk) {
    check_stop();
    arena_.clear();
    std::vector<Item> items;
    for (const Awaited& awaited : std::span(awaited_).subspan(at, std::min(kChunk, awaited_.size() - at))) {
      Item item;
      item.id = item.label = awaited.id;
      item.raw = awaited.raw.empty() ? std::string_view() : padded_copy(awaited.raw, arena_);
      item.hash = awaited.hash;
      item.link = awaited.link;
      const bool clear = item.link != kNoIndex ? settle_moved(item) : settle_new(item);
      if (clear) items.push_back(std::move(item));
    }
    process(std::move(items));
  }
}

/// An item that no link knows.
bool Run::settle_new(Item& item) {
  take_up_successor(item);
  if (item.key.empty() && !settle_marked(item)) return false;
  return !item.key.empty() || (settle_like(item) && settle_made_anew(item));
}

/// Another sync of this database made the item anew for one that is gone: where a row bears the id of that one, it goes on with the item.
void Run::take_up_successor(Item& item) {
  const std::optional<Marker> marker = marker_of_database(item.raw);
  if (!marker || marker->table == target_.table.name) return;
  const std::string old_id = made_anew_for(item.id);
  const auto row = locals_.find(old_id);
  const auto link = links_.by_remote(old_id);
  if (row && !locals_.rows()[*row].met) return claim_successor(item, locals_.rows()[*row].key);
  if (link && !seen_[*link] && locals_.of_link(*link) == LocalRows::LinkRow::Clean) claim_successor(item, links_[*link].local_key);
}

void Run::claim_successor(Item& item, std::string_view key) {
  claim_row(item, key);
  claimed_.insert(std::string(item.id));
}

/// By the journal; empty: it was not made so.
std::string Run::made_anew_for(std::string_view id) {
  for (const ChangeEntry& change : state_.changes({.record = std::string(id)})) {
    if (change.remote_id != id || change.action != to_string(Action::Recreate) || change.fields.object() == nullptr) continue;
    for (const Json::Member& field : *change.fields.object()) {
      if (field.second.text_at("after") == id) return field.second.text_at("before");
    }
  }
  return {};
}

/// The row of this link bears another id by now. Is that one live, the row has changed its item; else somebody mistyped it.
bool Run::settle_moved(const Item& item) {
  LocalRow& row = locals_.rows()[*locals_.row_of_link(item.link)];
  // Where only some ids are asked for, the list says nothing of the others.
  if (!row.listed && id_stream_ != nullptr) row.listed = sync_.provider->get(*sync_.resource, row.id, call_).has_value();
  if (row.listed) return true;
  // Rows that share an id are told of by themselves.
  row.met = !row.shares_id;
  if (const auto other = links_.by_remote(row.id)) links_set_aside_.insert(static_cast<std::uint32_t>(*other));
  set_aside(item, row_name(row.key) + " bears the ID " + in_quotes(row.id) + ", which " + sync_.nouns.provider +
                      " does not list, and was the row of " + in_quotes(item.id) +
                      ", which is there; nothing was written to either: put the ID right, or run: lockstep adopt " + std::string(item.id) +
                      " --row " + std::string(row.key) + sync_option());
  return false;
}

/// An item that was made for a row is linked to it, when the row has no other. False when it was told of.
bool Run::settle_marked(Item& item) {
  const std::optional<Marker> marker = own_marker(item.raw);
  if (!marker) return true;
  const std::string text = marker->text();
  if (const auto first = marked_.find(text); first != marked_.end() && first->second != item.id) {
    tell_twin_of_marker(item, first->second);
    return false;
  }
  const auto row = locals_.row_of_key(marker->key);
  const auto by_key = links_.by_key(marker->key);
  std::optional<std::size_t> link;
  if (row && locals_.rows()[*row].link != kNoIndex) link = locals_.rows()[*row].link;
  if (!row && by_key && locals_.of_link(*by_key) == LocalRows::LinkRow::Clean) link = by_key;
  if (link && is_live({links_[*link].remote_id, tag_of_link(*link)})) {
    if (!is_twin(static_cast<std::uint32_t>(*link), text)) return true;  // its row is gone, and the key is another's
    tell_twin_of_marker(item, links_[*link].remote_id);
    return false;
  }
  if (!link && !row && neighbours_.any() && is_outside_row(marker->key)) return false;
  if (!link && (!row || locals_.rows()[*row].met)) return true;
  if (!link && !looks_like_row(item, marker->key)) {
    set_aside(item, tally_.name_of(item) + " was made for " + row_name(marker->key) + ", and the two do not look alike; nothing was " +
                        "written to either: if they belong together, run: lockstep adopt " + std::string(item.id) + " --row " +
                        marker->key + sync_option() + "; if not, take " + sync_.resource->marker_path() + " out of the " + sync_.nouns.one);
    locals_.rows()[*row].met = true;
    return false;
  }
  claim_row(item, marker->key);
  marked_.emplace(text, item.id);
  claimed_.insert(std::string(item.id));
  return true;
}

/// What the rules make of the item, told to nobody. False when a hook refuses it.
bool Run::shape_for_a_look(Item& probe) {
  probe.there = arena_.make<Value>(mapping_.fields().size());
  host_.mute(true);
  const HookVerdict refused = shaper_.shape({probe.id, probe.label, sync_.nouns.one}, probe.raw, probe.there, arena_);
  host_.mute(false);
  if (refused) return false;
  know_references(std::span(&probe, 1));
  return true;
}

/// Evidence that the item and the unlinked row with this key are the same thing.
bool Run::looks_like_row(const Item& item, std::string_view key) {
  Item probe = item;
  probe.key = key;
  if (!shape_for_a_look(probe)) return false;
  load_rows(std::span(&probe, 1));
  if (probe.stored.empty()) return false;
  const Facts facts = facts_.build(probe, nullptr, arena_);
  const auto equal = [&](std::size_t i) { return same(mapping_.fields()[i], facts.here[i], facts.there[i]); };
  const auto holds = [&](std::size_t i) { return !facts.here[i].is_nothing(); };
  return look_alike(mapping_, locals_.alike(), equal, holds);
}

void Run::tell_twin_of_marker(const Item& item, std::string_view other) {
  set_aside(item, tally_.name_of(item) + " carries the mark of " + in_quotes(other) +
                      ": one create made both, or one is a copy; it is left where it is, and no row is made for it. To keep both, take " +
                      sync_.resource->marker_path() + " out of it");
}

/// Did the promise that made the linked item make this one, too?
bool Run::is_twin(std::uint32_t link, const std::string& marker) {
  const std::int64_t ids[] = {links_[link].id};
  const auto bases = state_.load_bases(ids);
  return !bases.empty() && marker_of(json::parse(bases.begin()->second.document), *sync_.resource) == marker;
}

/// All ids that links and rows bear, built when it is first asked for.
const LikeIds& Run::like_ids() {
  if (like_ids_) return *like_ids_;
  like_ids_.emplace();
  for (std::size_t i = 0; i < seen_.size(); ++i) like_ids_->add(links_[i].remote_id, tag_of_link(i));
  for (std::size_t i = 0; i < locals_.rows().size(); ++i) {
    const LocalRow& row = locals_.rows()[i];
    if (!row.id.empty() && !links_.by_remote(row.id)) like_ids_->add(row.id, tag_of_row(i));
  }
  return *like_ids_;
}

/// Did this run's list name it? Where only some ids are asked for, a link speaks for the others.
bool Run::is_live(const LikeIds::Entry& entry) const {
  const std::size_t index = entry.tag / 2;
  if (is_row(entry)) return locals_.rows()[index].listed;
  return seen_[index] || (id_stream_ != nullptr && links_[index].gone_at == 0);
}

bool Run::bears_row(const LikeIds::Entry& entry) const {
  return is_row(entry) || locals_.of_link(entry.tag / 2) == LocalRows::LinkRow::Clean || locals_.find(entry.id).has_value();
}

/// A listed item that no row is known for, while a row bears an id like it that the list does not name. False when it was told of.
bool Run::settle_like(const Item& item) {
  for (const LikeIds::Entry& entry : like_ids().others(item.id)) {
    if (is_live(entry) || !bears_row(entry)) continue;
    std::string key;
    if (const auto row = locals_.find(entry.id)) {
      locals_.rows()[*row].met = true;
      key = locals_.rows()[*row].key;
    }
    if (!is_row(entry)) {
      links_set_aside_.insert(entry.tag / 2);
      key = links_[entry.tag / 2].local_key;
    }
    tell_like(item.id, entry.id, key);
    return false;
  }
  return true;
}

/// A row whose id the list does not name, while it names one like it.
bool Run::has_live_twin(const Item& item) {
  if (item.key.empty()) return false;
  for (const LikeIds::Entry& entry : like_ids().others(item.id)) {
    if (!is_live(entry)) continue;
    tell_like(entry.id, item.id, item.key);
    return true;
  }
  return false;
}

void Run::tell_like(std::string_view listed, std::string_view borne, std::string_view key) {
  Item item;
  item.id = item.label = borne;
  item.key = key;
  set_aside(item, row_name(key) + " bears the ID " + in_quotes(borne) + ", and " + sync_.nouns.provider + " has " + in_quotes(listed) +
                      ": they differ in letter case, blanks, leading zeros or Unicode form alone; nothing was written to either. If " +
                      "they are the same, run: lockstep adopt " + std::string(listed) + " --row " + std::string(key) + sync_option());
}

}  // namespace lockstep
