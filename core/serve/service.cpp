#include "serve/service.h"

#include <algorithm>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "format/json.h"
#include "operations/chosen_syncs.h"
#include "serve/answers.h"
#include "serve/problem.h"
#include "serve/route.h"

namespace lockstep::serve {
namespace {

constexpr Millis kTick{250};
constexpr std::size_t kRawBody = std::size_t{256} * 1024;  // of a delivery, from whomever
constexpr int kMostWaiting = 16;                           // requests that wait for the end of a run, each on a thread of the web server

operations::JobBounds job_bounds(const CurrentWorkspace& workspace) { return {.at_once = workspace.get()->configuration().serve.at_once}; }

/// Only known methods are a word of the metrics.
std::string_view known_method(const std::string& method) {
  for (const std::string_view known : {"GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH"}) {
    if (method == known) return known;
  }
  return "other";
}

}  // namespace

void harden(web::Response& response) {
  const auto set = [&](std::string_view name, std::string_view value) {
    const bool there =
        std::any_of(response.headers.begin(), response.headers.end(), [&](const auto& header) { return header.first == name; });
    if (!there) response.with(std::string(name), std::string(value));
  };
  set("Cache-Control", "no-store");
  set("X-Content-Type-Options", "nosniff");
  set("Referrer-Policy", "same-origin");
  set("Cross-Origin-Resource-Policy", "same-origin");
  set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
}

Service::Service(ServiceParts parts)
    : parts_(std::move(parts)),
      workspace_(parts_.load, parts_.clock),
      folder_(state_path(workspace_.get()->configuration())),
      activity_(folder_, {}, parts_.clock),
      tokens_(folder_, workspace_.get()->configuration().serve.tokens, parts_.clock),
      sessions_({}, tokens_, parts_.clock),
      gate_(gate_settings(workspace_.get()->configuration().serve, 0), tokens_, sessions_, parts_.clock),
      plans_(folder_, parts_.clock),
      idempotency_(parts_.clock),
      started_at_(parts_.clock.now()),
      hub_({}, parts_.clock),
      board_(workspace_, parts_.board_bounds, parts_.clock,
             [this](const std::string& sync) {
               hub_.publish("status", json::to_text(Json::Object{{"sync", sync}}), {sync});
             }),
      jobs_(job_bounds(workspace_), parts_.clock),
      pauses_(folder_, parts_.clock),
      scheduler_(
          workspace_, folder_, pauses_, parts_.clock,
          [this](const Scheduled& of) { return submit(scheduled_job(of, "schedule", parts_.clock.now())); },
          [this](const std::string& job) { return has_ended(job); },
          [this](const std::string& name, const std::string& what) { tell_schedule(name, what); }),
      watcher_(
          workspace_, pauses_, {}, parts_.clock,
          [this](const std::string& sync, const std::vector<std::string>& ids) {
            return run_of_itself(Mode::Export, "row change", {sync}, ids);
          },
          [this](const std::string& job) { return has_ended(job); },
          [this](const std::string& sync, const std::string& what) { tell_schedule(sync, what); }),
      owed_imports_({}, folder_, parts_.clock, doors_of_owed()),
      deliveries_({}, parts_.clock,
                  [this](const WebhookUse& use, const std::string& id) {
                    for (const std::string& sync : use.syncs) owed_imports_.add(use.name, sync, id);
                  }),
      alerts_(workspace_, folder_, board_, parts_.alert_times, parts_.alert_bounds, parts_.clock),
      progress_([this](const std::stop_token& stop) { tell_progress(stop); }) {}

Service::~Service() { stop(Millis(0)); }

void Service::listens_on(std::uint16_t port) {
  port_ = port;
  gate_.replace(gate_settings(workspace_.get()->configuration().serve, port));
}

bool Service::reload() {
  const bool done = workspace_.reload();
  if (done) {
    const ServeSettings& settings = workspace_.get()->configuration().serve;
    tokens_.replace(settings.tokens);
    gate_.replace(gate_settings(settings, port_));
  }
  hub_.publish("config", json::to_text(Json::Object{{"reloaded", done}}), {});
  return done;
}

void Service::stop(Millis grace) {
  stopping_ = true;
  for (std::jthread& thread : automation_) thread.request_stop();
  automation_.clear();
  jobs_.close();
  const Deadline patience = Deadline::after(grace, parts_.clock);
  const auto at_work = [this] {
    const auto all = jobs_.list();
    return std::any_of(all.begin(), all.end(), [](const operations::JobSnapshot& job) { return !job.ended(); });
  };
  while (!patience.over(parts_.clock) && at_work()) parts_.clock.sleep(Millis(20), {});
  jobs_.shut_down();
  progress_.request_stop();
  if (progress_.joinable()) progress_.join();
  alerts_.keep();
  hub_.stop();
}

std::vector<std::string> Service::visible_syncs(const Person& person) const {
  std::vector<std::string> names = workspace_.get()->configuration().sync_names();
  std::erase_if(names, [&](const std::string& name) { return !person.may_see(name); });
  return names;
}

std::vector<std::string> Service::chosen_syncs(const Person& person, const std::vector<std::string>& named) const {
  const std::shared_ptr<const Workspace> workspace = workspace_.get();
  const std::vector<std::string> known = visible_syncs(person);
  std::vector<std::string> members = operations::members_of(workspace->configuration(), named);
  for (const std::string& name : members) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw Problem{404, "no sync " + in_quotes(name) + did_you_mean(name, known), "not_found"};
  }
  std::vector<std::string> chosen = operations::chosen_syncs(*workspace, members);
  std::erase_if(chosen, [&](const std::string& name) { return !person.may_see(name); });
  if (chosen.empty()) throw Problem{404, "none of the usual syncs is yours to see", "not_found", "name one under \"syncs\""};
  return chosen;
}

bool Service::has_ended(const std::string& job) const {
  try {
    return jobs_.find(job).ended();
  } catch (const Error&) {
    return true;  // and forgotten
  }
}

void Service::tell_schedule(const std::string& name, const std::string& what) {
  hub_.publish("schedule", json::to_text(Json::Object{{"name", name}, {"what", redact(what)}}), {name});
}

std::string Service::run_of_itself(Mode mode, const std::string& by, const std::vector<std::string>& syncs,
                                   const std::vector<std::string>& ids) {
  RunOptions options;
  options.mode = mode;
  options.by = by;
  options.ids = ids;
  options.ids_found = true;
  options.command = typed(to_string(mode), syncs, options);
  options.run = make_ulid(parts_.clock.now());
  operations::JobRequest job = operations::job_of({options, operations::tasks_of(syncs), std::string(to_string(mode))});
  job.id = options.run;
  job.by = by;
  return submit(std::move(job));
}

/// What a rollback or a person has paused waits until it is resumed.
OwedImports::Doors Service::doors_of_owed() {
  return {.waits = [this](const std::string& sync) -> std::string {
            if (workspace_.get()->configuration().sync(sync) == nullptr) return {};
            pauses_.note_rollback(*workspace_.get(), sync);
            const auto pause = pauses_.find(sync);
            return pause ? sync + " is paused: " + pause->reason : std::string();
          },
          .begin = [this](const std::string& webhook, const std::string& sync, const std::vector<std::string>& ids) -> std::string {
            if (workspace_.get()->configuration().sync(sync) == nullptr) return {};
            return run_of_itself(Mode::Import, "webhook " + webhook, {sync}, ids);
          },
          .has_done = [this](const std::string& job) -> std::optional<bool> {
            try {
              const operations::JobSnapshot look = jobs_.find(job);
              if (!look.ended()) return std::nullopt;
              return look.result->verdict != operations::Verdict::Failed && look.result->verdict != operations::Verdict::Interrupted;
            } catch (const Error&) {
              return false;  // forgotten before it was looked at
            }
          },
          .tell = [this](const std::string& webhook, const std::string& what) { deliveries_.note_refusal(webhook, what); }};
}

void Service::begin_work() {
  automation_.emplace_back([this](const std::stop_token& stop) { scheduler_.work(stop); });
  automation_.emplace_back([this](const std::stop_token& stop) { watcher_.work(stop); });
  automation_.emplace_back([this](const std::stop_token& stop) { owed_imports_.work(stop); });
  automation_.emplace_back([this](const std::stop_token& stop) { alerts_.watch(stop); });
  automation_.emplace_back([this](const std::stop_token& stop) { alerts_.deliver(stop); });
}

operations::JobSnapshot Service::submit(const Person& person, operations::JobRequest request) {
  request.by = shown(person);
  return jobs_.find(submit(std::move(request)));
}

std::string Service::submit(operations::JobRequest request) {
  // What is known of the sides is not fresh any more as soon as a run has ended, and not only once that is told.
  request.work = [this, work = std::move(request.work), syncs = request.syncs](const Workspace& workspace, Observer& observer,
                                                                               const Clock& clock, std::stop_token stop) {
    operations::JobResult result = work(workspace, observer, clock, std::move(stop));
    for (const std::string& sync : syncs) board_.note_change(sync);
    return result;
  };
  return jobs_.submit(workspace_.get(), std::move(request));
}

operations::JobSnapshot Service::wait_for(const std::string& job, Millis wait) {
  struct Counted {
    std::atomic<int>& count;
    int before;
    explicit Counted(std::atomic<int>& of) : count(of), before(of++) {}
    ~Counted() { --count; }
  } const counted(waiting_);
  if (counted.before >= kMostWaiting || wait <= Millis::zero()) return jobs_.find(job);
  return jobs_.wait(job, Deadline::after(wait, parts_.clock));
}

web::Response Service::answer(const web::Request& request) {
  const SteadyTime begin = parts_.clock.steady();
  const Match matched = match(request.method, request.target.segments);
  web::Response response = dispatch(request);
  harden(response);
  const auto took = std::chrono::duration_cast<Millis>(parts_.clock.steady() - begin);
  const std::string_view route = matched.route != nullptr ? matched.route->path : "none";
  counts_.add(route, known_method(request.method), response.status, took);
  log::debug("request", {{"method", std::string(known_method(request.method))},
                         {"route", std::string(route)},
                         {"status", std::int64_t{response.status}},
                         {"ms", std::int64_t{took.count()}},
                         {"from", gate_.peer(request)}});
  return response;
}

web::Response Service::dispatch(const web::Request& request) {
  try {
    gate_.check_host(request);
    return carry_out(request);
  } catch (const Problem& problem) {
    return to_response(problem);
  } catch (const Error& error) {
    return to_response(problem_of(error));
  }
}

web::Response Service::carry_out(const web::Request& request) {
  const Match matched = match(request.method, request.target.segments);
  if (matched.methods.empty()) throw Problem{404, "there is nothing at " + in_quotes(request.target.path), "not_found"};
  if (matched.route == nullptr) {
    std::vector<std::string> methods(matched.methods.begin(), matched.methods.end());
    const std::string allowed = join(methods, ", ");
    if (request.method == "OPTIONS") return web::Response{204, {{"Allow", allowed}}};
    throw Problem{405, "only " + allowed + " is possible there", "invalid", {}, {}, {{"Allow", allowed}}};
  }
  const Route& route = *matched.route;
  Person person;
  if (route.scope) person = gate_.admit(request, *route.scope);
  if (route.scope && *route.scope > Scope::Read && stopping_)
    throw Problem{503, "the server is about to stop", "busy", {}, {}, {{"Retry-After", "10"}}};
  const auto work = [&] {
    Given parameters = route.of_page ? Given() : Given::parameters(request, route.parameters);
    return route.handler(
        *this, {request, person, matched.captured, std::move(parameters), route.raw_body ? Given() : Given::body(request, route.body)});
  };
  if (!route.scope) return work();
  try {
    web::Response response = idempotency_.once(person, request, work);
    note_activity(route, matched, person, request, response.status);
    return response;
  } catch (const Problem& problem) {
    note_activity(route, matched, person, request, problem.status);
    throw;
  }
}

/// Of those who only look nothing is kept.
void Service::note_activity(const Route& route, const Match& matched, const Person& person, const web::Request& request, int status) {
  if (route.method == "GET") return;
  activity_.note({0, person.name, std::string(route.summary), join(matched.captured, " "), gate_.peer(request), status});
}

web::Response Service::refuse(const web::Refusal& refusal) {
  web::Response response = to_response({refusal.status, refusal.detail});
  harden(response);
  return response;
}

std::size_t Service::body_limit(const web::Request& head, const web::ServerBounds& bounds) {
  const Match matched = match(head.method, head.target.segments);
  return matched.route != nullptr && matched.route->raw_body ? std::min(kRawBody, bounds.body_bytes) : bounds.body_bytes;
}

void Service::tell(const operations::JobSnapshot& job, const operations::JobSnapshot* before) {
  const auto was = before == nullptr ? operations::JobState::Queued : before->state;
  std::vector<std::string> topics = job.syncs;
  topics.push_back(job.id);
  Json shown = to_json(job);
  shown.erase("outcome");
  const std::string data = redact(json::to_text(shown));
  if (before == nullptr) hub_.publish("run.queued", data, topics);
  if (was == operations::JobState::Queued && job.state != operations::JobState::Queued && job.started_at != 0)
    hub_.publish("run.started", data, topics);
  if (job.ended() && (before == nullptr || !before->ended())) {
    hub_.publish("run.finished", data, topics);
    alerts_.note(job);
  } else if (!job.ended() && before != nullptr && to_json(*before) != to_json(job)) {
    hub_.publish("run.progress", data, topics);
  }
}

/// Looks at the jobs four times a second, and a last time at the end, and tells what has changed since.
void Service::tell_progress(const std::stop_token& stop) {
  std::map<std::string, operations::JobSnapshot> before;
  for (bool last = false; !last;) {
    last = stop.stop_requested();
    std::map<std::string, operations::JobSnapshot> now;
    for (operations::JobSnapshot& job : jobs_.list()) {
      const auto known = before.find(job.id);
      tell(job, known == before.end() ? nullptr : &known->second);
      std::string id = job.id;
      now.emplace(std::move(id), std::move(job));
    }
    before = std::move(now);
    parts_.clock.sleep(kTick, stop);
  }
}

}  // namespace lockstep::serve
