// Rows without an id that may be the row of an item whose own row is gone. A table that was loaded anew without its ids stops the run; a
// single such row gets no second item, nor its item a second row, until a person says what it is.
#include <algorithm>

#include "engine/passes/run.h"

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

void Run::find_lookalikes() {
  const std::vector<std::uint32_t> gone = links_without_row();
  if (gone.empty()) return;
  const std::vector<std::uint32_t> fresh = rows_without_item();
  if (fresh.empty()) return;
  check_loaded_anew(gone.size(), fresh.size());
  lookalikes_.emplace(mapping_, locals_.alike());
  by_chunks(gone, &Item::link, [&](std::span<Item> chunk) {
    load_bases(chunk);
    for (const Item& item : chunk) {
      if (item.base != nullptr) lookalikes_->add_gone(item.link, facts_.prints_of(*link_of(item), *item.base));
    }
  });
  each_print_of_rows(fresh, [&](std::uint32_t local, const std::vector<CellPrint>& prints) { lookalikes_->add_row(local, prints); });
}

/// Of rows of this run, by their indexes, the prints of their cells.
void Run::each_print_of_rows(std::span<const std::uint32_t> locals,
                             const std::function<void(std::uint32_t, const std::vector<CellPrint>&)>& work) {
  by_chunks(locals, &Item::local, [&](std::span<Item> chunk) {
    for (Item& item : chunk) item.key = locals_.rows()[item.local].key;
    load_rows(chunk);
    for (const Item& item : chunk) {
      if (!item.stored.empty()) work(item.local, prints_of(mapping_, target_.fields(item.stored)));
    }
  });
}

/// Links whose row is gone; whether the item is there is not known yet.
std::vector<std::uint32_t> Run::links_without_row() const {
  std::vector<std::uint32_t> found;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const Link& link = links_[i];
    if (locals_.of_link(i) != LocalRows::LinkRow::Missing || link.gone_at != 0 || link.left_at != 0) continue;
    if (locals_.out_of_reach(i) || locals_.is_outside(link.remote_id) || locals_.of_nameless(link.remote_id)) continue;
    if (!locals_.find(link.remote_id)) found.push_back(static_cast<std::uint32_t>(i));
  }
  return found;
}

/// Rows that nothing ties to an item. An open create is tied to what it made.
std::vector<std::uint32_t> Run::rows_without_item() const {
  std::vector<std::uint32_t> found;
  for (std::size_t i = 0; i < locals_.rows().size(); ++i) {
    const LocalRow& row = locals_.rows()[i];
    if (row.id.empty() && row.link == kNoIndex && !open_creates_.contains(std::string(row.key)))
      found.push_back(static_cast<std::uint32_t>(i));
  }
  return found;
}

/// So many rows may have taken the place of others. Where rows find their items by what they hold, or were named, there is no question.
void Run::check_loaded_anew(std::uint64_t gone, std::uint64_t fresh) const {
  const bool matched = natural_.any() || (sync_.hook && sync_.hook->has(Hook::Stage::Match));
  if (matched || id_stream_ != nullptr || !options_.rows.empty() || !is_mass(std::min(gone, fresh), known_links_)) return;
  throw Error(ErrorKind::Rejected,
              std::to_string(gone) + " of " + std::to_string(known_links_) + " linked rows of " + target_.table.name + " are gone, and " +
                  std::to_string(fresh) + " new rows have no ID: the table may have been loaded anew without its IDs; nothing was written",
              "give rows that are the same their IDs back (lockstep adopt ID --row KEY), or pair them by a column (match: in the mapping); "
              "if they are other rows, add --allow-mass-change");
}

/// True when the item is there and a row without an id may be its row: both are told, and get no second one.
bool Run::is_remade(const Item& item) {
  if (item.link == kNoIndex || !item.key.empty()) return false;
  bool found = is_remade_elsewhere(item);
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

/// `of_row`, `of_item`: how commands say whose each is.
void Run::tell_remade(const Item& item, std::string_view key, const std::string& of_row, const std::string& of_item) {
  tally_.failed(item, row_name(key) + " looks like " + tally_.name_of(item) +
                          ", whose row is gone; neither got a second one. If they are the same, run: lockstep adopt " +
                          std::string(item.id) + " --row " + std::string(key) + of_row + "; if not, run: lockstep forget " +
                          std::string(item.id) + of_item);
}

}  // namespace lockstep
