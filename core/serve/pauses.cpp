#include "serve/pauses.h"

#include "operations/history.h"
#include "operations/report_json.h"

namespace lockstep::serve {
namespace {

constexpr const char* kPausesFile = "pauses.json";

Pause read_pause(const Json& json) {
  return {json.text_at("reason"), json.text_at("by"), parse_time(json.text_at("since")).value_or(0),
          parse_time(json.text_at("until")).value_or(0), json.text_at("rollback")};
}

}  // namespace

Json to_json(const Pause& pause) {
  return Json::Object{{"reason", pause.reason},
                      {"by", pause.by},
                      {"since", time_json(pause.since)},
                      {"until", time_json(pause.until)},
                      {"rollback", pause.rollback.empty() ? Json() : Json(pause.rollback)}};
}

std::map<std::string, Pause> Pauses::all() const {
  const Json file = folder_.read(kPausesFile);
  std::map<std::string, Pause> out;
  const Json* paused = file.find("paused");
  if (paused == nullptr || paused->object() == nullptr) return out;
  for (const auto& [sync, json] : *paused->object()) {
    Pause pause = read_pause(json);
    if (pause.until == 0 || pause.until > clock_.now()) out.emplace(sync, std::move(pause));
  }
  return out;
}

std::optional<Pause> Pauses::find(const std::string& sync) const {
  const auto paused = all();
  const auto found = paused.find(sync);
  return found == paused.end() ? std::nullopt : std::optional(found->second);
}

void Pauses::pause(const std::string& sync, const Pause& pause) {
  folder_.change(kPausesFile, [&](Json& file) { file["paused"][sync] = to_json(pause); });
}

void Pauses::resume(const std::string& sync) {
  folder_.change(kPausesFile, [&](Json& file) {
    const Json* pause = file["paused"].find(sync);
    const std::string rollback = pause == nullptr ? std::string() : pause->text_at("rollback");
    file["paused"].erase(sync);
    // It is answered, and pauses the sync no more.
    if (!rollback.empty()) file["answered"][sync] = Json(rollback);
  });
}

void Pauses::note_rollback(const Workspace& workspace, const std::string& sync) {
  const operations::HistoryOutcome newest = operations::history(workspace, {.syncs = {sync}, .limit = 1});
  if (newest.runs.empty() || newest.runs.front().mode != "rollback") return;
  const operations::PastRun& run = newest.runs.front();
  const Json file = folder_.read(kPausesFile);
  const Json* answered = file.find("answered");
  if (answered != nullptr && answered->text_at(sync) == run.run) return;
  if (const auto known = find(sync)) return;
  pause(sync, {"a rollback, which the next run would undo", run.by, run.started_at, 0, run.run});
}

}  // namespace lockstep::serve
