#include "serve/owed_imports.h"

#include <algorithm>
#include <utility>

#include "common/error.h"
#include "common/log.h"
#include "format/json.h"

namespace lockstep::serve {
namespace {

constexpr Millis kTick{200};
constexpr const char* kFile = "imports.json";

}  // namespace

void OwedImports::What::add(const What& other, std::size_t single) {
  ids.insert(other.ids.begin(), other.ids.end());
  whole = whole || other.whole || ids.size() > single;
  if (whole) ids.clear();
}

OwedImports::OwedImports(OwedBounds bounds, const StateFolder& folder, const Clock& clock, Doors doors)
    : bounds_(bounds), folder_(folder), clock_(clock), doors_(std::move(doors)) {
  const Json file = folder_.read(kFile);
  const Json* owed = file.find("owed");
  if (owed == nullptr || owed->array() == nullptr) return;
  for (const Json& each : *owed->array()) {
    What what;
    const Json* ids = each.find("ids");
    what.whole = ids == nullptr || ids->array() == nullptr;
    for (std::size_t i = 0; !what.whole && i < ids->array()->size(); ++i) {
      if (const std::string* id = (*ids->array())[i].text()) what.ids.insert(*id);
    }
    owed_[{each.text_at("webhook"), each.text_at("sync")}].waiting.add(what, bounds_.single);
  }
}

/// All that no import has taken in, what is at work among it.
void OwedImports::save() const {
  Json::Array owed;
  for (const auto& [key, each] : owed_) {
    What what = each.waiting;
    what.add(each.taken, bounds_.single);
    if (what.empty()) continue;
    Json ids;
    if (!what.whole) ids = Json(Json::Array(what.ids.begin(), what.ids.end()));
    owed.emplace_back(Json::Object{{"webhook", key.first}, {"sync", key.second}, {"ids", std::move(ids)}});
  }
  folder_.change(kFile, [&](Json& file) { file["owed"] = Json(std::move(owed)); });
}

void OwedImports::add(const std::string& webhook, const std::string& sync, const std::string& id) {
  What what;
  what.whole = id.empty();
  if (!id.empty()) what.ids.insert(id);
  const std::lock_guard lock(mutex_);
  Owed& owed = owed_[{webhook, sync}];
  if (owed.waiting.empty() && owed.failures == 0) owed.due = clock_.steady() + bounds_.gather;
  const What before = owed.waiting;
  owed.waiting.add(what, bounds_.single);
  if (before.whole != owed.waiting.whole || before.ids != owed.waiting.ids) save();
}

std::vector<std::pair<OwedImports::Key, std::string>> OwedImports::jobs() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<Key, std::string>> out;
  for (const auto& [key, owed] : owed_) {
    if (!owed.job.empty()) out.emplace_back(key, owed.job);
  }
  return out;
}

std::vector<OwedImports::Key> OwedImports::due() const {
  const SteadyTime now = clock_.steady();
  const std::lock_guard lock(mutex_);
  std::vector<Key> out;
  for (const auto& [key, owed] : owed_) {
    if (owed.job.empty() && !owed.waiting.empty() && owed.due <= now) out.push_back(key);
  }
  return out;
}

/// The doors are asked without the lock: they may take their time, and deliveries come meanwhile.
void OwedImports::turn() {
  for (const auto& [key, job] : jobs()) {
    if (const std::optional<bool> done = doors_.has_done(job)) end(key, *done);
  }
  for (const Key& key : due()) {
    try {
      begin(key);
    } catch (const std::exception& failure) {
      end(key, false);
      log::error("webhook " + key.first + ": no run of " + key.second + " could begin: " + failure.what());
    }
  }
}

void OwedImports::begin(const Key& key) {
  if (const std::string why = doors_.waits(key.second); !why.empty()) return put_off(key, bounds_.look_again, why);
  std::vector<std::string> ids;
  {
    const std::lock_guard lock(mutex_);
    Owed& owed = owed_[key];
    owed.taken = std::exchange(owed.waiting, {});
    owed.told.clear();
    ids = owed.taken.list();
  }
  const std::string job = doors_.begin(key.first, key.second, ids);
  if (job.empty()) return end(key, true);
  const std::lock_guard lock(mutex_);
  owed_[key].job = job;
}

void OwedImports::put_off(const Key& key, Millis by, const std::string& why) {
  std::string before;
  {
    const std::lock_guard lock(mutex_);
    Owed& owed = owed_[key];
    owed.due = clock_.steady() + by;
    before = std::exchange(owed.told, why);
  }
  if (before != why) doors_.tell(key.first, why);
}

/// What a run has not done stays owed.
void OwedImports::end(const Key& key, bool done) {
  int failures = 0;
  {
    const std::lock_guard lock(mutex_);
    Owed& owed = owed_[key];
    owed.job.clear();
    if (!done) owed.waiting.add(owed.taken, bounds_.single);
    owed.taken = {};
    failures = owed.failures = done ? 0 : owed.failures + 1;
    if (done && owed.waiting.empty()) owed_.erase(key);
    save();
  }
  if (done) return;
  const Millis wait = std::min(bounds_.last_retry, bounds_.first_retry * (1 << std::min(failures - 1, 10)));
  put_off(key, wait, key.second + " could not be imported; it is tried again in " + std::to_string(wait.count() / 1000) + " s");
}

void OwedImports::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    turn();
    clock_.sleep(kTick, stop);
  }
}

}  // namespace lockstep::serve
