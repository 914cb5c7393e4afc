#include "serve/metrics.h"

#include <fmt/format.h>

#include <cstdio>

#include "serve/service.h"

namespace lockstep::serve {
namespace {

class Text {
 public:
  /// `open`: OpenMetrics; else what Prometheus reads of old, which knows no type "info".
  explicit Text(bool open) : open_(open) {}

  /// One sample, of value 1.
  void info(std::string_view name, std::string_view help, std::initializer_list<std::string_view> labels) {
    const std::string sample = std::string(name) + "_info";
    family(open_ ? name : sample, open_ ? "info" : "gauge", help);
    this->sample(sample, labels, 1);
  }
  void family(std::string_view name, std::string_view type, std::string_view help) {
    text_ += "# TYPE lockstep_" + std::string(name) + " " + std::string(type) + "\n# HELP lockstep_" + std::string(name) + " " +
             std::string(help) + "\n";
  }
  /// `labels`: name, value, name, value …
  void sample(std::string_view name, std::initializer_list<std::string_view> labels, double value) {
    text_ += "lockstep_" + std::string(name);
    bool key = true, first = true;
    for (const std::string_view part : labels) {
      if (key) {
        text_ += (first ? "{" : ",") + std::string(part) + "=\"";
      } else {
        for (const char c : part) text_ += c == '\\' ? "\\\\" : c == '"' ? "\\\"" : c == '\n' ? "\\n" : std::string(1, c);
        text_ += "\"";
      }
      first = false;
      key = !key;
    }
    text_ += (first ? " " : "} ") + fmt::format("{}", value) + "\n";
  }
  std::string finished() { return std::move(text_) + (open_ ? "# EOF\n" : ""); }

 private:
  bool open_;
  std::string text_;
};

double number(std::optional<std::uint64_t> count) { return static_cast<double>(count.value_or(0)); }

void add_syncs(Service& service, const Person& person, Text& out) {
  std::vector<StatusBoard::Seen> seen;
  for (const std::string& name : service.visible_syncs(person)) {
    if (auto known = service.board().follow(name)) seen.push_back(std::move(*known));
  }
  out.family("in_sync", "gauge", "Whether both sides of a sync agree, when they were compared last.");
  for (const auto& each : seen) out.sample("in_sync", {"sync", each.status.name}, each.status.in_sync() ? 1 : 0);
  out.family("pending_records", "gauge", "Records that a run would write, by direction.");
  for (const auto& each : seen) {
    out.sample("pending_records", {"sync", each.status.name, "direction", "import"}, number(each.status.pending_import));
    out.sample("pending_records", {"sync", each.status.name, "direction", "export"}, number(each.status.pending_export));
  }
  out.family("conflicts", "gauge", "Records that await a decision.");
  for (const auto& each : seen) out.sample("conflicts", {"sync", each.status.name}, number(each.status.conflicts));
  out.family("rejected", "gauge", "Records that were refused.");
  for (const auto& each : seen) out.sample("rejected", {"sync", each.status.name}, number(each.status.rejected));
  out.family("last_run_timestamp_seconds", "gauge", "When the last run of a sync ended.");
  for (const auto& each : seen)
    out.sample("last_run_timestamp_seconds", {"sync", each.status.name}, static_cast<double>(each.status.last_run) / 1e6);
}

void add_jobs(Service& service, Text& out) {
  std::map<operations::JobState, int> states;
  for (const auto& job : service.jobs().list()) ++states[job.state];
  out.family("jobs", "gauge", "Jobs of this process that are remembered, by state.");
  for (const auto& row : operations::job_state_words().rows()) out.sample("jobs", {"state", row.word}, states[row.value]);
}

void add_requests(Service& service, Text& out) {
  const auto sums = service.counts().sums();
  out.family("http_request_duration_seconds", "summary", "Requests answered, by route.");
  for (const auto& [key, sum] : sums) {
    const auto& [route, method, status] = key;
    const std::string code = std::to_string(status);
    out.sample("http_request_duration_seconds_count", {"route", route, "method", method, "code", code}, static_cast<double>(sum.count));
    out.sample("http_request_duration_seconds_sum", {"route", route, "method", method, "code", code}, sum.seconds);
  }
  out.family("event_streams", "gauge", "Clients that listen to events.");
  out.sample("event_streams", {}, static_cast<double>(service.hub().streams()));
}

}  // namespace

std::string metrics_text(Service& service, const Person& person, bool open) {
  Text out(open);
  out.info("build", "The program.", {"version", service.parts().version});
  out.family("start_time_seconds", "gauge", "When the server began.");
  out.sample("start_time_seconds", {}, static_cast<double>(service.started_at()) / 1e6);
  out.family("configuration_generation", "gauge", "Configurations that were in force, with this one.");
  out.sample("configuration_generation", {}, static_cast<double>(service.workspace().look().generation));
  add_syncs(service, person, out);
  add_jobs(service, out);
  add_requests(service, out);
  return out.finished();
}

}  // namespace lockstep::serve
