// What runs by itself: schedules and pauses.
#include "common/text.h"
#include "operations/report_json.h"
#include "serve/answers.h"
#include "serve/scheduler.h"

namespace lockstep::serve {
namespace {

using Kind = Field::Kind;

constexpr std::size_t kTimesAhead = 5;

/// Throws Problem{404} for a sync that there is not, or that is not theirs to see.
const std::string& asked_sync(Service& service, const Asked& asked) {
  const std::string& name = asked.captured.at(0);
  if (service.workspace().get()->configuration().sync(name) == nullptr || !asked.person.may_see(name))
    throw Problem{404, "no sync " + in_quotes(name), "not_found"};
  return name;
}

Json schedule_json(Service& service, const ScheduleLook& look) {
  Json::Array next;
  for (const Micros at : service.scheduler().next_times(look.of, kTimesAhead)) next.push_back(time_json(at));
  Json paused;
  for (const std::string& sync : look.of.syncs) {
    if (const auto pause = service.pauses().find(sync)) {
      paused = to_json(*pause);
      paused["sync"] = Json(sync);
    }
  }
  const auto number = [](std::uint64_t value) { return Json(static_cast<std::int64_t>(value)); };
  return Json::Object{{"name", look.of.name},
                      {"run", std::string(mode_words().word(look.of.run))},
                      {"syncs", Json::Array(look.of.syncs.begin(), look.of.syncs.end())},
                      {"text", look.of.schedule.text()},
                      {"cron", look.of.schedule.cron ? Json(look.of.schedule.cron_text) : Json()},
                      {"every", look.of.schedule.cron ? Json() : Json(look.of.schedule.text())},
                      {"timezone", look.of.schedule.timezone},
                      {"next", std::move(next)},
                      {"last", time_json(look.last)},
                      {"runs", number(look.runs)},
                      {"skipped", number(look.skipped)},
                      {"caught_up", number(look.caught_up)},
                      {"last_skip", look.last_skip.empty() ? Json() : Json(look.last_skip)},
                      {"paused", std::move(paused)}};
}

bool is_visible(const Asked& asked, const ScheduleLook& look) {
  return std::all_of(look.of.syncs.begin(), look.of.syncs.end(), [&](const std::string& sync) { return asked.person.may_see(sync); });
}

web::Response list_schedules(Service& service, const Asked& asked) {
  Json::Array items;
  for (const ScheduleLook& look : service.scheduler().look()) {
    if (is_visible(asked, look)) items.push_back(schedule_json(service, look));
  }
  return page_response(std::move(items), {});
}

web::Response run_schedule(Service& service, const Asked& asked) {
  for (const ScheduleLook& look : service.scheduler().look()) {
    if (look.of.name != asked.captured.at(0) || !is_visible(asked, look)) continue;
    operations::JobRequest job = scheduled_job(look.of, shown(asked.person), service.clock().now());
    return begin(service, asked, std::move(job));
  }
  throw Problem{404, "no schedule " + in_quotes(asked.captured.at(0)), "not_found"};
}

web::Response pause(Service& service, const Asked& asked) {
  const std::string& sync = asked_sync(service, asked);
  Pause pause{asked.body.text_or("reason"), shown(asked.person), service.clock().now()};
  if (const auto until = asked.body.text("until")) {
    const auto time = parse_time(*until);
    if (!time || *time <= service.clock().now()) throw Problem{422, "until: expected a time ahead, such as 2026-12-01T08:00:00Z"};
    pause.until = *time;
  }
  service.pauses().pause(sync, pause);
  service.tell_schedule(sync, "paused");
  return json_response(Json::Object{{"sync", sync}, {"paused", to_json(pause)}});
}

web::Response resume(Service& service, const Asked& asked) {
  const std::string& sync = asked_sync(service, asked);
  service.pauses().resume(sync);
  service.tell_schedule(sync, "resumed");
  return json_response(Json::Object{{"sync", sync}, {"paused", Json()}});
}

}  // namespace

std::vector<Route> automation_routes() {
  return {
      {"GET",
       "/api/v1/schedules",
       Scope::Read,
       "What runs by itself, when next, and what was skipped",
       {},
       {},
       "a page of schedules",
       {200},
       list_schedules},
      {"POST", "/api/v1/schedules/{name}/run", Scope::Write, "Runs it now", {}, {}, "the run", {202, 200}, run_schedule},
      {"POST",
       "/api/v1/syncs/{name}/pause",
       Scope::Write,
       "Nothing runs it by itself until it is resumed",
       {},
       {{"reason", Kind::Text, "why, for others", true}, {"until", Kind::Text, "when it goes on by itself: 2026-12-01T08:00:00Z"}},
       "the pause",
       {200},
       pause},
      {"POST", "/api/v1/syncs/{name}/resume", Scope::Write, "It runs by itself again", {}, {}, "the sync", {200}, resume},
  };
}

}  // namespace lockstep::serve
