#include "engine/passes/agreed_rows.h"

#include <algorithm>

#include "engine/passes/chunk.h"
#include "engine/passes/guards.h"
#include "engine/sides/likeness.h"

namespace lockstep {

AgreedRows::AgreedRows(RunContext& run, Chunk& chunk) : Pass(run), chunk_(chunk) {}

void AgreedRows::find_reused_keys() {
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
    chunk_.clear();
    const std::span<Item> chunk = std::span(items).subspan(at, std::min(kChunk, items.size() - at));
    chunk_.load_bases(chunk);
    chunk_.load_rows(chunk);
    for (Item& item : chunk) {
      if (!is_row_of_link(item)) locals_.unlink(item.local, links_);
    }
  }
}

bool AgreedRows::is_row_of_link(Item& item) {
  if (item.base == nullptr || item.stored.empty()) return true;
  return looks_agreed(facts_.build(item, link_of(item), chunk_.arena()));
}

bool AgreedRows::is_agreed_row(const Item& item) const {
  if (item.local == kNoIndex || item.facts.base.empty() || item.facts.here.empty()) return true;
  const std::uint32_t own = locals_.rows()[item.local].link;
  return own == item.link ? !is_bare(item.facts) : looks_agreed(item.facts) && !was_its_row(item);
}

/// By the journal: before the link went to the key that it names.
bool AgreedRows::was_its_row(const Item& item) const {
  const std::vector<ChangeEntry> changes = state_.changes({.record = std::string(item.key)});
  return std::any_of(changes.begin(), changes.end(), [&](const ChangeEntry& change) {
    return change.sync_id == entry_.id && change.local_key == item.key && change.remote_id == item.id;
  });
}

/// Nothing but key and id is left of a row that held several texts or objects: it was made again, and has no opinion yet.
bool AgreedRows::is_bare(const Facts& facts) const {
  std::size_t lost = 0;
  for (std::size_t i = 1; i < facts.here.size(); ++i) {
    if (!tells_rows_apart(mapping_, i)) continue;
    if (!facts.here[i].is_nothing()) return false;
    lost += is_blank(facts.base[i].here) ? 0U : 1U;
  }
  return lost > 1;
}

bool AgreedRows::looks_agreed(const Facts& facts) const {
  const auto same_as_base = [&](std::size_t i) {
    return facts.base[i].untouched || same(mapping_.fields()[i], facts.here[i], facts.base[i].here);
  };
  const auto holds = [&](std::size_t i) {
    const bool known = !facts.base[i].there.is_absent() || facts.base[i].untouched;
    return known && (!facts.here[i].is_nothing() || !facts.base[i].here.is_nothing());
  };
  return still_the_same(mapping_, locals_.alike(), same_as_base, holds);
}

bool AgreedRows::is_agreed_with(const Link& link, const Base& base, Row stored) {
  Item item;
  item.id = item.label = link.remote_id;
  item.key = link.local_key;
  item.base = &base;
  item.stored = stored;
  return looks_agreed(facts_.build(item, &link, chunk_.arena()));
}

}  // namespace lockstep
