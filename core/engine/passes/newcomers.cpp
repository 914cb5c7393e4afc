#include "engine/passes/newcomers.h"

#include <algorithm>
#include <utility>

#include "common/text.h"
#include "engine/passes/chunk.h"
#include "engine/passes/come_back.h"
#include "engine/passes/create_claims.h"
#include "engine/passes/faults.h"
#include "engine/passes/made_anew.h"
#include "engine/passes/markers.h"
#include "engine/passes/outsiders.h"
#include "engine/passes/processing.h"
#include "engine/passes/twins.h"
#include "engine/sides/likeness.h"
#include "engine/sides/marker.h"
#include "engine/write/outgoing.h"
#include "format/json.h"

namespace lockstep {

Newcomers::Newcomers(RunContext& run, Chunk& chunk, ComeBack& come_back, CreateClaims& create_claims, Faults& faults, MadeAnew& made_anew,
                     Markers& markers, Outsiders& outsiders, Processing& processing, Twins& twins)
    : Pass(run),
      chunk_(chunk),
      come_back_(come_back),
      create_claims_(create_claims),
      faults_(faults),
      made_anew_(made_anew),
      markers_(markers),
      outsiders_(outsiders),
      processing_(processing),
      twins_(twins) {}

bool Newcomers::await_list(const Item& item, std::string_view raw) {
  if (item.local != kNoIndex || item.id.empty()) return false;
  bool waits = false;
  if (item.link != kNoIndex) {
    const auto row = locals_.row_of_link(item.link);
    waits = item.key.empty() && row && !locals_.rows()[*row].id.empty();
  } else {
    const bool marked = markers_.marker_of_database(raw).has_value();
    if (marked) markers_.markers_are_kept();
    waits =
        marked || come_back_.was_replaced(item.id) || !twins_.like_ids().others(item.id).empty() || made_anew_.may_stand_for_missing(raw);
  }
  if (waits) awaited_.push_back({std::string(item.id), std::string(raw), item.hash, item.link});
  return waits;
}

void Newcomers::settle_awaited() {
  for (std::size_t at = 0; at < awaited_.size(); at += kChunk) {
    check_stop();
    chunk_.clear();
    std::vector<Item> items;
    for (const Awaited& awaited : std::span(awaited_).subspan(at, std::min(kChunk, awaited_.size() - at))) {
      Item item;
      item.id = item.label = awaited.id;
      item.raw = awaited.raw.empty() ? std::string_view() : padded_copy(awaited.raw, chunk_.arena());
      item.hash = awaited.hash;
      item.link = awaited.link;
      const bool clear = item.link != kNoIndex ? settle_moved(item) : settle_new(item);
      if (clear) items.push_back(std::move(item));
    }
    processing_.process(std::move(items));
  }
}

bool Newcomers::settle_new(Item& item) {
  take_up_successor(item);
  if (item.key.empty() && !settle_marked(item)) return false;
  return !item.key.empty() || (twins_.settle_like(item) && made_anew_.settle_made_anew(item));
}

/// Another sync of this database made the item anew for one that is gone: where a row bears the id of that one, it goes on with the item.
void Newcomers::take_up_successor(Item& item) {
  const std::optional<Marker> marker = markers_.marker_of_database(item.raw);
  if (!marker || marker->table == target_.table.name) return;
  const std::string old_id = made_anew_for(item.id);
  const auto row = locals_.find(old_id);
  const auto link = links_.by_remote(old_id);
  if (row && !locals_.rows()[*row].met) return claim_successor(item, locals_.rows()[*row].key);
  if (link && !seen_[*link] && locals_.of_link(*link) == LocalRows::LinkRow::Clean) claim_successor(item, links_[*link].local_key);
}

void Newcomers::claim_successor(Item& item, std::string_view key) {
  create_claims_.claim_row(item, key);
  create_claims_.claimed().insert(std::string(item.id));
}

/// By the journal; empty: it was not made so.
std::string Newcomers::made_anew_for(std::string_view id) {
  for (const ChangeEntry& change : state_.changes({.record = std::string(id)})) {
    if (change.remote_id != id || change.action != to_string(Action::Recreate) || change.fields.object() == nullptr) continue;
    for (const Json::Member& field : *change.fields.object()) {
      if (field.second.text_at("after") == id) return field.second.text_at("before");
    }
  }
  return {};
}

/// Is the id that the row bears a live item's, the row has changed its item; else somebody mistyped it. A row that bears another row's is in
/// question itself.
bool Newcomers::settle_moved(const Item& item) {
  LocalRow& row = locals_.rows()[*locals_.row_of_link(item.link)];
  if (row.shares_id) {
    faults_.set_aside(item, row_name(row.key) + " was the row of " + in_quotes(item.id) +
                                " and bears an ID that another row carries, too; " +
                                "no second row is made of it: put the ID right, or run: lockstep adopt " + std::string(item.id) +
                                " --row " + std::string(row.key) + sync_option());
    return false;
  }
  // Where only some ids are asked for, the list says nothing of the others.
  if (!row.listed && id_stream_ != nullptr) row.listed = sync_.provider->get(*sync_.resource, row.id, call_).has_value();
  if (row.listed) return true;
  row.met = true;
  if (const auto other = links_.by_remote(row.id)) links_set_aside_.insert(static_cast<std::uint32_t>(*other));
  faults_.set_aside(item, row_name(row.key) + " bears the ID " + in_quotes(row.id) + ", which " + sync_.nouns.provider +
                              " does not list, and was the row of " + in_quotes(item.id) +
                              ", which is there; nothing was written to either: put the ID right, or run: lockstep adopt " +
                              std::string(item.id) + " --row " + std::string(row.key) + sync_option());
  return false;
}

/// An item that was made for a row is linked to it, when the row has no other. False when it was told of.
bool Newcomers::settle_marked(Item& item) {
  const std::optional<Marker> marker = markers_.own_marker(item.raw);
  if (!marker) return true;
  const std::string text = marker->text();
  if (const auto first = create_claims_.marked().find(text); first != create_claims_.marked().end() && first->second != item.id) {
    tell_twin_of_marker(item, first->second);
    return false;
  }
  const auto row = locals_.row_of_key(marker->key);
  const auto by_key = links_.by_key(marker->key);
  std::optional<std::size_t> link;
  if (row && locals_.rows()[*row].link != kNoIndex) link = locals_.rows()[*row].link;
  if (!row && by_key && locals_.of_link(*by_key) == LocalRows::LinkRow::Clean) link = by_key;
  if (link && twins_.is_live(*link)) {
    if (!is_twin(static_cast<std::uint32_t>(*link), text)) return true;  // its row is gone, and the key is another's
    tell_twin_of_marker(item, links_[*link].remote_id);
    return false;
  }
  if (!link && !row && outsiders_.is_outside_row(marker->key)) {
    if (!neighbours_.any()) tell_made_outside(item, marker->key);
    return false;
  }
  if (!link && (!row || locals_.rows()[*row].met)) return true;
  if (!link && !looks_like_row(item, marker->key)) {
    faults_.set_aside(
        item, tally_.name_of(item) + " was made for " + row_name(marker->key) + ", and the two do not look alike; nothing was " +
                  "written to either: if they belong together, run: lockstep adopt " + std::string(item.id) + " --row " + marker->key +
                  sync_option() + "; if not, take " + sync_.resource->marker_path() + " out of the " + sync_.nouns.one);
    locals_.rows()[*row].met = true;
    return false;
  }
  create_claims_.claim_row(item, marker->key);
  create_claims_.marked().emplace(text, item.id);
  create_claims_.claimed().insert(std::string(item.id));
  return true;
}

/// Evidence that the item and the unlinked row with this key are the same thing.
bool Newcomers::looks_like_row(const Item& item, std::string_view key) {
  Item probe = item;
  probe.key = key;
  if (!chunk_.shape_for_a_look(probe)) return false;
  chunk_.load_rows(std::span(&probe, 1));
  if (probe.stored.empty()) return false;
  const Facts facts = facts_.build(probe, nullptr, chunk_.arena());
  const auto equal = [&](std::size_t i) { return same(mapping_.fields()[i], facts.here[i], facts.there[i]); };
  const auto holds = [&](std::size_t i) { return !facts.here[i].is_nothing(); };
  return look_alike(mapping_, locals_.alike(), equal, holds);
}

void Newcomers::tell_twin_of_marker(const Item& item, std::string_view other) {
  faults_.set_aside(item,
                    tally_.name_of(item) + " carries the mark of " + in_quotes(other) +
                        ": one create made both, or one is a copy; it is left where it is, and no row is made for it. To keep both, take " +
                        sync_.resource->marker_path() + " out of it");
}

/// As after a backup: the row was this sync's when the item was made for it, and is another's now.
void Newcomers::tell_made_outside(const Item& item, std::string_view key) {
  tally_.warn(item, "left_behind",
              tally_.name_of(item) + " stays in " + sync_.nouns.provider + " without a row: it was made for " + row_name(key) +
                  ", which is none of this sync's; no second row is made of it. To give it one, take " + sync_.resource->marker_path() +
                  " out of it");
}

/// Did the promise that made the linked item make this one, too?
bool Newcomers::is_twin(std::uint32_t link, const std::string& marker) {
  const std::int64_t ids[] = {links_[link].id};
  const auto bases = state_.load_bases(ids);
  return !bases.empty() && marker_of(json::parse(bases.begin()->second.document), *sync_.resource) == marker;
}

}  // namespace lockstep
