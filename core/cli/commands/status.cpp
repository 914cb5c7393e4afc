// status: both sides compared by a dry run both ways, with what the state tables remember.
#include <algorithm>
#include <set>

#include "cli/print/items_reporter.h"
#include "cli/runs.h"
#include "common/error.h"
#include "common/text.h"
#include "operations/report_json.h"
#include "operations/stores.h"

namespace lockstep {
namespace {

constexpr std::size_t kErrorsShown = 5;

struct SyncStatus {
  std::string name;
  Nouns nouns;
  bool known = false;  ///< both sides could be read
  std::optional<std::uint64_t> remote, local, only_local, only_remote, pending_import, pending_export;
  std::optional<std::uint64_t> conflicts, rejected;
  std::uint64_t not_taken = 0;  ///< records of which the remote kept something else than was sent
  Micros last_run = 0, checked_at = 0;
  std::vector<std::string> unmapped_keys;
  std::vector<std::string> errors;  ///< what a run could not work on
  std::string failure;
  int code = 0;

  bool in_sync() const {
    const auto zero = [](const std::optional<std::uint64_t>& count) { return count && *count == 0; };
    return known && zero(only_local) && zero(only_remote) && zero(pending_import) && zero(pending_export) && zero(conflicts) &&
           zero(rejected) && not_taken == 0;
  }
};

std::uint64_t problems_with(const SyncReport& report, std::string_view code) {
  return static_cast<std::uint64_t>(
      std::count_if(report.problems.begin(), report.problems.end(), [&](const Problem& problem) { return problem.code == code; }));
}

/// What a dry run both ways says. A row whose remote item is gone, or was never known there, is a row that only the database has; it is
/// pending only where an export would make it. A record that both sides have edited is pending both ways.
void compare(const SyncReport& report, SyncStatus& status) {
  status.remote = report.remote;
  status.local = report.local;
  status.known = !report.failure && report.remote && report.local;
  status.conflicts = report.conflicts;
  status.rejected = report.rejected + report.failed;
  for (const Problem& problem : report.problems) {
    if (problem.severity == Problem::Severity::Error) status.errors.push_back(problem.message);
  }
  status.not_taken = report.not_taken;
  status.unmapped_keys = report.unmapped_keys;
  if (!status.known) return;
  const std::uint64_t unknown_there = problems_with(report, "unknown_remotely") + problems_with(report, "several_matches");
  status.only_local = report.created_remote + report.recreated_remote + report.only_local + report.missing_remote + unknown_there;
  status.only_remote = report.created_local + report.only_remote;
  // What the remote alone decides is no difference: an export leaves the new time of change to the next import.
  status.pending_import = report.created_local + report.updated_local - report.news_alone + report.linked + report.pending_import;
  status.pending_export = report.created_remote + report.recreated_remote + report.updated_remote + report.pending_export;
}

/// Conflicts that wait for a person, by record.
std::uint64_t records_in_conflict(State& state, std::int64_t sync_id) {
  std::set<std::int64_t> links;
  for (const ConflictEntry& conflict : state.conflicts(sync_id)) links.insert(conflict.link_id);
  return links.size();
}

/// The last real run of the sync, from the journal.
Micros last_run(State& state, const std::string& sync) {
  for (const RunEntry& run : state.runs({})) {
    if (!run.dry_run && run.report.text_at("sync") == sync) return run.finished_at != 0 ? run.finished_at : run.started_at;
  }
  return 0;
}

std::uint64_t count_rows(Store& store, const Mapping& mapping) {
  return store.inspect(mapping.table_name()) ? store.count(mapping.table(), {}) : 0;
}

/// `whole`: the comparison was not limited to some records.
void remember(Context& context, Sync& sync, bool whole, SyncStatus& status) {
  Store& store = context.workspace->store(context.workspace->configuration().sync(sync.name)->store);
  if (!status.local) status.local = count_rows(store, *sync.mapping);
  State state(store);
  if (status.known) status.checked_at = context.clock.now();
  if (!state.ready()) return;
  status.last_run = last_run(state, sync.name);
  const std::optional<SyncEntry> entry = state.find_sync(identity_of(sync));
  if (!entry) return;
  if (!status.known) status.checked_at = entry->checked_at;
  if (!whole) return;
  // A comparison counts them itself, without those that the next run closes.
  if (!status.known) status.conflicts = records_in_conflict(state, entry->id);
  status.rejected = std::max<std::uint64_t>(status.rejected.value_or(0), state.rejected(entry->id).size());
}

SyncStatus status_of(Context& context, const SyncReport& report) {
  Sync& sync = *context.workspace->load(report.name);
  SyncStatus status;
  status.name = report.name;
  status.nouns = sync.nouns;
  status.code = report.exit_code();
  if (report.failure) status.failure = report.failure_text();
  compare(report, status);
  try {
    remember(context, sync, !context.arguments.has("id") && !context.arguments.has("owner"), status);
  } catch (const Error& failure) {
    // The database cannot be read either: what it knows stays unknown.
    status.conflicts = status.rejected = std::nullopt;
    if (status.failure.empty()) status.failure = failure.what();
  }
  return status;
}

Json status_json(const SyncStatus& status, bool with_keys) {
  Json::Object out{{"name", status.name},
                   {"remote", count_json(status.remote)},
                   {"local", count_json(status.local)},
                   {"in_sync", status.known ? Json(status.in_sync()) : Json()},
                   {"only_local", count_json(status.only_local)},
                   {"only_remote", count_json(status.only_remote)},
                   {"pending_import", count_json(status.pending_import)},
                   {"pending_export", count_json(status.pending_export)},
                   {"conflicts", count_json(status.conflicts)},
                   {"rejected", count_json(status.rejected)},
                   {"not_taken", count_json(status.not_taken)},
                   {"last_run", time_json(status.last_run)},
                   {"checked_at", time_json(status.checked_at)}};
  if (!status.failure.empty()) out.emplace_back("problem", status.failure);
  Json::Array errors;
  for (const std::string& error : status.errors) errors.emplace_back(error);
  if (!errors.empty()) out.emplace_back("errors", std::move(errors));
  if (!with_keys) return out;
  Json::Array keys;
  for (const std::string& key : status.unmapped_keys) keys.emplace_back(key);
  out.emplace_back("unmapped_keys", std::move(keys));
  return out;
}

std::string shown(const std::optional<std::uint64_t>& count) { return count ? std::to_string(*count) : "unknown"; }

std::string ago(Micros time, Micros now) { return time == 0 ? "never" : shown_time(time) + " (" + format_ago(time, now) + ")"; }

void print_status(Context& context, const SyncStatus& status) {
  const Palette palette = Palette::of(context.color);
  std::string verdict = std::string(palette.dim) + "Unknown" + std::string(palette.reset);
  if (status.known) {
    verdict = status.in_sync() ? std::string(palette.good) + "In Sync ✓" : std::string(palette.warn) + "Out of Sync ⚠";
    verdict += palette.reset;
  }
  context.out.line(printable(status.name) + ": " + verdict);
  std::vector<std::vector<std::string>> rows{{"  In " + status.nouns.provider, shown(status.remote)},
                                             {"  In local database", shown(status.local)}};
  const auto differs = [&](std::string what, const std::optional<std::uint64_t>& count) {
    if (!count || *count > 0) rows.push_back({"  " + std::move(what), shown(count)});
  };
  differs("Only in " + status.nouns.provider, status.only_remote);
  differs("Only in local database", status.only_local);
  differs("An import would write", status.pending_import);
  differs("An export would write", status.pending_export);
  differs("Conflicts", status.conflicts);
  differs("Rejected", status.rejected);
  differs("Not taken by " + status.nouns.provider, status.not_taken);
  rows.push_back({"  Last run", ago(status.last_run, context.clock.now())});
  rows.push_back({"  Last checked", ago(status.checked_at, context.clock.now())});
  if (context.verbosity > 0 && !status.unmapped_keys.empty())
    rows.push_back({"  Remote keys without a column", printable(join(status.unmapped_keys, ", "))});
  if (!status.failure.empty()) rows.push_back({"  Problem", printable(status.failure)});
  for (std::size_t i = 0; i < std::min(status.errors.size(), kErrorsShown); ++i) rows.push_back({"  Problem", printable(status.errors[i])});
  if (status.errors.size() > kErrorsShown)
    rows.push_back({"", std::to_string(status.errors.size() - kErrorsShown) + " more, see: lockstep plan " + status.name + " --mode full"});
  context.out.lines(align(rows));
}

/// A comparison that could be made is a success whatever it found; only one that could not counts.
int status_code(const std::vector<SyncStatus>& all) {
  const auto failed = std::count_if(all.begin(), all.end(), [](const SyncStatus& status) { return !status.known; });
  if (failed == 0) return 0;
  return failed == static_cast<std::ptrdiff_t>(all.size()) ? 1 : 2;
}

}  // namespace

int status_command(Context& context) {
  RunOptions options = run_options_from(context.arguments);
  options.mode = Mode::Full;
  options.dry_run = true;
  std::vector<RunTask> tasks;
  for (const std::string& name : chosen_syncs(context)) tasks.push_back({name});
  std::vector<SyncStatus> all;
  for (const SyncReport& report : run_syncs(context, options, tasks, Voice::Silent)) all.push_back(status_of(context, report));

  int code = status_code(all);
  const bool differs = std::any_of(all.begin(), all.end(), [](const SyncStatus& status) { return !status.in_sync(); });
  if (code == 0 && differs && context.arguments.has("check")) code = 3;
  if (context.stop.stop_requested()) code = 130;
  if (context.json) {
    Json::Array syncs;
    for (const SyncStatus& status : all) syncs.push_back(status_json(status, context.verbosity > 0));
    context.print(Json::Object{{"syncs", std::move(syncs)}, {"exit", code}});
  } else if (!context.quiet) {
    for (const SyncStatus& status : all) print_status(context, status);
  }
  return code;
}

}  // namespace lockstep
