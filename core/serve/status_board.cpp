#include "serve/status_board.h"

#include "common/error.h"
#include "common/log.h"
#include "operations/report_json.h"

namespace lockstep::serve {

StatusBoard::StatusBoard(const CurrentWorkspace& workspace, BoardBounds bounds, const Clock& clock,
                         std::function<void(const std::string& sync)> changed)
    : workspace_(workspace), bounds_(bounds), clock_(clock), changed_(std::move(changed)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

StatusBoard::~StatusBoard() = default;

bool StatusBoard::is_due(const Entry& entry, bool refresh) const {
  if (!entry.seen || entry.outdated) return true;
  return clock_.steady() - entry.compared > (refresh ? bounds_.fresh_asked : bounds_.fresh);
}

std::optional<StatusBoard::Seen> StatusBoard::look(const std::string& sync, bool refresh, Deadline until) {
  std::unique_lock lock(mutex_);
  Entry& entry = entries_[sync];
  if (!entry.wanted && is_due(entry, refresh)) compare(sync, entry);
  // Who asks for a new one gets that.
  if (!entry.seen || (refresh && entry.wanted)) moved_.wait_until(lock, until.at(), [&] { return !entry.wanted; });
  return shown(entry);
}

std::optional<StatusBoard::Seen> StatusBoard::follow(const std::string& sync) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[sync];
  const bool old = !entry.seen || (entry.outdated && clock_.steady() - entry.compared > bounds_.fresh);
  if (!entry.wanted && old) compare(sync, entry);
  return shown(entry);
}

std::optional<StatusBoard::Seen> StatusBoard::known(const std::string& sync) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(sync);
  return found == entries_.end() ? std::nullopt : shown(found->second);
}

void StatusBoard::compare(const std::string& sync, Entry& entry) {
  entry.wanted = true;
  queue_.push_back(sync);
  moved_.notify_all();
}

std::optional<StatusBoard::Seen> StatusBoard::shown(const Entry& entry) {
  if (!entry.seen) return std::nullopt;
  Seen seen = *entry.seen;
  seen.stale = entry.wanted || entry.outdated;
  return seen;
}

void StatusBoard::note_change(const std::string& sync) {
  const std::lock_guard lock(mutex_);
  entries_[sync].outdated = true;
}

void StatusBoard::work(const std::stop_token& stop) {
  for (;;) {
    std::string sync;
    {
      std::unique_lock lock(mutex_);
      if (!moved_.wait(lock, stop, [this] { return !queue_.empty(); })) return;
      sync = std::move(queue_.front());
      queue_.pop_front();
      entries_[sync].outdated = false;
    }
    Seen seen;
    seen.checked_at = clock_.now();
    try {
      Observer nobody;
      const operations::StatusOutcome outcome = operations::status(*workspace_.get(), {.syncs = {sync}}, nobody, clock_, stop);
      if (stop.stop_requested()) return;
      if (!outcome.syncs.empty()) seen.status = outcome.syncs.front();
      seen.failure = seen.status.failure;
    } catch (const std::exception& failure) {
      seen.failure = redact(failure.what());
    }
    seen.status.name = sync;
    {
      const std::lock_guard lock(mutex_);
      Entry& entry = entries_[sync];
      entry.seen = std::move(seen);
      entry.compared = clock_.steady();
      entry.wanted = false;
      moved_.notify_all();
    }
    changed_(sync);
  }
}

Json to_json(const StatusBoard::Seen& seen) {
  Json out = to_json(operations::StatusOutcome{{seen.status}});
  Json one = out.find("syncs")->array()->front();
  if (!seen.failure.empty()) one["problem"] = Json(seen.failure);
  one["looked_at"] = time_json(seen.checked_at);
  one["stale"] = Json(seen.stale);
  return one;
}

}  // namespace lockstep::serve
