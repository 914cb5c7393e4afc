// Items that nobody owns and that may be a row's: what was created of it before a backup was restored, or what somebody made anew in the
// place of an item that is gone. Neither side gets a second one until a person says what they are.
#include <algorithm>

#include "common/text.h"
#include "engine/passes/run.h"
#include "engine/sides/like_ids.h"
#include "engine/sides/likeness.h"

namespace lockstep {
namespace {

/// So many links whose items are missing are compared with an item where no label tells which is meant.
constexpr std::size_t kMostMissing = 64;
/// So many items wait for the end of the list there.
constexpr std::size_t kMostAwaited = 1000;

bool are_like(const Value& one, const Value& other) {
  return one.is_view() && other.is_view() && like_form(one.as_view()) == like_form(other.as_view());
}

}  // namespace

void Run::find_counterparts() {
  counterparts_.emplace(mapping_);
  const std::vector<std::uint32_t> fresh = rows_without_item();
  for (std::size_t at = 0; at < fresh.size(); at += kChunk) {
    std::vector<Item> items;
    for (const std::uint32_t local : std::span(fresh).subspan(at, std::min(kChunk, fresh.size() - at))) {
      Item& item = items.emplace_back();
      item.local = local;
      item.key = locals_.rows()[local].key;
    }
    load_rows(items);
    for (const Item& item : items) {
      if (!item.stored.empty()) counterparts_->add_row(item.local, target_.fields(item.stored));
    }
  }
}

/// "row 7 of own is in the way of assistant "Ada" (ID: a1)"
std::string Run::stands_before(const Item& item, std::string_view key) const {
  return row_name(key) + " is in the way of " + sync_.nouns.one + " " + in_quotes(item.label) + " (ID: " + std::string(item.id) + ")";
}

std::string Run::no_second_of(const Item& item, std::string_view key, const std::string& of_row) const {
  return "the " + sync_.nouns.one + " gets no row of its own, and no second " + sync_.nouns.one + " is created for it. If the two belong " +
         "together, run: lockstep adopt " + std::string(item.id) + " --row " + std::string(key) + of_row;
}

/// The item was made for a row of this database that is gone, or whose table is.
bool Run::is_of_lost_row(const Item& item) {
  const std::optional<Marker> marker = marker_of_database(item.raw);
  if (!marker) return false;
  if (marker->table == target_.table.name) return !has_row(marker->key) && !is_outside_row(marker->key);
  return !sync_.store->inspect(marker->table);
}

/// True when the item holds what a row without an id does: both are told of. Where markers are kept, they tell what a create has made,
/// unless the row that they name is gone.
bool Run::is_counterpart(const Item& item) {
  if (!is_unowned(item) || (entry_.keeps_markers && !is_of_lost_row(item)) || !policy_.can_create || policy_.existing_only ||
      options_.open_create)
    return false;
  if (!counterparts_) find_counterparts();
  bool found = is_counterpart_elsewhere(item);
  for (const std::size_t at : counterparts_->candidates(item.there)) {
    LocalRow& row = locals_.rows()[at];
    if ((row.met && !remade_.contains(at)) || !equals_row(item, row.key)) continue;
    found = row.met = true;
    remade_.insert(at);
    tell_counterpart(item, row.key, sync_option());
  }
  return found;
}

/// The same with a row of a neighbour: who is first to meet the item would give it a second row, and the other the row a second item.
bool Run::is_counterpart_elsewhere(const Item& item) {
  if (!neighbours_.any() || !target_.exists) return false;
  if (!counterparts_elsewhere_) {
    counterparts_elsewhere_.emplace(mapping_);
    each_row_elsewhere([&](Row row, const std::string& sync) {
      if (is_tied_elsewhere(row)) return;
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

void Run::tell_counterpart(const Item& item, std::string_view key, const std::string& of_row) {
  asks_for_want_of_markers_ = asks_for_want_of_markers_ || !entry_.keeps_markers;
  set_aside(item,
            stands_before(item, key) + ": the row has no ID and holds the same, and " +
                (entry_.keeps_markers ? "the row that the " + sync_.nouns.one + " was made for is gone; "
                                      : "it is not known that " + sync_.nouns.provider + " keeps the mark of what was created of it; ") +
                no_second_of(item, key, of_row) + "; if not, give one of them another " +
                mapping_.fields()[counterparts_->first_text()].column);
}

bool Run::equals_row(const Item& item, std::string_view key) {
  Item probe = item;
  probe.key = key;
  load_rows(std::span(&probe, 1));
  return !probe.stored.empty() && equals_row(item, probe.stored);
}

bool Run::equals_row(const Item& item, Row stored) {
  Item probe = item;
  probe.key = key_text(target_.key(stored));
  probe.stored = stored;
  const Facts facts = facts_.build(probe, nullptr, arena_);
  return holds_all_of(mapping_, facts.here, facts.there);
}

/// May an item that is missing be made anew in this sync, by a run of any mode?
bool Run::makes_anew() const {
  return policy_.can_create && !policy_.existing_only && !sync_.leave_gone && !list_concludes() && !options_.open_create &&
         !options_.resolution;
}

/// The links of which the list has not named the item yet, whose row is there, and whose item this one may stand for.
std::vector<std::uint32_t> Run::missing_like(std::string_view label) {
  std::vector<std::uint32_t> found;
  const auto add = [&](std::size_t link) {
    const Link& known = links_[link];
    const auto row = locals_.row_of_link(link);
    const bool own = row && (locals_.rows()[*row].id.empty() || locals_.rows()[*row].id == known.remote_id);
    if (seen_[link] || known.left_at != 0 || locals_.out_of_reach(link) || locals_.shares_id(link)) return;
    if (own || locals_.of_link(link) == LocalRows::LinkRow::Clean) found.push_back(static_cast<std::uint32_t>(link));
  };
  if (label_tells()) {
    if (!by_label_) index_labels();
    const auto [from, to] = by_label_->equal_range(like_form(label));
    std::for_each(from, to, [&](const auto& entry) { add(entry.second); });
    return found;
  }
  for (std::size_t i = 0; i < seen_.size() && found.size() <= kMostMissing; ++i) add(i);
  if (found.size() > kMostMissing) found.clear();
  return found;
}

bool Run::label_tells() const {
  const std::vector<std::size_t>& uniform = locals_.uniform();
  return mapping_.label() != 0 && std::find(uniform.begin(), uniform.end(), mapping_.label()) == uniform.end();
}

void Run::index_labels() {
  by_label_.emplace();
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    if (const std::string_view label = locals_.label_of_link(i); !label.empty()) by_label_->emplace(like_form(label), i);
  }
}

/// Whether the items that look alike are missing is known at the end of the list.
bool Run::may_stand_for_missing(std::string_view raw) {
  if (seen_.empty() || raw.empty() || !makes_anew()) return false;
  if (!label_tells()) return awaited_.size() < kMostAwaited;
  return !missing_like(label_of(raw, {})).empty();
}

/// False when the item looks like one that is gone, and whose row would get another: it was told of.
bool Run::settle_made_anew(const Item& item) {
  if (!makes_anew()) return true;
  for (const std::uint32_t link : missing_like(label_of(item.raw, {}))) {
    if (!looks_as_known(item, link)) continue;
    // A 404 says so, now or earlier.
    bool gone = links_[link].gone_at != 0;
    if (!gone && !spare(item, [&] { gone = !sync_.provider->get(*sync_.resource, links_[link].remote_id, call_); })) return false;
    if (!gone) continue;
    tell_made_anew(item, link);
    return false;
  }
  return true;
}

void Run::tell_made_anew(Item item, std::uint32_t link) {
  item.label = label_of(item.raw, item.id);
  links_set_aside_.insert(link);
  stood_for_ += links_[link].gone_at == 0 ? 1U : 0U;
  if (const auto row = locals_.row_of_link(link)) locals_.rows()[*row].met = true;
  const std::string id(links_[link].remote_id), key(links_[link].local_key);
  set_aside(item, stands_before(item, key) + ": the two look alike, and the row's " + sync_.nouns.one + " " + in_quotes(id) + " is gone; " +
                      no_second_of(item, key, sync_option()) + "; if not, run: lockstep forget " + id + sync_option());
}

/// Evidence that the item holds what the link's item was last known to hold.
bool Run::looks_as_known(const Item& item, std::uint32_t link) {
  Item probe = item;
  probe.link = link;
  probe.key = links_[link].local_key;
  if (!shape_for_a_look(probe)) return false;
  load_bases(std::span(&probe, 1));
  load_rows(std::span(&probe, 1));
  if (probe.stored.empty()) return false;
  const Facts facts = facts_.build(probe, &links_[link], arena_);
  const auto known = [&](std::size_t i) {
    return facts.base.empty() || facts.base[i].there.is_absent() ? facts.here[i] : facts.base[i].there;
  };
  const auto equal = [&](std::size_t i) {
    return same(mapping_.fields()[i], known(i), facts.there[i]) || (i == mapping_.label() && are_like(known(i), facts.there[i]));
  };
  const auto holds = [&](std::size_t i) { return !known(i).is_nothing() || !facts.there[i].is_nothing(); };
  return look_alike(mapping_, locals_.alike(), equal, holds);
}

}  // namespace lockstep
