#include "engine/passes/processing.h"

#include <algorithm>
#include <utility>

#include "engine/passes/chunk.h"
#include "engine/passes/come_back.h"
#include "engine/passes/deciding.h"
#include "engine/passes/documents.h"
#include "engine/passes/faults.h"
#include "engine/passes/foreseer.h"
#include "engine/passes/lagging.h"
#include "engine/passes/markers.h"
#include "engine/passes/matching.h"
#include "engine/passes/nobodys_items.h"
#include "engine/passes/outsiders.h"
#include "engine/passes/persons_word.h"
#include "engine/passes/remade_rows.h"
#include "engine/passes/routing.h"

namespace lockstep {

Processing::Processing(RunContext& run, Chunk& chunk, ComeBack& come_back, Deciding& deciding, Documents& documents, Faults& faults,
                       Foreseer& foreseer, Lagging& lagging, Markers& markers, Matching& matching, NobodysItems& nobodys_items,
                       Outsiders& outsiders, PersonsWord& persons_word, RemadeRows& remade_rows, Routing& routing)
    : Pass(run),
      chunk_(chunk),
      come_back_(come_back),
      deciding_(deciding),
      documents_(documents),
      faults_(faults),
      foreseer_(foreseer),
      lagging_(lagging),
      markers_(markers),
      matching_(matching),
      nobodys_items_(nobodys_items),
      outsiders_(outsiders),
      persons_word_(persons_word),
      remade_rows_(remade_rows),
      routing_(routing) {}

bool Processing::shares_id(const Item& item) const {
  return (item.local != kNoIndex && locals_.shares_row(item.local)) || (item.link != kNoIndex && locals_.shares_id(item.link));
}

void Processing::process(std::vector<Item> items) {
  if (items.empty()) return;
  // Rows that share an id are told of once, at the end.
  std::erase_if(items, [this](const Item& item) { return shares_id(item); });
  outsiders_.leave_to_neighbours(items);
  map(items);
  match(items);
  foreseer_.know_claims(items);
  chunk_.load_rows(items);
  std::erase_if(items, [this](Item& item) { return !faults_.spare(item, [&] { deciding_.decide_item(item); }); });
  std::vector<Item> lagging = lagging_.take_lagging(items);
  // Nothing is agreed on of a record whose conflict has nothing left to decide.
  std::erase_if(items, [this](const Item& item) { return options_.resolution() && !persons_word_.may_resolve(item.facts); });
  routing_.route(items);
  process(std::move(lagging));
}

/// Each record whole, and in the shape of its row.
void Processing::map(std::vector<Item>& items) {
  chunk_.load_bases(items);
  const auto keep = [&](const auto& stays) {
    std::erase_if(items, [&](Item& item) {
      bool kept = false;
      faults_.spare(item, [&] { kept = stays(item); });
      return !kept;
    });
  };
  keep([this](Item& item) { return chunk_.fetch_again(item); });
  keep([this](Item& item) { return lagging_.catch_up(item); });
  keep([this](Item& item) { return documents_.complete(item); });
  keep([this](Item& item) { return chunk_.shape(item); });
}

/// Each record with its row, where there is one. What may be a row's, and nobody can tell, goes no further.
void Processing::match(std::vector<Item>& items) {
  std::erase_if(items, [this](const Item& item) { return matching_.hold_back(item); });
  markers_.find_dropped_markers(items);
  chunk_.know_references(items);
  for (Item& item : items) {
    matching_.match_by_hook(item);
    faults_.check_hook();
  }
  std::erase_if(items, [this](const Item& item) { return markers_.may_be_open_create(item); });
  std::erase_if(items, [this](const Item& item) {
    return come_back_.is_back(item) || come_back_.is_back_late(item) || remade_rows_.is_remade(item) || nobodys_items_.is_counterpart(item);
  });
}

}  // namespace lockstep
