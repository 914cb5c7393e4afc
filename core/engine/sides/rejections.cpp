#include "engine/sides/rejections.h"

#include <algorithm>
#include <iterator>

namespace lockstep {

void Rejections::know(std::vector<RejectedEntry> open) {
  open_ = std::move(open);
  for (const RejectedEntry& entry : open_) entry.remote_id.empty() ? keys_.insert(entry.local_key) : ids_.insert(entry.remote_id);
}

bool Rejections::has(std::string_view remote_id, std::string_view local_key) const {
  return !open_.empty() && (contains(ids_, remote_id) || contains(keys_, local_key));
}

void Rejections::met(std::string_view remote_id, std::string_view local_key) {
  if (open_.empty()) return;
  if (contains(ids_, remote_id)) met_ids_.emplace(remote_id);
  if (contains(keys_, local_key)) met_keys_.emplace(local_key);
}

std::vector<RejectedEntry> Rejections::unmet() const {
  std::vector<RejectedEntry> out;
  std::copy_if(open_.begin(), open_.end(), std::back_inserter(out), [this](const RejectedEntry& entry) {
    return entry.remote_id.empty() ? !met_keys_.contains(entry.local_key) : !met_ids_.contains(entry.remote_id);
  });
  return out;
}

}  // namespace lockstep
