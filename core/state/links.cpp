// The links of a sync in memory, found by either identity.
#include "state/state.h"

namespace lockstep {
namespace {

std::optional<std::size_t> index_of(const std::size_t* found) { return found == nullptr ? std::nullopt : std::optional(*found); }

}  // namespace

std::optional<std::size_t> Links::by_remote(std::string_view remote_id) const { return index_of(by_remote_.find(remote_id)); }

std::optional<std::size_t> Links::by_key(std::string_view local_key) const { return index_of(by_key_.find(local_key)); }

std::size_t Links::put(const Link& link) {
  std::size_t index = links_.size();
  if (const auto known = by_remote(link.remote_id)) {
    index = *known;
    remember(index);
  } else {
    links_.push_back({});
    links_.back().remote_id = texts_.copy(link.remote_id);
    by_remote_.put(links_.back().remote_id, index);
  }
  Link& kept = links_[index];
  const std::string_view remote_id = kept.remote_id;
  const std::string_view old_key = kept.local_key;
  kept = link;
  kept.remote_id = remote_id;
  kept.account = link.account.empty() ? std::string_view() : std::string_view(*accounts_.emplace(link.account).first);
  kept.local_key = old_key;
  rekey(index, link.local_key);
  return index;
}

// A text that stays is not copied again, so that updates of hashes cost no memory.
void Links::rekey(std::size_t index, std::string_view local_key) {
  Link& link = links_[index];
  if (link.local_key == local_key) return;
  if (by_key(link.local_key) == index) by_key_.erase(link.local_key);
  link.local_key = texts_.copy(local_key);
  if (!local_key.empty()) by_key_.put(link.local_key, index);
}

void Links::relink(std::size_t index, std::string_view remote_id) {
  Link& link = links_[index];
  if (link.remote_id == remote_id) return;
  remember(index);
  if (by_remote(link.remote_id) == index) by_remote_.erase(link.remote_id);
  link.remote_id = texts_.copy(remote_id);
  by_remote_.put(link.remote_id, index);
}

void Links::remember(std::size_t index) {
  if (recording_ && index < count_at_begin_) changed_.emplace_back(index, links_[index]);
}

void Links::begin() {
  by_remote_.begin();
  by_key_.begin();
  changed_.clear();
  count_at_begin_ = links_.size();
  recording_ = true;
}

void Links::keep() {
  by_remote_.keep();
  by_key_.keep();
  changed_.clear();
  recording_ = false;
}

void Links::undo() {
  by_remote_.undo();
  by_key_.undo();
  links_.resize(count_at_begin_);
  for (auto change = changed_.rbegin(); change != changed_.rend(); ++change) links_[change->first] = change->second;
  keep();
}

}  // namespace lockstep
