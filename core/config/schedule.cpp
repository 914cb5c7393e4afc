#include "config/schedule.h"

#include <unistd.h>

#include <algorithm>

#include "common/error.h"
#include "common/hash.h"
#include "common/text.h"
#include "mapping/timezone.h"

namespace lockstep {
namespace {

constexpr Millis kLeastEvery{10'000}, kMostJitter{60'000};

std::string host_name() {
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  return host;
}

std::optional<Millis> read_duration(const yaml::Node& node, yaml::Problems& problems) {
  const auto text = yaml::as_text(node, problems);
  return text ? parse_duration(*text) : std::nullopt;
}

void read_cron(const yaml::Node& node, Schedule& out, yaml::Problems& problems) {
  const auto text = yaml::as_text(node, problems);
  if (!text) return;
  try {
    out.cron = Cron::parse(*text);
    out.cron_text = *text;
    if (out.cron->either_day())
      problems.warn(node.place, "day of the month and day of the week are both given: it runs where either fits, as cron does");
  } catch (const Error& error) {
    problems.add(node.place, error.what());
  }
}

}  // namespace

Micros Schedule::next(Micros after, std::string_view name) const {
  const Micros period = Micros{every.count()} * 1000;
  const Micros most = Micros{jitter.value_or(std::min(kMostJitter, every / 10)).count()} * 1000;
  const Micros later =
      most == 0 ? 0 : static_cast<Micros>(hash128(std::string(name) + "\n" + host_name()).low % static_cast<std::uint64_t>(most + 1));
  if (cron) return cron->next(after - later, timezone) + later;
  // Multiples of the period since 1970: a restart shifts nothing.
  return ((after - later) / period + 1) * period + later;
}

std::string Schedule::text() const {
  if (cron) return cron_text + " (" + timezone + ")";
  using namespace std::chrono;
  if (every % hours(24) == Millis::zero()) return "every " + counted(static_cast<std::uint64_t>(every / hours(24)), "day", "days");
  if (every % hours(1) == Millis::zero()) return "every " + counted(static_cast<std::uint64_t>(every / hours(1)), "hour", "hours");
  if (every % minutes(1) == Millis::zero()) return "every " + counted(static_cast<std::uint64_t>(every / minutes(1)), "minute", "minutes");
  return "every " + counted(static_cast<std::uint64_t>(every / seconds(1)), "second", "seconds");
}

yaml::Form schedule_form(bool with_run) {
  using Kind = yaml::Form::Kind;
  std::vector<yaml::Key> keys{
      {"every", yaml::of(Kind::Duration), "how often: 15m"},
      {"cron", yaml::text(1), "five fields, as crontab has them: 30 6 * * 1-5"},
      {"timezone", yaml::text(1), "whose clock cron goes by: Europe/Berlin", false, "UTC"},
      {"jitter", yaml::of(Kind::Duration), "at most so much later, always the same; without it a tenth of every, at most a minute"},
      {"catch_up", yaml::of(Kind::Boolean), "runs once for the times that were missed while the server was down", false, "true"},
      {"overlap", yaml::choice({"skip", "queue"}), "what happens while the last run is still at work", false, "skip"}};
  if (with_run) keys.insert(keys.begin(), {"run", yaml::choice(mode_words().texts()), "what it does", true});
  return yaml::map(std::move(keys));
}

std::optional<Schedule> read_schedule(const yaml::Node& node, bool with_run, yaml::Problems& problems) {
  if (!node || node.kind == yaml::Node::Kind::Null) return std::nullopt;
  yaml::Problems found;
  yaml::check(node, schedule_form(with_run), "schedule", found);
  if (found.empty() && node["every"].kind == node["cron"].kind) found.add(node.place, "schedule needs either \"every\" or \"cron\"");
  Schedule out;
  out.place = node.place;
  if (found.empty()) {
    if (with_run) out.run = mode_words().find(node["run"].scalar).value_or(Mode::Import);
    out.every = read_duration(node["every"], found).value_or(Millis(0));
    if (node["every"] && out.every < kLeastEvery) found.add(node["every"].place, "every must be at least 10s");
    read_cron(node["cron"], out, found);
    out.timezone = yaml::as_text(node["timezone"], found).value_or("UTC");
    if (!is_timezone(out.timezone)) found.add(node["timezone"].place, "the system knows no time zone " + in_quotes(out.timezone));
    if (node["every"] && node["timezone"])
      found.add(node["timezone"].place, "timezone is for \"cron\": \"every\" goes by no clock; leave it out");
    out.jitter = read_duration(node["jitter"], found);
    out.catch_up = yaml::as_boolean(node["catch_up"], found).value_or(true);
    out.queue = node["overlap"].scalar == "queue";
  }
  problems.add(found);
  return found.empty() ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace lockstep
