#include "engine/sides/neighbours.h"

#include <algorithm>

namespace lockstep {

bool may_stand_in(const std::vector<std::pair<std::string, std::string>>& constants, const Target& target, Row row) {
  return std::all_of(constants.begin(), constants.end(), [&](const auto& constant) {
    const auto at = target.shape.find(constant.first);
    return !at || (!row[*at].is_nothing() && to_display(row[*at]) == constant.second);
  });
}

void Neighbours::know(State& state, std::span<const SyncIdentity> syncs) {
  any_ = !syncs.empty();
  if (!any_ || !state.ready()) return;
  for (const SyncIdentity& sync : syncs) {
    const std::optional<SyncEntry> entry = state.find_sync(sync);
    if (!entry) continue;
    Neighbour& known =
        all_.emplace_back(Neighbour{sync.name, *entry, sync.constants, state.load_links(entry->id), state.intents(entry->id)});
    std::copy_if(known.intents.begin(), known.intents.end(), std::back_inserter(creates_),
                 [](const IntentEntry& intent) { return intent.action != "update"; });
  }
}

void Neighbours::forget(const Handover& taken) {
  for (const Link& link : taken.links) taken_.insert(link.id);
  for (const Link& link : taken.given_up) taken_.insert(link.id);
  std::erase_if(creates_, [&](const IntentEntry& create) {
    return std::any_of(taken.intents.begin(), taken.intents.end(), [&](const IntentEntry& each) { return each.id == create.id; });
  });
}

std::optional<std::size_t> Neighbours::unless_taken(const Neighbour& neighbour, std::optional<std::size_t> link) const {
  return link && !taken_.contains(neighbour.links[*link].id) ? link : std::nullopt;
}

std::optional<std::size_t> Neighbours::link_of(const Neighbour& neighbour, std::string_view remote_id) const {
  return unless_taken(neighbour, neighbour.links.by_remote(remote_id));
}

std::optional<std::size_t> Neighbours::link_of_key(const Neighbour& neighbour, std::string_view local_key) const {
  return unless_taken(neighbour, neighbour.links.by_key(local_key));
}

std::string_view Neighbours::owner_of(std::string_view remote_id) const {
  const auto owner = std::find_if(all_.begin(), all_.end(), [&](const Neighbour& each) { return link_of(each, remote_id).has_value(); });
  return owner == all_.end() ? std::string_view() : std::string_view(owner->name);
}

bool Neighbours::promised(std::string_view marker) const {
  return !marker.empty() && std::any_of(creates_.begin(), creates_.end(), [&](const IntentEntry& each) { return each.marker == marker; });
}

}  // namespace lockstep
