// import, export, full, retry, and the commands that a configuration declares.
#include <algorithm>
#include <map>

#include "cli/runs.h"
#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "operations/stores.h"

namespace lockstep {
namespace {

/// A command of the configuration says which run it is; the others are called like it.
Mode mode_of(const Context& context) {
  std::string run = context.arguments.command;
  for (const CommandEntry& declared : context.workspace->configuration().commands) {
    if (declared.name == run) run = declared.run;
  }
  return parse_mode(run).value_or(Mode::Import);
}

int run_tasks(Context& context, const std::vector<RunTask>& tasks) {
  RunOptions options = run_options_from(context.arguments);
  options.mode = mode_of(context);
  // Programs that ask what would happen are told of which records.
  options.want_fields = context.verbosity > 0 || (context.json && options.dry_run);
  const Micros started_at = context.clock.now();
  options.run = make_ulid(started_at);
  const std::vector<SyncReport> reports = run_syncs(context, options, tasks, context.json ? Voice::Log : Voice::Lines);
  return conclude(context, options, reports, started_at);
}

void tell_sync_missing(Context& context) {
  if (!context.arguments.has("sync-missing")) return;
  const std::string line = "--sync-missing changes nothing: what is missing in the database is always created";
  if (context.json) {
    log::info(line);
  } else if (!context.quiet) {
    context.out.line("Note: " + line);
  }
}

bool wanted(const RejectedEntry& entry, const std::string& id) {
  return id == std::to_string(entry.id) || id == (entry.remote_id.empty() ? entry.local_key : entry.remote_id);
}

/// The rejected records that were asked for; all of them when no id was given.
std::vector<RejectedEntry> choose(const std::vector<RejectedEntry>& rejected, const std::vector<std::string>& ids) {
  if (ids.empty()) return rejected;
  std::vector<RejectedEntry> chosen;
  for (const std::string& id : ids) {
    const std::size_t before = chosen.size();
    std::copy_if(rejected.begin(), rejected.end(), std::back_inserter(chosen),
                 [&](const RejectedEntry& entry) { return wanted(entry, id); });
    if (chosen.size() > before) continue;
    std::vector<std::string> known;
    for (const RejectedEntry& entry : rejected) known.push_back(entry.remote_id.empty() ? entry.local_key : entry.remote_id);
    throw Error(ErrorKind::NotFound, "no rejected record " + in_quotes(id) + did_you_mean(id, known), "run: lockstep rejected");
  }
  return chosen;
}

}  // namespace

int run_command(Context& context) {
  tell_sync_missing(context);
  std::vector<RunTask> tasks;
  for (const std::string& name : chosen_syncs(context)) tasks.push_back({name});
  return run_tasks(context, tasks);
}

int retry_command(Context& context) {
  // A row that has no remote item is tried by an export, everything else by a run like the one that refused it.
  std::map<std::pair<std::string, Mode>, RunTask> tasks;
  for (const RejectedEntry& entry : choose(all_rejected(*context.workspace), context.arguments.positionals)) {
    if (context.workspace->configuration().sync(entry.sync) == nullptr) {
      log::warning("A rejected record belongs to a sync that the configuration does not have any more", {{"sync", entry.sync}});
      continue;
    }
    const bool row_alone = entry.remote_id.empty();
    const Mode mode = row_alone ? Mode::Export : parse_mode(entry.mode).value_or(Mode::Import);
    RunTask& task = tasks[{entry.sync + (row_alone ? "/rows" : ""), mode}];
    task.sync = entry.sync;
    (row_alone ? task.rows : task.ids).push_back(row_alone ? entry.local_key : entry.remote_id);
    task.adjust = [mode](RunOptions& options) { options.mode = mode; };
  }
  std::vector<RunTask> all;
  for (auto& [name, task] : tasks) all.push_back(std::move(task));
  if (all.empty() && !context.json && !context.quiet) context.out.line("Nothing to retry.");
  return run_tasks(context, all);
}

}  // namespace lockstep
