#include "hook/failure_streaks.h"

#include <algorithm>

#include "common/text.h"

namespace lockstep::hook {
namespace {

std::string without(std::string_view name, std::string text) { return name.empty() ? text : replace_all(std::move(text), name, ""); }

}  // namespace

void FailureStreaks::failed(std::string_view place, const HookSubject& record, std::string_view failure) {
  std::string nameless = without(record.id, without(record.label, std::string(failure)));
  std::string name = std::string(record.id) + "\n" + std::string(record.label);
  Streak& streak = streaks_[std::string(place)];
  // A short name may stand in any text: what is the same as it is needs no look without.
  const bool same = streak.failure == failure || streak.nameless == nameless;
  if (same && !record.id.empty() && streak.record == name) return;
  streak = {std::string(failure), std::move(nameless), std::move(name), same ? streak.records + 1 : 1};
}

void FailureStreaks::went_well(std::string_view place) {
  if (const auto found = streaks_.find(place); found != streaks_.end()) streaks_.erase(found);
}

std::string FailureStreaks::hopeless() const {
  const auto found =
      std::find_if(streaks_.begin(), streaks_.end(), [](const auto& each) { return each.second.records >= Hook::kMostFailures; });
  return found == streaks_.end() ? std::string() : found->second.failure;
}

}  // namespace lockstep::hook
