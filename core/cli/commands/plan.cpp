// plan: a dry run that shows its decisions and can save them.
#include <algorithm>

#include "cli/print/plan_view.h"
#include "cli/runs.h"
#include "common/text.h"
#include "format/json.h"
#include "operations/plan_file.h"
#include "operations/plan_key.h"
#include "operations/report_json.h"

namespace lockstep {
namespace {

/// A leaf that is only kept while its parent is sent is no change.
void leave_out_kept(RecordChange& change) {
  if (change.action == "create") return;
  std::erase_if(change.fields, [](const FieldDelta& field) { return json::canonical(field.before) == json::canonical(field.after); });
}

std::string sealed_text(Context& context, const Json& plan, const RunOptions& options, const std::vector<SyncReport>& reports) {
  std::vector<Sync*> syncs;
  for (const SyncReport& report : reports) syncs.push_back(context.workspace->load(report.name));
  return plan_text(plan, options, ensure_plan_key(syncs, context.clock));
}

Json plan_json(Context& context, const RunSummary& summary, const RunOptions& options, const std::vector<SyncReport>& reports) {
  Json plan = run_json(summary, reports, true);
  plan["mode"] = Json(to_string(options.mode));
  Json::Array& syncs = *plan["syncs"].array();
  for (std::size_t i = 0; i < syncs.size(); ++i) {
    add_fingerprints(syncs[i], *context.workspace->load(reports[i].name), options, reports[i]);
  }
  return plan;
}

}  // namespace

int plan_command(Context& context) {
  RunOptions options = run_options_from(context.arguments);
  options.mode = parse_mode(context.arguments.text("mode", "import")).value_or(Mode::Import);
  options.dry_run = true;
  options.want_fields = true;
  options.want_sightings = true;
  const Micros started_at = context.clock.now();
  options.run = make_ulid(started_at);
  std::vector<RunTask> tasks;
  for (const std::string& name : chosen_syncs(context)) tasks.push_back({name});
  std::vector<SyncReport> reports = run_syncs(context, options, tasks, Voice::Log);
  for (SyncReport& report : reports) std::for_each(report.changes.begin(), report.changes.end(), leave_out_kept);

  int code = exit_code(reports);
  if (context.stop.stop_requested()) code = 130;
  if (code == 0 && context.arguments.has("check") && anything_pending(reports, true)) code = 3;
  const RunSummary summary{options.run, "plan", true, code, started_at, duration_of(reports)};
  const std::string file = context.arguments.text("out");
  // Of a side that could not be read there is nothing to carry out.
  const bool whole = code != 130 && std::none_of(reports.begin(), reports.end(), [](const SyncReport& each) { return each.failure; });
  if (!file.empty() && whole) save_plan(file, sealed_text(context, plan_json(context, summary, options, reports), options, reports));
  if (context.json) {
    context.print(plan_json(context, summary, options, reports));
    return code;
  }
  if (context.quiet) return code;
  const Palette palette = Palette::of(context.color);
  for (const SyncReport& report : reports) {
    for (const std::string& line : show_plan(*context.workspace->load(report.name), options.mode, report, palette)) context.out.line(line);
  }
  if (!file.empty()) context.out.line(whole ? "Saved in " + printable(file) : "Not saved: there is no whole plan");
  return code;
}

}  // namespace lockstep
