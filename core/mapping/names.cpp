#include "mapping/names.h"

namespace lockstep {
namespace {

/// Names are kept for a suggestion; documents with names of their own in each item must not fill the memory.
constexpr std::size_t kMostUnmapped = 200;

}  // namespace

bool Names::prefers_other(std::size_t ordinal) const {
  if (are_two(ordinal) || (bits(ordinal) & kMet) != 0) return false;
  if ((bits(ordinal) & kMetOther) != 0) return true;
  bool camel = false, snake = false;
  for (std::size_t i = 0; i < twofold_.size(); ++i) {
    if (!twofold_[i] || are_two(i)) continue;
    camel = camel || (bits(i) & kMet) != 0;
    snake = snake || (bits(i) & kMetOther) != 0;
  }
  return snake && !camel;
}

void Names::met_unmapped(std::string_view key) {
  const std::scoped_lock lock(mutex_);
  if (unmapped_.size() < kMostUnmapped && !unmapped_.contains(key)) unmapped_.emplace(key);
}

std::vector<std::string> Names::unmapped() const {
  const std::scoped_lock lock(mutex_);
  return {unmapped_.begin(), unmapped_.end()};
}

Json Names::state(const std::vector<std::string>& columns) const {
  Json state;
  for (std::size_t i = 0; i < twofold_.size(); ++i) {
    if (twofold_[i] && was_met(i)) state[columns[i]] = Json(are_two(i) ? "both" : (bits(i) & kMet) != 0 ? "camel" : "snake");
  }
  return state;
}

void Names::restore(const Json& state, const std::vector<std::string>& columns) {
  for (std::size_t i = 0; i < twofold_.size(); ++i) {
    const Json* word = twofold_[i] ? state.find(columns[i]) : nullptr;
    if (word == nullptr || word->text() == nullptr) continue;
    if (*word->text() == "both") met_both(i);
    if (*word->text() == "snake") met_other(i);
    if (*word->text() != "snake") met(i);
  }
}

}  // namespace lockstep
