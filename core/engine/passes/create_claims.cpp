#include "engine/passes/create_claims.h"

#include <algorithm>
#include <utility>

#include "engine/passes/chunk.h"
#include "engine/passes/markers.h"
#include "engine/passes/open_work.h"
#include "engine/passes/outsiders.h"
#include "engine/passes/remade_elsewhere.h"
#include "engine/passes/remade_rows.h"
#include "engine/sides/likeness.h"

namespace lockstep {

CreateClaims::CreateClaims(RunContext& run, Chunk& chunk, Markers& markers, OpenWork& open_work, Outsiders& outsiders,
                           RemadeElsewhere& remade_elsewhere, RemadeRows& remade_rows)
    : Pass(run),
      chunk_(chunk),
      markers_(markers),
      open_work_(open_work),
      outsiders_(outsiders),
      remade_elsewhere_(remade_elsewhere),
      remade_rows_(remade_rows) {}

void CreateClaims::claim_created(Item& item) {
  if (item.local != kNoIndex || item.link != kNoIndex || item.raw.empty()) return;
  if (options_.open_create()) {
    // A person says so, whatever it carries.
    claimed_.insert(std::string(item.id));
    return claim_row(item, options_.open_create()->local_key);
  }
  const std::string marker = markers_.marker_in(item.raw);
  if (marker.empty()) return;
  const auto intent = std::find_if(open_work_.creates().begin(), open_work_.creates().end(),
                                   [&](const auto& each) { return each.second.marker == marker; });
  if (intent == open_work_.creates().end() || outsiders_.awaits_outside_row(item, intent->first)) return;
  if (!is_row_of_create(intent->first, intent->second.body)) return;
  if (!marked_.emplace(marker, item.id).second) return;
  markers_.markers_are_kept();
  claim_row(item, intent->first);
  if (item.key.empty()) open_work_.made_for_nobody(item);
}

/// False when the key was used again since: the row is another one, and what the create made is told of when the list is complete.
bool CreateClaims::is_row_of_create(const std::string& key, const Json& sent) {
  const auto row = locals_.row_of_key(key);
  if (!row || locals_.rows()[*row].link != kNoIndex || sent.object() == nullptr) return true;
  Item probe;
  probe.key = key;
  chunk_.load_rows(std::span(&probe, 1));
  if (probe.stored.empty()) return true;
  probe.there = chunk_.arena().make<Value>(mapping_.fields().size());
  const Facts facts = facts_.build(probe, nullptr, chunk_.arena());
  const auto as_sent = [&](std::size_t i) { return same(mapping_.fields()[i], facts.here[i], markers_.value_sent(sent, i)); };
  const auto holds = [&](std::size_t i) { return !facts.here[i].is_nothing() || !markers_.value_sent(sent, i).is_nothing(); };
  return still_the_same(mapping_, locals_.alike(), as_sent, holds);
}

void CreateClaims::follow_rows_made_again() {
  if (options_.open_create()) return;
  remade_elsewhere_.take_over_lost_creates();
  std::vector<IntentEntry> lost;
  for (const auto& [key, intent] : open_work_.creates()) {
    if (!outsiders_.has_row(key) && !outsiders_.is_outside_row(key)) lost.push_back(intent);
  }
  std::erase_if(lost, [this](IntentEntry& intent) {
    const std::string key = row_of_lost_create(intent);
    if (key.empty()) return false;
    open_work_.creates().erase(intent.local_key);
    intent.local_key = key;
    open_work_.creates().insert_or_assign(key, intent);
    return true;
  });
  remade_elsewhere_.find_creates_elsewhere(lost);
}

std::string CreateClaims::row_of_lost_create(const IntentEntry& intent) {
  if (!intent.remote_id.empty()) {
    const auto row = locals_.find(intent.remote_id);
    if (row && !locals_.rows()[*row].shares_id) return std::string(locals_.rows()[*row].key);
  }
  std::vector<std::string> equal, alike;
  for (const std::uint32_t local : remade_rows_.rows_without_item()) {
    std::string key(locals_.rows()[local].key);
    const Likeness likeness = likeness_to_sent(key, intent.body);
    if (likeness == Likeness::Equal) equal.push_back(key);
    if (likeness != Likeness::None) alike.push_back(std::move(key));
  }
  const std::vector<std::string>& found = equal.empty() ? alike : equal;
  return found.size() == 1 ? found.front() : std::string();
}

CreateClaims::Likeness CreateClaims::likeness_to_sent(const std::string& key, const Json& sent) {
  Item probe;
  probe.key = key;
  chunk_.load_rows(std::span(&probe, 1));
  return likeness_to_sent(std::move(probe), sent);
}

CreateClaims::Likeness CreateClaims::likeness_to_sent(Item probe, const Json& sent) {
  if (probe.stored.empty() || sent.object() == nullptr || sent.object()->empty()) return Likeness::None;
  probe.there = chunk_.arena().make<Value>(mapping_.fields().size());
  const Facts facts = facts_.build(probe, nullptr, chunk_.arena());
  const auto as_sent = [&](std::size_t i) { return same(mapping_.fields()[i], facts.here[i], markers_.value_sent(sent, i)); };
  const auto holds = [&](std::size_t i) { return !facts.here[i].is_nothing() || !markers_.value_sent(sent, i).is_nothing(); };
  bool equal = true;
  for (std::size_t i = 1; i < mapping_.fields().size(); ++i) {
    const Field& field = mapping_.fields()[i];
    equal = equal && (field.remote_owned() || field.write_only || as_sent(i));
  }
  if (equal) return Likeness::Equal;
  return look_alike(mapping_, locals_.alike(), as_sent, holds) ? Likeness::Alike : Likeness::None;
}

void CreateClaims::claim_row(Item& item, std::string_view key) {
  for (std::size_t i = 0; i < locals_.rows().size(); ++i) {
    LocalRow& row = locals_.rows()[i];
    if (row.key != key) continue;
    row.met = true;
    item.local = static_cast<std::uint32_t>(i);
    item.key = row.key;
    if (row.link != kNoIndex) claim_link(item, row.link);
    return;
  }
  // A row that nobody has edited is known by its link alone.
  const std::optional<std::size_t> link = links_.by_key(key);
  if (!link || locals_.of_link(static_cast<std::uint32_t>(*link)) != LocalRows::LinkRow::Clean) return;
  item.key = links_[*link].local_key;
  claim_link(item, static_cast<std::uint32_t>(*link));
}

/// Made anew for an item that was gone: its link goes on with the new one.
void CreateClaims::claim_link(Item& item, std::uint32_t link) {
  seen_[link] = true;
  item.link = link;
  links_.relink(link, chunk_.arena().copy(item.id));
}

}  // namespace lockstep
