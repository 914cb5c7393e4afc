#include "serve/alerts.h"

#include <algorithm>
#include <utility>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "operations/conflicts.h"
#include "operations/models.h"
#include "operations/report_json.h"
#include "serve/alert_post.h"

namespace lockstep::serve {
namespace {

std::int64_t number_at(const Json& object, std::string_view name) {
  const Json* found = object.find(name);
  return found == nullptr || found->integer() == nullptr ? 0 : *found->integer();
}

/// What the engine's own remedy says of the reason.
AlertCause cause_of(const Json& error) {
  const std::string hint = error.text_at("hint");
  if (hint.find("--allow-account-change") != std::string::npos) return AlertCause::AccountChanged;
  if (hint.find("--allow-mass-change") != std::string::npos) return AlertCause::GuardStopped;
  return AlertCause::RunFailed;
}

/// Never the message itself, which may hold what a record holds.
std::string text_of(AlertCause cause, const Json& error) {
  if (cause == AlertCause::AccountChanged) return "the run was stopped, for the items are another account's than those of its rows";
  if (cause == AlertCause::GuardStopped) return "a guard stopped the run, for it would have changed too much at once";
  return "the run failed (" + error.text_at("code", "unknown") + ")";
}

void add_failure(const std::string& sync, const Json* error, const std::string& run, std::vector<AlertFact>& out) {
  for (const AlertCause each : {AlertCause::RunFailed, AlertCause::AccountChanged, AlertCause::GuardStopped}) {
    const bool wrong = error != nullptr && cause_of(*error) == each;
    out.push_back({each, sync, wrong ? text_of(each, *error) : "", 0, run});
  }
}

}  // namespace

std::vector<AlertFact> facts_of(const operations::JobSnapshot& job) {
  std::vector<AlertFact> out;
  if (!job.ended() || job.state == operations::JobState::Cancelled) return out;
  const Json& outcome = job.result->outcome;
  const Json* dry = outcome.find("dry_run");
  if (dry != nullptr && *dry == Json(true)) return out;
  const Json* syncs = outcome.find("syncs");
  if (syncs == nullptr || syncs->array() == nullptr) {
    const Json* error = outcome.find("error");
    if (error == nullptr || job.state != operations::JobState::Failed) return out;
    for (const std::string& sync : job.syncs) add_failure(sync, error, job.id, out);
    return out;
  }
  for (const Json& sync : *syncs->array()) {
    const Json* interrupted = sync.find("interrupted");
    if (interrupted != nullptr && *interrupted == Json(true)) continue;
    const std::string name = sync.text_at("name");
    add_failure(name, sync.find("error"), job.id, out);
    const std::int64_t failed = number_at(sync, "failed"), rejected = number_at(sync, "rejected");
    if (sync.find("error") != nullptr) continue;
    std::vector<std::string> told;
    if (failed > 0) told.push_back(counted(static_cast<std::size_t>(failed), "record", "records") + " failed");
    if (rejected > 0) told.push_back(counted(static_cast<std::size_t>(rejected), "record", "records") + " rejected");
    out.push_back({AlertCause::RecordsFailed, name, join(told, ", "), 0, job.id});
  }
  return out;
}

Alerts::Alerts(const CurrentWorkspace& workspace, const StateFolder& folder, StatusBoard& board, AlertTimes times, AlertBounds bounds,
               const Clock& clock)
    : workspace_(workspace), board_(board), times_(times), clock_(clock), book_(folder, std::move(bounds), clock) {}

void Alerts::note(const operations::JobSnapshot& job) {
  std::vector<AlertFact> facts = facts_of(job);
  const std::lock_guard lock(mutex_);
  for (AlertFact& fact : facts) {
    const auto [known, fresh] = ended_.try_emplace(fact.sync, true);
    known->second = (fresh || known->second) && fact.text.empty();
    noted_.push_back(std::move(fact));
  }
}

bool Alerts::anybody_wants(AlertCause cause) const {
  const auto& targets = workspace_.get()->configuration().alerts;
  return std::any_of(targets.begin(), targets.end(),
                     [&](const AlertUse& target) { return std::find(target.on.begin(), target.on.end(), cause) != target.on.end(); });
}

void Alerts::look_for_conflicts(Known& known, const std::stop_token& stop) const {
  const std::shared_ptr<const Workspace> workspace = workspace_.get();
  std::map<std::string, std::size_t> counts;
  for (const std::string& sync : workspace->configuration().sync_names()) counts[sync] = 0;
  const Micros now = clock_.now();
  for (const auto& one : operations::conflicts(*workspace, stop).conflicts) counts[one.sync] += now < one.until ? 0U : 1U;
  for (const auto& [sync, count] : counts) {
    known.facts.push_back({AlertCause::ConflictsWaiting, sync,
                           count == 0   ? ""
                           : count == 1 ? "a conflict waits for a decision"
                                        : std::to_string(count) + " conflicts wait for a decision"});
  }
}

/// Nothing is known where there is no catalogue.
void Alerts::look_for_shutdowns(Known& known, const std::stop_token& stop) const {
  const std::shared_ptr<const Workspace> workspace = workspace_.get();
  operations::ModelsDueRequest request;
  for (const AlertUse& target : workspace->configuration().alerts) request.within = std::max(request.within, target.shutdown_within);
  try {
    for (const operations::DueModel& due : operations::models_due(*workspace, request, clock_, stop).due)
      known.facts.push_back(
          {AlertCause::ShutdownAhead, due.provider + " " + due.model, "is shut down on " + due.date, std::max<std::int64_t>(due.days, 0)});
    known.complete.insert(AlertCause::ShutdownAhead);
  } catch (const Error& failure) {
    if (failure.kind() != ErrorKind::NotFound && failure.kind() != ErrorKind::Invalid) throw;
  }
}

void Alerts::look_for_differences(Known& known, const std::stop_token& /*stop*/) const {
  for (const std::string& sync : workspace_.get()->configuration().sync_names()) {
    const auto seen = board_.look(sync, false, Deadline::after(Millis(0), clock_));
    if (!seen || !seen->failure.empty() || !seen->status.known) continue;
    known.facts.push_back({AlertCause::OutOfSync, sync, seen->status.in_sync() ? "" : "both sides have differed for long"});
  }
}

/// Between two looks. Both sides are compared twice within the shortest time after which somebody wants to know that they differ.
Millis Alerts::wait_of(const Lookout& lookout) const {
  const Millis usual = times_.*lookout.every;
  if (lookout.cause != AlertCause::OutOfSync) return usual;
  Millis shortest = usual;
  for (const AlertUse& target : workspace_.get()->configuration().alerts) {
    if (std::find(target.on.begin(), target.on.end(), lookout.cause) != target.on.end())
      shortest = std::min(shortest, target.out_of_sync_after / 2);
  }
  return std::min(usual, std::max(shortest, times_.often));
}

void Alerts::look_for(const Lookout& lookout, Known& known, const std::stop_token& stop) {
  const auto last = looked_.find(lookout.cause);
  const SteadyTime now = clock_.steady();
  if ((last != looked_.end() && now - last->second < wait_of(lookout)) || !anybody_wants(lookout.cause)) return;
  looked_[lookout.cause] = now;
  try {
    (this->*lookout.look)(known, stop);
  } catch (const std::exception& failure) {
    // What cannot be looked at is unknown: nothing is said about it.
    log::debug(std::string("alerts: ") + failure.what());
  }
}

std::vector<AlertFact> Alerts::take_noted() {
  const std::lock_guard lock(mutex_);
  return std::exchange(noted_, {});
}

void Alerts::keep() {
  const std::vector<AlertFact> facts = take_noted();
  if (!facts.empty()) book_.note(workspace_.get()->configuration().alerts, facts, {});
}

void Alerts::turn(const std::stop_token& stop) {
  static constexpr Lookout kLookouts[] = {{AlertCause::ConflictsWaiting, &AlertTimes::look, &Alerts::look_for_conflicts},
                                          {AlertCause::ShutdownAhead, &AlertTimes::look, &Alerts::look_for_shutdowns},
                                          {AlertCause::OutOfSync, &AlertTimes::compare, &Alerts::look_for_differences}};
  Known known{take_noted(), {}};
  if (workspace_.get()->configuration().alerts.empty()) return;
  for (const Lookout& each : kLookouts) look_for(each, known, stop);
  if (!known.facts.empty() || !known.complete.empty()) book_.note(workspace_.get()->configuration().alerts, known.facts, known.complete);
}

std::string Alerts::page_of(const AlertMessage& message) const {
  std::string page = workspace_.get()->configuration().serve.public_url;
  if (page.empty()) return page;
  if (!page.ends_with('/')) page += '/';
  return message.run.empty() ? page : page + "runs/" + message.run;
}

void Alerts::send(const std::stop_token& stop) {
  const std::shared_ptr<const Workspace> workspace = workspace_.get();
  for (const AlertMessage& message : book_.due()) {
    if (stop.stop_requested()) return;
    const auto& targets = workspace->configuration().alerts;
    const auto target = std::find_if(targets.begin(), targets.end(), [&](const AlertUse& each) { return each.name == message.target; });
    if (target == targets.end()) continue;
    try {
      send_alert(*target, message, page_of(message), clock_, stop);
      book_.delivered(message);
    } catch (const std::exception& failure) {
      if (stop.stop_requested()) return;
      log::warning("the alert target " + message.target + " was not reached: " + failure.what());
      book_.failed(message, failure.what());
    }
  }
  beat(stop);
}

/// A beat that is lost is none: the next run brings another.
void Alerts::beat(const std::stop_token& stop) {
  std::map<std::string, bool> ended;
  {
    const std::lock_guard lock(mutex_);
    ended.swap(ended_);
  }
  if (ended.empty()) return;
  const std::shared_ptr<const Workspace> workspace = workspace_.get();
  for (const AlertUse& target : workspace->configuration().alerts) {
    if (target.form != AlertForm::Heartbeat) continue;
    bool any = false, well = true;
    for (const auto& [sync, went_well] : ended) {
      if (!target.syncs.empty() && std::find(target.syncs.begin(), target.syncs.end(), sync) == target.syncs.end()) continue;
      any = true;
      well = well && went_well;
    }
    if (!any) continue;
    std::string result = well ? "beaten" : "told of a failure";
    try {
      send_heartbeat(target, well, clock_, stop);
    } catch (const std::exception& failure) {
      result = redact(failure.what());
      log::warning("the heartbeat " + target.name + " was not taken: " + result);
    }
    const std::lock_guard lock(mutex_);
    beats_[target.name] = result;
  }
}

/// What goes wrong is told, and tried again a tick later.
void Alerts::repeat(void (Alerts::*work)(const std::stop_token&), const char* trouble, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    try {
      (this->*work)(stop);
    } catch (const std::exception& failure) {
      log::error(std::string(trouble) + ": " + failure.what());
    }
    clock_.sleep(times_.tick, stop);
  }
}

void Alerts::watch(const std::stop_token& stop) { repeat(&Alerts::turn, "alerts cannot be written down", stop); }

void Alerts::deliver(const std::stop_token& stop) { repeat(&Alerts::send, "alerts cannot be sent", stop); }

void Alerts::test(const AlertUse& target, const std::stop_token& stop) const {
  if (target.form == AlertForm::Heartbeat) return send_heartbeat(target, true, clock_, stop);
  AlertMessage message;
  message.id = "msg_" + make_ulid(clock_.now());
  message.target = target.name;
  message.sync = "Lockstep";
  message.text = "this is a test, and nothing is wrong";
  message.since = message.at = clock_.now();
  send_alert(target, message, page_of(message), clock_, stop);
}

Json Alerts::look(const AlertUse& target) const {
  Json out = book_.look(target.name);
  if (target.form != AlertForm::Heartbeat) return out;
  const std::lock_guard lock(mutex_);
  const auto beat = beats_.find(target.name);
  out["last_result"] = beat == beats_.end() ? Json() : Json(beat->second);
  return out;
}

}  // namespace lockstep::serve
