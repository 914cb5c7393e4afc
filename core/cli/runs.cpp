#include "cli/runs.h"

#include "cli/print/answer.h"
#include "common/log.h"
#include "engine/decide/policy.h"

namespace lockstep {
namespace {

/// All that a quiet dry run says is its exit code.
bool silent(const Context& context, const RunOptions& options) { return context.quiet && options.dry_run; }

/// A quiet dry run of a sync is a health check: the one place where --quiet decides an exit code. A command without --check has none.
bool health_check(const Context& context, const RunOptions& options) {
  return silent(context, options) && (context.configured != nullptr || mode_words().find(context.arguments.command));
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
  // The parser has let only these words through.
  if (arguments.has("on-conflict")) options.on_conflict = on_conflict_words().find(arguments.text("on-conflict"));
  if (arguments.has("local-edits")) options.local_edits = local_edits_words().find(arguments.text("local-edits"));
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

const std::vector<std::string>& named_syncs(const Context& context) {
  return context.configured != nullptr ? context.configured->syncs : context.arguments.positionals;
}

RunVoice::Settings settings_of(const Context& context, const RunOptions& options, Voice voice) {
  return {.print = voice == Voice::Lines, .log = voice != Voice::Silent, .silent = silent(context, options)};
}

RunVoice::Settings settings_of(const Context& context, const RunOptions& options) {
  return settings_of(context, options, context.for_programs() ? Voice::Log : Voice::Lines);
}

bool wants_fields(const Context& context, const RunOptions& options) {
  return context.verbosity > 0 || (context.for_programs() && options.dry_run);
}

bool wants_check(const Context& context, const RunOptions& options) {
  return context.arguments.has("check") || health_check(context, options);
}

int conclude(Context& context, const operations::RunOutcome& outcome) {
  return answer(context, outcome, [] {});
}

}  // namespace lockstep
