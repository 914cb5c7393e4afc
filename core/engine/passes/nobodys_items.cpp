#include "engine/passes/nobodys_items.h"

#include <algorithm>

#include "common/text.h"
#include "engine/passes/chunk.h"
#include "engine/passes/faults.h"
#include "engine/passes/markers.h"
#include "engine/passes/outsiders.h"
#include "engine/passes/remade_elsewhere.h"
#include "engine/passes/remade_rows.h"
#include "engine/sides/marker.h"

namespace lockstep {

NobodysItems::NobodysItems(RunContext& run, Chunk& chunk, Faults& faults, Markers& markers, Outsiders& outsiders,
                           RemadeElsewhere& remade_elsewhere, RemadeRows& remade_rows)
    : Pass(run),
      chunk_(chunk),
      faults_(faults),
      markers_(markers),
      outsiders_(outsiders),
      remade_elsewhere_(remade_elsewhere),
      remade_rows_(remade_rows) {}

void NobodysItems::find_counterparts() {
  counterparts_.emplace(mapping_);
  const std::vector<std::uint32_t> fresh = remade_rows_.rows_without_item();
  for (std::size_t at = 0; at < fresh.size(); at += kChunk) {
    std::vector<Item> items;
    for (const std::uint32_t local : std::span(fresh).subspan(at, std::min(kChunk, fresh.size() - at))) {
      Item& item = items.emplace_back();
      item.local = local;
      item.key = locals_.rows()[local].key;
    }
    chunk_.load_rows(items);
    for (const Item& item : items) {
      if (!item.stored.empty()) counterparts_->add_row(item.local, target_.fields(item.stored));
    }
  }
}

std::string NobodysItems::stands_before(const Item& item, std::string_view key) const {
  return row_name(key) + " is in the way of " + sync_.nouns.one + " " + in_quotes(item.label) + " (ID: " + std::string(item.id) + ")";
}

std::string NobodysItems::no_second_of(const Item& item, std::string_view key, const std::string& of_row) const {
  return "the " + sync_.nouns.one + " gets no row of its own, and no second " + sync_.nouns.one + " is created for it. If the two belong " +
         "together, run: lockstep adopt " + std::string(item.id) + " --row " + std::string(key) + of_row;
}

/// The item was made for a row of this database that is gone, or whose table is.
bool NobodysItems::is_of_lost_row(const Item& item) {
  const std::optional<Marker> marker = markers_.marker_of_database(item.raw);
  if (!marker) return false;
  if (marker->table == target_.table.name) return !outsiders_.has_row(marker->key) && !outsiders_.is_outside_row(marker->key);
  return !sync_.store->inspect(marker->table);
}

bool NobodysItems::is_counterpart(const Item& item) {
  if (!is_unowned(item) || (entry_.keeps_markers && !is_of_lost_row(item)) || !policy_.can_create || policy_.existing_only ||
      options_.open_create())
    return false;
  if (!counterparts_) find_counterparts();
  bool found = is_counterpart_elsewhere(item);
  for (const std::size_t at : counterparts_->candidates(item.there)) {
    LocalRow& row = locals_.rows()[at];
    if ((row.met && !remade_rows_.told().contains(at)) || !equals_row(item, row.key)) continue;
    found = row.met = true;
    remade_rows_.told().insert(at);
    tell_counterpart(item, row.key, sync_option());
  }
  return found;
}

/// The same with a row of a neighbour: who is first to meet the item would give it a second row, and the other the row a second item.
bool NobodysItems::is_counterpart_elsewhere(const Item& item) {
  if (!neighbours_.any() || !target_.exists) return false;
  if (!counterparts_elsewhere_) {
    counterparts_elsewhere_.emplace(mapping_);
    remade_elsewhere_.each_row_elsewhere([&](Row row, const std::string& sync) {
      if (remade_elsewhere_.is_tied_elsewhere(row)) return;
      counterparts_elsewhere_->add_row(static_cast<std::uint32_t>(maybe_of_nobody_.size()), target_.fields(row));
      maybe_of_nobody_.push_back({key_text(target_.key(row)), sync});
    });
  }
  bool found = false;
  for (const std::size_t at : counterparts_elsewhere_->candidates(item.there)) {
    const RowElsewhere& row = maybe_of_nobody_[at];
    const std::vector<OwnedRow> keys{key_values(row.key, target_.key_types)};
    const Rows rows = read_by_key(*sync_.store, target_, keys, true);
    if (rows.empty() || !equals_row(item, rows[0])) continue;
    found = true;
    tell_counterpart(item, row.key, " --sync " + row.sync);
  }
  return found;
}

void NobodysItems::tell_counterpart(const Item& item, std::string_view key, const std::string& of_row) {
  if (!entry_.keeps_markers) markers_.ask_for_want_of_them();
  faults_.set_aside(
      item, stands_before(item, key) + ": the row has no ID and holds the same, and " +
                (entry_.keeps_markers ? "the row that the " + sync_.nouns.one + " was made for is gone; "
                                      : "it is not known that " + sync_.nouns.provider + " keeps the mark of what was created of it; ") +
                no_second_of(item, key, of_row) + "; if not, give one of them another " +
                mapping_.fields()[counterparts_->first_text()].column);
}

bool NobodysItems::equals_row(const Item& item, std::string_view key) {
  Item probe = item;
  probe.key = key;
  chunk_.load_rows(std::span(&probe, 1));
  return !probe.stored.empty() && equals_row(item, probe.stored);
}

bool NobodysItems::equals_row(const Item& item, Row stored) {
  Item probe = item;
  probe.key = key_text(target_.key(stored));
  probe.stored = stored;
  const Facts facts = facts_.build(probe, nullptr, chunk_.arena());
  return holds_all_of(mapping_, facts.here, facts.there);
}

}  // namespace lockstep
