#include "cli/runs.h"

#include <algorithm>

#include "cli/print/run_voice.h"
#include "common/log.h"
#include "config/config_form.h"
#include "operations/report_json.h"

namespace lockstep {
namespace {

/// The parser has let only these words through.
template <class Choice>
Choice meaning(Words<Choice> words, const std::string& word) {
  return std::find_if(words.begin(), words.end(), [&](const auto& each) { return each.first == word; })->second;
}

/// All that a quiet dry run says is its exit code.
bool silent(const Context& context, const RunOptions& options) { return context.quiet && options.dry_run; }

/// A quiet dry run of a sync is a health check: the one place where --quiet decides an exit code. A command without --check has none.
bool health_check(const Context& context, const RunOptions& options) {
  return silent(context, options) && (context.configured != nullptr || parse_mode(context.arguments.command));
}

}  // namespace

RunOptions run_options_from(const Arguments& arguments) {
  RunOptions options;
  options.command = typed_command(arguments);
  options.dry_run = arguments.has("dry-run");
  options.force = arguments.has("force");
  options.existing_only = arguments.has("existing-only");
  options.allow_mass_change = arguments.has("allow-mass-change");
  options.allow_account_change = arguments.has("allow-account-change");
  options.ids = arguments.list("id");
  if (arguments.has("owner")) options.owner = arguments.text("owner");
  if (arguments.has("on-conflict")) options.on_conflict = meaning(on_conflict_words(), arguments.text("on-conflict"));
  if (arguments.has("local-edits")) options.local_edits = meaning(local_edits_words(), arguments.text("local-edits"));
  return options;
}

std::string typed_command(const Arguments& arguments) {
  std::string typed = arguments.command;
  for (const std::string& word : arguments.positionals) typed += " " + word;
  for (const char* flag : {"dry-run", "force", "existing-only", "allow-mass-change", "allow-account-change"}) {
    if (arguments.has(flag)) typed += std::string(" --") + flag;
  }
  for (const char* name : {"provider", "id", "owner", "on-conflict", "local-edits", "mode", "take"}) {
    for (const std::string& value : arguments.list(name)) typed += std::string(" --") + name + "=" + value;
  }
  return redact(typed);
}

std::vector<SyncReport> run_syncs(Context& context, const RunOptions& options, const std::vector<RunTask>& tasks, Voice voice) {
  RunVoice heard(context, {.print = voice == Voice::Lines, .log = voice != Voice::Silent, .silent = silent(context, options)});
  return run_syncs(*context.workspace, {options, tasks}, heard, context.clock, context.stop);
}

int conclude(Context& context, const RunOptions& options, const std::vector<SyncReport>& reports, Micros started_at) {
  int code = exit_code(reports);
  if (context.stop.stop_requested()) code = 130;
  const bool check = context.arguments.has("check") || health_check(context, options);
  if (code == 0 && check && anything_pending(reports, options.dry_run)) code = 3;
  if (!context.json) return code;
  const RunSummary summary{options.run, context.arguments.command, options.dry_run, code, started_at, duration_of(reports)};
  context.print(run_json(summary, reports, options.want_fields));
  return code;
}

}  // namespace lockstep
