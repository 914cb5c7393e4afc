// Rows without an id that may be the row of an item whose own row is gone. A table that was loaded anew without its ids stops the run; a
// single such row gets no second item, nor its item a second row, until a person says what it is.
#include <algorithm>

#include "engine/run.h"

namespace lockstep {

void Run::find_lookalikes() {
  std::vector<Item> gone = items_without_row(), fresh = rows_without_item();
  if (gone.empty() || fresh.empty()) return;
  check_loaded_anew(gone.size(), fresh.size());
  lookalikes_.emplace(mapping_, locals_.alike());
  for (std::size_t at = 0; at < gone.size(); at += kChunk) {
    const std::span<Item> chunk = std::span(gone).subspan(at, std::min(kChunk, gone.size() - at));
    load_bases(chunk);
    for (const Item& item : chunk) {
      if (item.base != nullptr) lookalikes_->add_gone(item.link, facts_.prints_of(*link_of(item), *item.base));
    }
  }
  for (std::size_t at = 0; at < fresh.size(); at += kChunk) {
    const std::span<Item> chunk = std::span(fresh).subspan(at, std::min(kChunk, fresh.size() - at));
    load_rows(chunk);
    for (const Item& item : chunk) {
      if (!item.stored.empty()) lookalikes_->add_row(item.local, prints_of(mapping_, target_.fields(item.stored)));
    }
  }
}

/// Links whose row is gone; whether the item is there is not known yet.
std::vector<Item> Run::items_without_row() const {
  std::vector<Item> items;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const Link& link = links_[i];
    if (locals_.of_link(i) != LocalRows::LinkRow::Missing || link.gone_at != 0 || link.left_at != 0 || link.local_key.empty()) continue;
    if (locals_.out_of_reach(i) || locals_.is_outside(link.remote_id) || locals_.of_nameless(link.remote_id)) continue;
    if (locals_.find(link.remote_id)) continue;
    Item& item = items.emplace_back();
    item.id = link.remote_id;
    item.link = static_cast<std::uint32_t>(i);
  }
  return items;
}

/// Rows that nothing ties to an item. An open create is tied to what it made.
std::vector<Item> Run::rows_without_item() const {
  std::vector<Item> items;
  for (std::size_t i = 0; i < locals_.rows().size(); ++i) {
    const LocalRow& row = locals_.rows()[i];
    if (!row.id.empty() || row.link != kNoIndex || open_creates_.contains(std::string(row.key))) continue;
    Item& item = items.emplace_back();
    item.local = static_cast<std::uint32_t>(i);
    item.key = row.key;
  }
  return items;
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
  if (!lookalikes_ || item.link == kNoIndex || !item.key.empty()) return false;
  bool found = false;
  for (const std::size_t at : lookalikes_->rows_like(item.link)) {
    LocalRow& row = locals_.rows()[at];
    // One that its natural key, a hook or a marker has led to its item is no question.
    if (row.met && !remade_.contains(at)) continue;
    found = row.met = true;
    remade_.insert(at);
    tally_.failed(item, row_name(row.key) + " looks like " + tally_.name_of(item) +
                            ", whose row is gone; neither got a second one. If they are the same, run: lockstep adopt " +
                            std::string(item.id) + " --row " + std::string(row.key) + "; if not, run: lockstep forget " +
                            std::string(item.id));
  }
  return found;
}

}  // namespace lockstep
