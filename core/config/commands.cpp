#include "config/commands.h"

#include "common/text.h"
#include "engine/decide/policy.h"

namespace lockstep {

namespace shared_options {

CliOption flag(const char* name, const char* help) { return {{name, OptionType::Boolean, nullptr, false, false, nullptr, help}}; }

CliOption value(const char* name, OptionType type, const char* help, const char* placeholder, const char* fallback, const char* env) {
  return {{name, type, fallback, false, false, env, help}, "", placeholder};
}

CliOption one_of(const char* name, const char* help, const char* placeholder, std::vector<std::string> choices, const char* fallback) {
  CliOption option = value(name, OptionType::Text, help, placeholder, fallback);
  option.choices = std::move(choices);
  return option;
}

CliOption repeatable(CliOption option) {
  option.repeatable = true;
  return option;
}

CliOption id() { return repeatable(value("id", OptionType::Text, "only the record with this remote id; repeatable", "ID")); }

CliOption owner() { return value("owner", OptionType::Text, "only one owner's records", "ID"); }

CliOption timeout() {
  return value("timeout", OptionType::Duration, "bound of one request with its retries, in seconds or as 250ms, 2m", "S");
}

CliOption dry_run() { return flag("dry-run", "the same decisions, no write"); }

CliOption allow_account_change() {
  return flag("allow-account-change", "go on although the API shows another account than the links belong to");
}

}  // namespace shared_options

namespace {

using shared_options::flag;
using shared_options::one_of;
using shared_options::repeatable;
using shared_options::value;

CliOption check_option() {
  return flag("check",
              "exit 3 when anything is pending: with --dry-run what the run would do, else what it left; --dry-run --quiet implies it");
}

std::vector<CliOption> import_options() {
  return {shared_options::id(),
          shared_options::owner(),
          shared_options::dry_run(),
          check_option(),
          flag("force", "write every mapped column, without change detection"),
          flag("existing-only", "update, never create"),
          one_of("on-conflict", "who wins a conflict in this run", "POLICY", on_conflict_words().texts()),
          one_of("local-edits", "keep local edits in this run, or replace them", "keep|replace", local_edits_words().texts()),
          flag("allow-mass-change", "pass the guards against a run that would change or miss too much"),
          shared_options::allow_account_change(),
          shared_options::timeout()};
}

/// Both sides are merged: nothing is forced, and what one side lacks is always made.
std::vector<CliOption> full_options() {
  std::vector<CliOption> options = import_options();
  std::erase_if(options, [](const CliOption& each) {
    const std::string_view name = each.option.name;
    return name == "force" || name == "existing-only";
  });
  return options;
}

}  // namespace

std::vector<CliOption> run_options(std::string_view run) {
  if (run == "import" || run == "export") return import_options();
  return run == "full" ? full_options() : std::vector<CliOption>();
}

std::vector<CliOption> catalogue_options() {
  return {repeatable(value("provider", OptionType::Text, "only this provider; repeatable", "P")),
          flag("force", "also what is still fresh"),
          shared_options::dry_run(),
          flag("check", "exit 3 when with --dry-run a sync is due or anything would change; --dry-run --quiet implies it"),
          flag("allow-mass-change", "believe a list that lacks over half of what was known"),
          shared_options::allow_account_change(),
          shared_options::timeout()};
}

std::vector<Command> configured_commands(const Configuration& configuration) {
  std::vector<Command> commands;
  for (const CommandEntry& entry : configuration.commands) {
    Command command{entry.name,
                    entry.run + " " + join(entry.syncs, ", ") + ", as declared in " + configuration.file,
                    "",
                    0,
                    0,
                    "",
                    run_options(entry.run)};
    if (entry.catalogue) command.options = catalogue_options();
    if (!entry.catalogue) command.options.push_back(flag("sync-missing", "accepted, and changes nothing"));
    command.aliases = entry.aliases;
    commands.push_back(std::move(command));
  }
  return commands;
}

}  // namespace lockstep
