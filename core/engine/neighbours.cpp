#include "engine/neighbours.h"

#include <algorithm>

namespace lockstep {

void Neighbours::know(State& state, std::span<const SyncIdentity> syncs) {
  any_ = !syncs.empty();
  if (!any_ || !state.ready()) return;
  for (const SyncIdentity& sync : syncs) {
    const std::optional<SyncEntry> entry = state.find_sync(sync);
    if (!entry) continue;
    const Links links = state.load_links(entry->id);
    for (std::size_t i = 0; i < links.size(); ++i) owned_.emplace(links[i].remote_id);
    for (IntentEntry& intent : state.intents(entry->id)) {
      if (intent.action != "update") creates_.push_back(std::move(intent));
    }
  }
}

bool Neighbours::promised(std::string_view marker) const {
  return !marker.empty() && std::any_of(creates_.begin(), creates_.end(), [&](const IntentEntry& each) { return each.marker == marker; });
}

}  // namespace lockstep
