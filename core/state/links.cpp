// The links of a sync in memory, found by either identity.
#include "state/state.h"

namespace lockstep {

std::optional<std::size_t> Links::by_remote(std::string_view remote_id) const {
  const auto found = by_remote_.find(remote_id);
  return found == by_remote_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::size_t> Links::by_key(std::string_view local_key) const {
  const auto found = by_key_.find(local_key);
  return found == by_key_.end() ? std::nullopt : std::optional(found->second);
}

std::size_t Links::put(const Link& link) {
  std::size_t index = links_.size();
  if (const auto known = by_remote(link.remote_id)) {
    index = *known;
  } else {
    links_.push_back({});
    links_.back().remote_id = texts_.copy(link.remote_id);
    by_remote_.emplace(links_.back().remote_id, index);
  }
  Link& kept = links_[index];
  const std::string_view remote_id = kept.remote_id;
  const std::string_view old_key = kept.local_key;
  kept = link;
  kept.remote_id = remote_id;
  kept.local_key = old_key;
  rekey(index, link.local_key);
  return index;
}

// A text that stays is not copied again, so that updates of hashes cost no memory.
void Links::rekey(std::size_t index, std::string_view local_key) {
  Link& link = links_[index];
  if (link.local_key == local_key) return;
  if (const auto old = by_key_.find(link.local_key); old != by_key_.end() && old->second == index) by_key_.erase(old);
  link.local_key = texts_.copy(local_key);
  if (local_key.empty()) return;
  // The map's own view may belong to a link that has lost this key: it must be replaced with the value.
  by_key_.erase(link.local_key);
  by_key_.emplace(link.local_key, index);
}

void Links::relink(std::size_t index, std::string_view remote_id) {
  Link& link = links_[index];
  if (link.remote_id == remote_id) return;
  if (const auto old = by_remote_.find(link.remote_id); old != by_remote_.end() && old->second == index) by_remote_.erase(old);
  link.remote_id = texts_.copy(remote_id);
  by_remote_.erase(link.remote_id);
  by_remote_.emplace(link.remote_id, index);
}

}  // namespace lockstep
