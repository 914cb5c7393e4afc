#include "engine/passes/matching.h"

#include <algorithm>
#include <utility>

#include "engine/passes/chunk.h"
#include "engine/passes/faults.h"
#include "engine/passes/processing.h"
#include "engine/sides/hook_result.h"

namespace lockstep {

Matching::Matching(RunContext& run, Chunk& chunk, Faults& faults, Processing& processing)
    : Pass(run), chunk_(chunk), faults_(faults), processing_(processing) {}

void Matching::know_unlinked_rows() {
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
    chunk_.load_rows(chunk);
    for (const Item& item : chunk) {
      if (!item.stored.empty()) natural_.add_row(item.local, target_.fields(item.stored));
    }
  }
}

/// No row is known for the item: it was never linked, or its row is gone, and may have been made again without its id.
bool Matching::lacks_row(const Item& item) const {
  if (!item.key.empty() || item.local != kNoIndex) return false;
  return item.link == kNoIndex || (links_[item.link].left_at == 0 && locals_.of_link(item.link) == LocalRows::LinkRow::Missing);
}

bool Matching::hold_back(const Item& item) {
  if (!lacks_row(item) || !natural_.is_wanted(item.there)) return false;
  natural_.hold(item);
  return true;
}

/// Rows that no record can be compared with.
void Matching::tell_not_comparable() {
  if (natural_.not_comparable() == 0) return;
  const std::string& column = mapping_.fields()[mapping_.match()->ordinal].column;
  tally_.problem({Problem::Severity::Warning,
                  {},
                  {},
                  "not_comparable",
                  std::to_string(natural_.not_comparable()) + " rows without an ID hold a " + column +
                      " without \"+\" and country code, which can be compared only when the mapping says country_code"});
}

void Matching::match_held_back() {
  tell_not_comparable();
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
    chunk_.clear();
    const auto end = items.begin() + static_cast<std::ptrdiff_t>(std::min(at + kChunk, items.size()));
    std::vector<Item> chunk(std::make_move_iterator(items.begin() + static_cast<std::ptrdiff_t>(at)), std::make_move_iterator(end));
    for (Item& item : chunk) item.raw = padded_copy(item.raw, chunk_.arena());
    processing_.process(std::move(chunk));
  }
}

void Matching::match_by_hook(Item& item) {
  if (!sync_.hook || !sync_.hook->has(Hook::Stage::Match) || !lacks_row(item)) return;
  std::vector<std::size_t> free;
  std::vector<Item> rows;
  for (std::size_t i = 0; i < locals_.rows().size(); ++i) {
    const LocalRow& row = locals_.rows()[i];
    if (row.met || !row.id.empty() || row.link != kNoIndex) continue;
    free.push_back(i);
    rows.emplace_back().key = row.key;
  }
  chunk_.load_rows(rows);
  std::vector<Json> candidates;
  for (const Item& row : rows) candidates.push_back(row.stored.empty() ? Json() : row_object(target_.shape, row.stored));
  std::optional<std::size_t> chosen;
  if (const HookVerdict refused = sync_.hook->match({item.id, item.label, sync_.nouns.one}, item.raw, candidates, chosen)) {
    faults_.reject(item, *refused);
    item.id = {};
    return;
  }
  if (!chosen) return;
  LocalRow& row = locals_.rows()[free.at(*chosen)];
  row.met = true;
  item.local = static_cast<std::uint32_t>(free[*chosen]);
  item.key = row.key;
}

}  // namespace lockstep
