#include "serve/scheduler.h"

#include <algorithm>

#include "common/error.h"
#include "common/log.h"
#include "operations/chosen_syncs.h"
#include "operations/report_json.h"

namespace lockstep::serve {
namespace {

constexpr const char* kSchedulesFile = "schedules.json";
constexpr Millis kLongestSleep{1'000};
/// Jumps of the clock beyond this are corrections: nothing is caught up for them. As Debian's cron has it.
constexpr Micros kCaughtUpWithin = Micros{24} * 3600 * 1'000'000;

}  // namespace

std::vector<Scheduled> scheduled(const Configuration& configuration) {
  std::vector<Scheduled> out;
  for (const SyncUse& sync : configuration.syncs) {
    if (sync.schedule) out.push_back({sync.name, sync.schedule->run, {sync.name}, *sync.schedule});
  }
  for (const CommandEntry& command : configuration.commands) {
    if (!command.schedule) continue;
    out.push_back({command.name, mode_words().find(command.run).value_or(Mode::Import),
                   operations::members_of(configuration, command.syncs), *command.schedule});
  }
  return out;
}

operations::JobRequest scheduled_job(const Scheduled& of, const std::string& by, Micros now) {
  RunOptions options;
  options.mode = of.run;
  options.by = by;
  options.command = of.name == of.syncs.front() && of.syncs.size() == 1 ? std::string(mode_words().word(of.run)) + " " + of.name : of.name;
  options.run = make_ulid(now);
  operations::JobRequest job = operations::job_of({options, operations::tasks_of(of.syncs), of.name});
  job.id = options.run;
  job.by = by;
  return job;
}

Scheduler::Scheduler(const CurrentWorkspace& workspace, const StateFolder& folder, Pauses& pauses, const Clock& clock, Begin begin,
                     Ended ended, Tell tell)
    : workspace_(workspace),
      folder_(folder),
      pauses_(pauses),
      clock_(clock),
      begin_(std::move(begin)),
      ended_(std::move(ended)),
      tell_(std::move(tell)) {}

/// Of one that was never met: from now on.
Scheduler::Entry& Scheduler::entry_of(const Scheduled& of) {
  const auto [found, fresh] = entries_.try_emplace(of.name);
  if (!fresh) return found->second;
  const Json file = folder_.read(kSchedulesFile);
  const Json* known = file.find(of.name);
  const Micros now = clock_.now();
  const Micros last = known == nullptr ? 0 : parse_time(known->text_at("last")).value_or(0);
  found->second.last = of.schedule.catch_up && last != 0 ? std::max(last, now - kCaughtUpWithin) : now;
  if (last == 0) remember(of.name, now);
  return found->second;
}

void Scheduler::remember(const std::string& name, Micros last) {
  folder_.change(kSchedulesFile, [&](Json& file) { file[name]["last"] = time_json(last); });
}

void Scheduler::skip(const Scheduled& of, Entry& entry, const std::string& why) {
  ++entry.skipped;
  entry.last_skip = why;
  log::info("a scheduled run is skipped", {{"schedule", of.name}, {"why", why}});
  tell_(of.name, "skipped: " + why);
}

void Scheduler::take_turn(const Scheduled& of, Entry& entry, Micros due) {
  // Several times may have passed: they are one run.
  const Micros now = clock_.now();
  Micros last = due;
  bool missed = false;
  for (Micros next = of.schedule.next(last, of.name); next <= now; next = of.schedule.next(last, of.name)) {
    last = next;
    missed = true;
  }
  const bool busy = !entry.job.empty() && !ended_(entry.job);
  if (busy && of.schedule.queue) return;  // this time is still due
  entry.last = last;
  remember(of.name, last);
  if (busy) return skip(of, entry, "the last run is still at work");
  for (const std::string& sync : of.syncs) {
    pauses_.note_rollback(*workspace_.get(), sync);
    if (const auto pause = pauses_.find(sync)) return skip(of, entry, sync + " is paused: " + pause->reason);
  }
  entry.job = begin_(of);
  ++entry.runs;
  if (missed) ++entry.caught_up;
}

void Scheduler::turn() {
  const std::shared_ptr<const Workspace> workspace = workspace_.get();
  const std::lock_guard lock(mutex_);
  for (const Scheduled& of : scheduled(workspace->configuration())) {
    try {
      Entry& entry = entry_of(of);
      const Micros now = clock_.now();
      // A clock that was set back must not keep it waiting until it has caught up.
      if (entry.last > now) entry.last = now;
      if (const Micros due = of.schedule.next(entry.last, of.name); due <= now) take_turn(of, entry, due);
    } catch (const std::exception& failure) {
      log::error("the schedule of " + of.name + " could not be followed: " + failure.what());
      tell_(of.name, "failed: " + redact(failure.what()));
    }
  }
}

void Scheduler::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    turn();
    clock_.sleep(kLongestSleep, stop);
  }
}

std::vector<ScheduleLook> Scheduler::look() const {
  const std::shared_ptr<const Workspace> workspace = workspace_.get();
  const std::lock_guard lock(mutex_);
  std::vector<ScheduleLook> out;
  for (Scheduled& of : scheduled(workspace->configuration())) {
    ScheduleLook one;
    one.next = of.schedule.next(clock_.now(), of.name);
    if (const auto known = entries_.find(of.name); known != entries_.end()) {
      one.last = known->second.runs > 0 ? known->second.last : 0;
      one.runs = known->second.runs;
      one.skipped = known->second.skipped;
      one.caught_up = known->second.caught_up;
      one.last_skip = known->second.last_skip;
    }
    one.of = std::move(of);
    out.push_back(std::move(one));
  }
  return out;
}

std::vector<Micros> Scheduler::next_times(const Scheduled& of, std::size_t count) const {
  std::vector<Micros> out;
  for (Micros at = clock_.now(); out.size() < count;) out.push_back(at = of.schedule.next(at, of.name));
  return out;
}

}  // namespace lockstep::serve
