// Undoable: a map whose changes since begin() can be taken back.
#pragma once

#include <optional>
#include <utility>
#include <vector>

namespace lockstep::state {

template <class Map>
class Undoable {
 public:
  using Key = typename Map::key_type;
  using Mapped = typename Map::mapped_type;

  const Map& all() const { return map_; }
  /// nullptr when it is not there; valid until the next change.
  const Mapped* find(const Key& key) const {
    const auto found = map_.find(key);
    return found == map_.end() ? nullptr : &found->second;
  }
  /// A key that is there already is replaced together with its value.
  void put(const Key& key, Mapped value) {
    remember(key);
    map_.erase(key);
    map_.emplace(key, std::move(value));
  }
  void erase(const Key& key) {
    remember(key);
    map_.erase(key);
  }
  void clear() {
    map_.clear();
    keep();
  }

  void begin() {
    log_.clear();
    recording_ = true;
  }
  void keep() {
    log_.clear();
    recording_ = false;
  }
  void undo() {
    recording_ = false;
    for (auto change = log_.rbegin(); change != log_.rend(); ++change) {
      map_.erase(change->first);
      if (change->second) map_.emplace(change->first, std::move(*change->second));
    }
    log_.clear();
  }

 private:
  void remember(const Key& key) {
    if (!recording_) return;
    const Mapped* before = find(key);
    log_.emplace_back(key, before == nullptr ? std::nullopt : std::optional<Mapped>(*before));
  }

  Map map_;
  std::vector<std::pair<Key, std::optional<Mapped>>> log_;
  bool recording_ = false;
};

}  // namespace lockstep::state
