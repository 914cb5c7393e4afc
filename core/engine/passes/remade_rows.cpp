#include "engine/passes/remade_rows.h"

#include <algorithm>

#include "engine/passes/change_guards.h"
#include "engine/passes/chunk.h"
#include "engine/passes/open_work.h"
#include "engine/passes/remade_elsewhere.h"

namespace lockstep {
namespace {

template <class Work>
void by_chunks(std::span<const std::uint32_t> indexes, std::uint32_t Item::*index, Work work) {
  for (std::size_t at = 0; at < indexes.size(); at += kChunk) {
    std::vector<Item> items;
    for (const std::uint32_t each : indexes.subspan(at, std::min(kChunk, indexes.size() - at))) items.emplace_back().*index = each;
    work(std::span(items));
  }
}

}  // namespace

RemadeRows::RemadeRows(RunContext& run, ChangeGuards& change_guards, Chunk& chunk, OpenWork& open_work, RemadeElsewhere& remade_elsewhere)
    : Pass(run), change_guards_(change_guards), chunk_(chunk), open_work_(open_work), remade_elsewhere_(remade_elsewhere) {}

void RemadeRows::find_lookalikes() {
  const std::vector<std::uint32_t> gone = links_without_row();
  if (gone.empty()) return;
  const std::vector<std::uint32_t> fresh = rows_without_item();
  if (fresh.empty()) return;
  change_guards_.check_loaded_anew(gone.size(), fresh.size());
  lookalikes_.emplace(mapping_, locals_.alike());
  by_chunks(gone, &Item::link, [&](std::span<Item> chunk) {
    chunk_.load_bases(chunk);
    for (const Item& item : chunk) {
      if (item.base != nullptr) lookalikes_->add_gone(item.link, facts_.prints_of(*link_of(item), *item.base));
    }
  });
  each_print_of_rows(fresh, [&](std::uint32_t local, const std::vector<CellPrint>& prints) { lookalikes_->add_row(local, prints); });
}

void RemadeRows::each_print_of_rows(std::span<const std::uint32_t> locals,
                                    const std::function<void(std::uint32_t, const std::vector<CellPrint>&)>& work) {
  by_chunks(locals, &Item::local, [&](std::span<Item> chunk) {
    for (Item& item : chunk) item.key = locals_.rows()[item.local].key;
    chunk_.load_rows(chunk);
    for (const Item& item : chunk) {
      if (!item.stored.empty()) work(item.local, prints_of(mapping_, target_.fields(item.stored)));
    }
  });
}

std::vector<std::uint32_t> RemadeRows::links_without_row() const {
  std::vector<std::uint32_t> found;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const Link& link = links_[i];
    if (locals_.of_link(i) != LocalRows::LinkRow::Missing || link.gone_at != 0 || link.left_at != 0) continue;
    if (locals_.out_of_reach(i) || locals_.is_outside(link.remote_id) || locals_.of_nameless(link.remote_id)) continue;
    if (!locals_.find(link.remote_id)) found.push_back(static_cast<std::uint32_t>(i));
  }
  return found;
}

std::vector<std::uint32_t> RemadeRows::rows_without_item() const {
  std::vector<std::uint32_t> found;
  for (std::size_t i = 0; i < locals_.rows().size(); ++i) {
    const LocalRow& row = locals_.rows()[i];
    if (row.id.empty() && row.link == kNoIndex && !open_work_.creates().contains(std::string(row.key)))
      found.push_back(static_cast<std::uint32_t>(i));
  }
  return found;
}

bool RemadeRows::is_remade(const Item& item) {
  if (item.link == kNoIndex || !item.key.empty()) return false;
  bool found = remade_elsewhere_.is_remade_elsewhere(item);
  if (!lookalikes_) return found;
  for (const std::size_t at : lookalikes_->rows_like(item.link)) {
    LocalRow& row = locals_.rows()[at];
    // One that its natural key, a hook or a marker has led to its item is no question.
    if (row.met && !remade_.contains(at)) continue;
    found = row.met = true;
    remade_.insert(at);
    tell_remade(item, row.key, sync_option(), sync_option());
  }
  return found;
}

void RemadeRows::tell_remade(const Item& item, std::string_view key, const std::string& of_row, const std::string& of_item) {
  tally_.failed(item, row_name(key) + " looks like " + tally_.name_of(item) +
                          ", whose row is gone; neither got a second one. If they are the same, run: lockstep adopt " +
                          std::string(item.id) + " --row " + std::string(key) + of_row + "; if not, run: lockstep forget " +
                          std::string(item.id) + of_item);
}

}  // namespace lockstep
