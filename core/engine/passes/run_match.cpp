// How records find their rows by more than an id: references read ahead, rows and records paired by their natural key.
#include <algorithm>

#include "engine/passes/run.h"

namespace lockstep {

void Run::know_references(std::span<Item> items) {
  if (!references_.any() || items.empty()) return;
  std::vector<Row> rows;
  for (const Item& item : items) rows.emplace_back(item.there);
  references_.know_remote(rows);
  for (const std::string& broken : references_.take_broken()) {
    tally_.problem({Problem::Severity::Warning, {}, {}, "broken_reference", broken + ", which does not exist; run: lockstep migrate"});
  }
}

/// The natural keys of the rows that have neither id nor link.
void Run::know_unlinked_rows() {
  if (!natural_.any()) return;
  std::vector<Item> items;
  for (std::size_t i = 0; i < locals_.rows().size(); ++i) {
    const LocalRow& row = locals_.rows()[i];
    if (!row.id.empty() || row.link != kNoIndex) continue;
    Item& item = items.emplace_back();
    item.local = static_cast<std::uint32_t>(i);
    item.key = row.key;
  }
  for (std::size_t at = 0; at < items.size(); at += kChunk) {
    const std::span<Item> chunk = std::span(items).subspan(at, std::min(kChunk, items.size() - at));
    load_rows(chunk);
    for (const Item& item : chunk) {
      if (!item.stored.empty()) natural_.add_row(item.local, target_.fields(item.stored));
    }
  }
}

/// No row is known for the item: it was never linked, or its row is gone, and may have been made again without its id.
bool Run::lacks_row(const Item& item) const {
  if (!item.key.empty() || item.local != kNoIndex) return false;
  return item.link == kNoIndex || (links_[item.link].left_at == 0 && locals_.of_link(item.link) == LocalRows::LinkRow::Missing);
}

/// A record that a row waits for stays back until it is known whether it is the only one.
bool Run::hold_back(const Item& item) {
  if (!lacks_row(item) || !natural_.is_wanted(item.there)) return false;
  natural_.hold(item);
  return true;
}

void Run::match_held_back() {
  if (natural_.not_comparable() > 0) {
    const std::string& column = mapping_.fields()[mapping_.match()->ordinal].column;
    tally_.problem({Problem::Severity::Warning,
                    {},
                    {},
                    "not_comparable",
                    std::to_string(natural_.not_comparable()) + " rows without an ID hold a " + column +
                        " without \"+\" and country code, which can be compared only when the mapping says country_code"});
  }
  std::vector<Item> items;
  for (const NaturalKeys::Held& held : natural_.conclude()) {
    Item item;
    item.id = held.id;
    item.label = held.label;
    if (held.local == kNoIndex) {
      ++report_.only_remote;
      tally_.warn(item, "several_matches",
                  tally_.name_of(item) + " cannot be matched: " + std::to_string(held.rows) + (held.rows == 1 ? " row" : " rows") +
                      " and several items may be meant; write its ID into the right row");
      continue;
    }
    LocalRow& row = locals_.rows()[held.local];
    row.met = true;
    item.hash = held.hash;
    item.raw = held.raw;
    item.link = held.link;
    item.local = static_cast<std::uint32_t>(held.local);
    item.key = row.key;
    items.push_back(std::move(item));
  }
  for (std::size_t at = 0; at < items.size(); at += kChunk) {
    check_stop();
    arena_.clear();
    const auto end = items.begin() + static_cast<std::ptrdiff_t>(std::min(at + kChunk, items.size()));
    std::vector<Item> chunk(std::make_move_iterator(items.begin() + static_cast<std::ptrdiff_t>(at)), std::make_move_iterator(end));
    for (Item& item : chunk) item.raw = padded_copy(item.raw, arena_);
    process(std::move(chunk));
  }
}

}  // namespace lockstep
