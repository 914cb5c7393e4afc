#include "engine/sides/natural_key.h"

#include <algorithm>

namespace lockstep {

void NaturalKeys::add_row(std::size_t local, Row fields) {
  const Value& value = fields[rule_->ordinal];
  const std::string key = rule_->key_of(value);
  if (key.empty()) return;
  if (!rule_->is_comparable(value)) ++not_comparable_;
  groups_[key].rows.push_back(local);
  key_of_row_.emplace(local, key);
}

bool NaturalKeys::is_wanted(Row mapped) const {
  if (!any() || groups_.empty()) return false;
  const std::string key = rule_->key_of(mapped[rule_->ordinal]);
  return !key.empty() && groups_.contains(key);
}

void NaturalKeys::hold(const Item& item) {
  Held held{std::string(item.id), std::string(item.label), std::string(item.raw), item.hash, item.link};
  Group& group = groups_.at(rule_->key_of(item.there[rule_->ordinal]));
  group.records.push_back(held_.size());
  held_.push_back(std::move(held));
}

const std::vector<NaturalKeys::Held>& NaturalKeys::conclude() {
  for (const auto& [key, group] : groups_) {
    const bool pair = group.rows.size() == 1 && group.records.size() == 1;
    for (const std::size_t record : group.records) {
      held_[record].rows = group.rows.size();
      if (pair) held_[record].local = group.rows.front();
    }
  }
  return held_;
}

std::size_t NaturalKeys::matches(std::size_t local) const {
  const auto key = key_of_row_.find(local);
  if (key == key_of_row_.end()) return 0;
  const Group& group = groups_.at(key->second);
  return group.records.empty() ? 0 : std::max(group.rows.size(), group.records.size());
}

}  // namespace lockstep
