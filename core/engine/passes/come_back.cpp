#include "engine/passes/come_back.h"

#include <algorithm>

#include "common/text.h"
#include "engine/passes/faults.h"
#include "engine/passes/freshly_made.h"

namespace lockstep {

ComeBack::ComeBack(RunContext& run, Faults& faults, FreshlyMade& freshly_made) : Pass(run), faults_(faults), freshly_made_(freshly_made) {}

/// Items that this sync, or a neighbour, made anew under another id: remote id → key of the row at that time.
const std::unordered_map<std::string, std::string>& ComeBack::replaced() {
  if (!replaced_) {
    replaced_ = state_.remade(entry_.id);
    for (const Neighbour& neighbour : neighbours_.all()) replaced_->merge(state_.remade(neighbour.entry.id));
  }
  return *replaced_;
}

bool ComeBack::was_replaced(std::string_view id) { return !options_.open_create() && replaced().contains(std::string(id)); }

/// The id of what was made in the item's place, and in the place of that, and so on; empty: the journal does not say.
std::string ComeBack::successor_of(const std::string& id) {
  std::string last;
  std::unordered_set<std::string> met{id};
  for (std::string at = id; replaced().contains(at);) {
    at = made_in_place_of(at, replaced().at(at));
    if (at.empty() || !met.insert(at).second) break;
    last = at;
  }
  return last;
}

std::string ComeBack::made_in_place_of(const std::string& id, const std::string& key) {
  for (const ChangeEntry& change : state_.changes({.record = key})) {
    if (change.action != to_string(Action::Recreate) || change.fields.object() == nullptr) continue;
    const bool replaces = std::any_of(change.fields.object()->begin(), change.fields.object()->end(),
                                      [&](const Json::Member& field) { return field.second.text_at("before") == id; });
    if (replaces) return change.remote_id;
  }
  return {};
}

bool ComeBack::is_back(const Item& item) {
  if (!is_unowned(item) || !was_replaced(item.id)) return false;
  const std::string successor = successor_of(std::string(item.id));
  bool there = false;
  if (!successor.empty() && !faults_.spare(item, [&] { there = is_there(successor); })) return true;
  if (!there) return false;
  const auto link = links_.by_remote(successor);
  const std::string key = link ? std::string(links_[*link].local_key) : std::string();
  const std::string row = key.empty() ? "the row" : row_name(key);
  faults_.set_aside(item, tally_.name_of(item) + " is there again: it was gone, and " + row + ", whose it was, has gone on with " +
                              in_quotes(successor) + ", which was made for it; it gets no second row. Delete one of the two in " +
                              sync_.nouns.provider +
                              (key.empty() ? std::string()
                                           : ", or empty " + mapping_.key().column + " in the row and run: lockstep adopt " +
                                                 std::string(item.id) + " --row " + key + sync_option()));
  return true;
}

bool ComeBack::is_back_late(const Item& item) {
  if (item.link == kNoIndex || !item.key.empty() || links_[item.link].gone_at == 0 || links_[item.link].left_at != 0) return false;
  for (const auto& [old, key] : replaced()) {
    const auto link = links_.by_remote(old);
    if (!link || links_[*link].gone_at != 0 || locals_.of_link(*link) == LocalRows::LinkRow::Missing) continue;
    if (successor_of(old) != item.id) continue;
    faults_.set_aside(item, tally_.name_of(item) + " is there again: it was made in the place of " + in_quotes(old) + ", which has " +
                                row_name(links_[*link].local_key) + " by now; it gets no second row. Delete one of the two in " +
                                sync_.nouns.provider + ", or run: lockstep forget " + std::string(item.id) + sync_option());
    return true;
  }
  return false;
}

/// By the list, or by its own answer. What a person has left gone takes nobody's place.
bool ComeBack::is_there(const std::string& id) {
  const auto link = links_.by_remote(id);
  if (!link && !neighbours_.owns(id)) return false;
  const bool has_row = !link || locals_.of_link(*link) != LocalRows::LinkRow::Missing;
  if (link && (links_[*link].gone_at != 0 || (links_[*link].left_at != 0 && !has_row))) return false;
  if ((link && seen_[*link]) || freshly_made_.was_made_lately(id)) return true;
  return sync_.provider->get(*sync_.resource, id, call_).has_value();
}

}  // namespace lockstep
