#include "serve/watcher.h"

#include <algorithm>
#include <utility>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "operations/report_json.h"

namespace lockstep::serve {
namespace {

/// How many times as long as a look takes there is none, where nobody says whether one is worth while.
constexpr int kRest = 20;

}  // namespace

Json to_json(const WatchLook& look) {
  return Json::Object{{"pending", static_cast<std::int64_t>(look.pending)},
                      {"noticed_at", time_json(look.noticed_at)},
                      {"retry_at", time_json(look.retry_at)},
                      {"told", look.told},
                      {"problem", look.problem.empty() ? Json() : Json(look.problem)}};
}

Watcher::Watcher(const CurrentWorkspace& workspace, Pauses& pauses, WatcherBounds bounds, const Clock& clock, Begin begin, Ended ended,
                 Tell tell)
    : workspace_(workspace),
      pauses_(pauses),
      bounds_(bounds),
      clock_(clock),
      begin_(std::move(begin)),
      ended_(std::move(ended)),
      tell_(std::move(tell)) {}

/// A reload gives every sync another life; what was tried stays known.
void Watcher::open(const std::stop_token& stop) {
  std::shared_ptr<const Workspace> now = workspace_.get();
  if (session_ != nullptr && now == opened_) return;
  session_.reset();
  opened_ = std::move(now);
  session_ = std::make_unique<Session>(*opened_, stop);
  for (auto& [name, entry] : entries_) entry.mark.reset();
}

bool Watcher::is_due(Sync& sync, Entry& entry) {
  const SteadyTime now = clock_.steady();
  const std::optional<std::uint64_t> mark = sync.store->mark(sync.mapping->table());
  if (mark && mark != entry.mark) {
    if (!entry.changed_first) entry.changed_first = now;
    entry.changed_last = now;
  }
  entry.mark = mark;
  entry.shown.told = mark.has_value();
  if (!mark) hint(sync, entry);
  if (!entry.ever_looked) return true;
  if (entry.changed_first) return now - *entry.changed_last >= bounds_.quiet || now - *entry.changed_first >= bounds_.patience;
  const Millis sweep = mark ? bounds_.sweep : std::max(bounds_.sweep_blind, entry.took * kRest);
  return now - entry.looked >= sweep || (!entry.tried.empty() && entry.backoff > Millis::zero() && now >= entry.retry);
}

void Watcher::hint(const Sync& sync, Entry& entry) {
  if (std::exchange(entry.hinted, true)) return;
  log::warning("the database does not say when rows of " + sync.mapping->table_name() + " change, so they are looked at every " +
               std::to_string(bounds_.sweep_blind.count() / 1000) + " seconds; `lockstep migrate --watch` makes the triggers that say it");
}

void Watcher::act_on(const Sync& sync, Entry& entry, const EditLook& found) {
  entry.shown.pending = found.rows.size();
  entry.shown.problem.clear();
  // What a run has left as it was waits; another edit is no reason to.
  const bool again = std::all_of(found.rows.begin(), found.rows.end(), [&](const auto& row) {
    const auto tried = entry.tried.find(row.first);
    return tried != entry.tried.end() && tried->second == row.second;
  });
  entry.tried = found.rows;
  if (found.rows.empty()) {
    entry.backoff = Millis(0);
    entry.shown.retry_at = 0;
    return;
  }
  const SteadyTime now = clock_.steady();
  const auto shown = [&] { return clock_.now() + std::chrono::duration_cast<Millis>(entry.retry - now).count() * 1000; };
  if (again && now < entry.retry) {
    entry.shown.retry_at = shown();
    return;
  }
  entry.backoff = again ? std::min(entry.backoff * 2, bounds_.longest_retry) : bounds_.retry;
  entry.retry = now + entry.backoff;
  entry.shown.retry_at = again ? shown() : 0;
  entry.shown.noticed_at = clock_.now();
  const bool single = found.ids.size() <= bounds_.single;
  entry.job = begin_(sync.name, single ? found.ids : std::vector<std::string>());
  tell_(sync.name, counted(found.rows.size(), "row has", "rows have") + " changed");
}

void Watcher::take_turn(Sync& sync, Entry& entry, const std::stop_token& stop) {
  if (!entry.job.empty()) {
    if (!ended_(entry.job)) return;
    entry.job.clear();
    // What the run wrote has changed the database, too: a look says what is left.
    entry.changed_first = entry.changed_last = clock_.steady() - bounds_.quiet;
  }
  if (!is_due(sync, entry)) return;
  if (pauses_.find(sync.name)) return;
  pauses_.note_rollback(*opened_, sync.name);
  if (pauses_.find(sync.name)) return;
  const SteadyTime begin = clock_.steady();
  entry.changed_first.reset();
  const EditLook found = look_for_edits(sync, clock_, stop);
  entry.looked = clock_.steady();
  entry.ever_looked = true;
  entry.took = std::chrono::duration_cast<Millis>(entry.looked - begin);
  act_on(sync, entry, found);
}

void Watcher::fail(const std::string& sync, const std::string& why) {
  Entry& entry = entries_[sync];
  const std::string shown = redact(why);
  if (entry.shown.problem != shown) {
    log::warning("the rows of " + sync + " cannot be watched: " + shown);
    tell_(sync, "cannot be watched: " + shown);
  }
  entry.shown.problem = shown;
  entry.rests_until = clock_.steady() + bounds_.rest;
  // A connection that was lost is made anew.
  session_.reset();
}

void Watcher::turn(const std::stop_token& stop) {
  for (const SyncUse& use : workspace_.get()->configuration().syncs) {
    if (!use.watch || stop.stop_requested() || clock_.steady() < entries_[use.name].rests_until) continue;
    try {
      open(stop);
      Sync* sync = session_->load(use.name);
      if (sync == nullptr) continue;
      session_->open(*sync);
      take_turn(*sync, entries_[use.name], stop);
    } catch (const std::exception& failure) {
      if (stop.stop_requested()) return;
      fail(use.name, failure.what());
    }
    const std::lock_guard lock(mutex_);
    shown_[use.name] = entries_[use.name].shown;
  }
}

void Watcher::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    turn(stop);
    clock_.sleep(bounds_.look, stop);
  }
}

std::optional<WatchLook> Watcher::look(const std::string& sync) const {
  const std::lock_guard lock(mutex_);
  const auto found = shown_.find(sync);
  return found == shown_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace lockstep::serve
