#include "operations/retry.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "operations/report_json.h"
#include "operations/stores.h"

namespace lockstep::operations {
namespace {

/// How people call it besides by its number.
const std::string& name_of(const RejectedRecord& record) { return record.remote_id.empty() ? record.record : record.remote_id; }

/// Those that were asked for; all of them when no id was given.
std::vector<RejectedRecord> choose_rejected(const std::vector<RejectedRecord>& rejected, const std::vector<std::string>& ids) {
  if (ids.empty()) return rejected;
  std::vector<RejectedRecord> chosen;
  for (const std::string& id : ids) {
    const std::size_t before = chosen.size();
    std::copy_if(rejected.begin(), rejected.end(), std::back_inserter(chosen),
                 [&](const RejectedRecord& record) { return id == std::to_string(record.id) || id == name_of(record); });
    if (chosen.size() > before) continue;
    std::vector<std::string> known;
    for (const RejectedRecord& record : rejected) known.push_back(name_of(record));
    throw Error(ErrorKind::NotFound, "no rejected record " + in_quotes(id) + did_you_mean(id, known), "run: lockstep rejected");
  }
  return chosen;
}

/// One task for each sync and direction.
std::vector<RunTask> tasks_for(const Configuration& configuration, const std::vector<RejectedRecord>& records) {
  std::map<std::pair<std::string, Mode>, RunTask> tasks;
  for (const RejectedRecord& record : records) {
    if (configuration.sync(record.sync) == nullptr) {
      log::warning("A rejected record belongs to a sync that the configuration does not have any more", {{"sync", record.sync}});
      continue;
    }
    const bool row_alone = record.remote_id.empty();
    const Mode mode = row_alone ? Mode::Export : mode_words().find(record.mode).value_or(Mode::Import);
    RunTask& task = tasks[{record.sync + (row_alone ? "/rows" : ""), mode}];
    task.sync = record.sync;
    (row_alone ? task.rows : task.ids).push_back(name_of(record));
    task.adjust = [mode](RunOptions& options) { options.mode = mode; };
  }
  std::vector<RunTask> all;
  for (auto& [name, task] : tasks) all.push_back(std::move(task));
  return all;
}

}  // namespace

RejectedOutcome rejected(Workspace& workspace) {
  RejectedOutcome outcome;
  for (RejectedEntry& entry : all_rejected(workspace)) {
    outcome.rejected.push_back({entry.id, std::move(entry.sync), std::move(entry.remote_id), std::move(entry.local_key),
                                std::move(entry.label), std::move(entry.reason), std::move(entry.mode), entry.since});
  }
  return outcome;
}

Json to_json(const RejectedOutcome& outcome) {
  Json::Array rejected;
  for (const RejectedRecord& record : outcome.rejected) {
    rejected.push_back(Json::Object{{"id", std::to_string(record.id)},
                                    {"sync", record.sync},
                                    {"remote_id", record.remote_id},
                                    {"record", record.record.empty() ? Json() : Json(record.record)},
                                    {"label", record.label},
                                    {"reason", record.reason},
                                    {"since", time_json(record.since)}});
  }
  return Json::Object{{"rejected", std::move(rejected)}};
}

RunOutcome retry(Workspace& workspace, const RetryRequest& request, Observer& observer, const Clock& clock, std::stop_token stop) {
  const std::vector<RejectedRecord> chosen = choose_rejected(rejected(workspace).rejected, request.ids);
  return run(workspace, {request.options, tasks_for(workspace.configuration(), chosen), request.command}, observer, clock, stop);
}

}  // namespace lockstep::operations
