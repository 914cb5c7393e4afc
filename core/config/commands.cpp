#include "config/commands.h"

#include "common/text.h"
#include "config/config_form.h"

namespace lockstep {
namespace {

constexpr Option flag(const char* name, const char* help) { return {name, OptionType::Boolean, nullptr, false, false, nullptr, help}; }
constexpr Option value(const char* name, OptionType type, const char* help, const char* fallback = nullptr, const char* env = nullptr) {
  return {name, type, fallback, false, false, env, help};
}

CliOption id_option() { return {value("id", OptionType::Text, "only the record with this remote id; repeatable"), "", "ID", true}; }
CliOption owner_option() { return {value("owner", OptionType::Text, "only one owner's records"), "", "ID"}; }
CliOption timeout_option() {
  return {value("timeout", OptionType::Duration, "bound of one request with its retries, in seconds or as 250ms, 2m"), "", "S"};
}
CliOption account_option() {
  return {flag("allow-account-change", "go on although the API shows another account than the links belong to")};
}
CliOption dry_run_option() { return {flag("dry-run", "the same decisions, no write")}; }

CliOption check_option() {
  return {flag("check",
               "exit 3 when anything is pending: with --dry-run what the run would do, else what it left; --dry-run --quiet implies it")};
}

std::vector<CliOption> import_options() {
  return {id_option(),
          owner_option(),
          dry_run_option(),
          check_option(),
          {flag("force", "write every mapped column, without change detection")},
          {flag("existing-only", "update, never create")},
          {value("on-conflict", OptionType::Text, "who wins a conflict in this run"), "", "POLICY", false, words_of(on_conflict_words())},
          {value("local-edits", OptionType::Text, "keep local edits in this run, or replace them"), "", "keep|replace", false,
           words_of(local_edits_words())},
          {flag("allow-mass-change", "pass the guards against a run that would change or miss too much")},
          account_option(),
          timeout_option()};
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

std::vector<CliOption> plan_options() {
  std::vector<CliOption> options{
      {value("mode", OptionType::Text, "which run to plan", "import"), "", "MODE", false, {"import", "export", "full"}},
      {value("out", OptionType::Path, "save the plan as JSON in this file"), "", "FILE"}};
  for (CliOption& option : import_options()) {
    const std::string_view name = option.option.name;
    if (name == "dry-run" || name == "force") continue;
    if (name == "check") option.option.help = "exit 3 when the run would change anything";
    options.push_back(std::move(option));
  }
  return options;
}

std::vector<CliOption> history_options() {
  return {
      {value("run", OptionType::Text, "only this run (its id or the beginning of it), with its changes"), "", "ID"},
      {value("sync", OptionType::Text, "only this sync, group or table; repeatable"), "", "SYNC", true},
      {value("record", OptionType::Text, "only changes of this record (local key or remote id)"), "", "ID"},
      {value("field", OptionType::Text, "only this column and its changes"), "", "F"},
      {value("since", OptionType::Text, "only from this time on: 2026-11-21, 2026-11-21T08:00:00Z, or 12h for the last 12 hours"), "", "T"},
      {value("limit", OptionType::Integer, "at most so many, the newest", "50"), "", "N"}};
}

std::vector<CliOption> resolve_options() {
  return {{value("take", OptionType::Text, "whose value both sides shall hold"), "", "local|remote", false, {"local", "remote"}},
          {value("value", OptionType::Text,
                 "another value for both sides: JSON, or the text itself where the column holds text; of a create, the ID of what it made"),
           "", "V"},
          timeout_option()};
}

CliOption sync_option() { return {value("sync", OptionType::Text, "of this sync, where several may be meant"), "", "NAME"}; }

std::vector<CliOption> forget_options() { return {{flag("undo", "make it anew again from the next run on")}, sync_option()}; }

std::vector<CliOption> adopt_options() {
  return {{value("row", OptionType::Text, "the row's primary key; a composite one as a JSON list"), "", "KEY"},
          sync_option(),
          timeout_option()};
}

std::vector<CliOption> plugins_options() {
  return {
      {value("option", OptionType::Text, "test: an option of the plugin; repeatable. A provider has those of the configuration besides"),
       "", "NAME=VALUE", true},
      {value("resource", OptionType::Text, "test: the resource that a provider's checks read"), "", "NAME"},
      {value("hold", OptionType::Text, "test: take this lease of a store, say so and wait; how the checks start another process"), "",
       "LEASE"}};
}

}  // namespace

const std::vector<CliOption>& global_options() {
  static const std::vector<CliOption> options{
      {value("config", OptionType::Path, "the configuration", "config/lockstep.yaml", "LOCKSTEP_CONFIG"), "", "FILE"},
      {value("plugins", OptionType::Path, "look for plugins here first; repeatable", nullptr, "LOCKSTEP_PLUGINS"), "", "DIR", true},
      {value("output", OptionType::Text, "json: one object on standard output", "text"), "", "text|json", false, {"text", "json"}},
      {flag("quiet", "only errors; a --log-file is kept all the same"), "q"},
      {flag("verbose", "-v fields, -vv requests, -vvv bodies (secrets masked)"), "v", "", true},
      {flag("no-color", "no colours (also with NO_COLOR set)")},
      {value("log-format", OptionType::Text, "how log lines are written", "text"), "", "text|json", false, {"text", "json"}},
      {value("log-file", OptionType::Path, "write the log here and not to standard error"), "", "FILE"}};
  return options;
}

std::vector<CliOption> run_options(std::string_view run) {
  if (run == "import" || run == "export") return import_options();
  return run == "full" ? full_options() : std::vector<CliOption>();
}

std::vector<CliOption> catalogue_options() {
  return {{value("provider", OptionType::Text, "only this provider; repeatable"), "", "P", true},
          {flag("force", "also what is still fresh")},
          dry_run_option(),
          {flag("check", "exit 3 when with --dry-run a sync is due or anything would change; --dry-run --quiet implies it")},
          {flag("allow-mass-change", "believe a list that lacks over half of what was known")},
          account_option(),
          timeout_option()};
}

std::vector<CliOption> models_options() {
  return {{value("provider", OptionType::Text, "only this provider's"), "", "P"},
          {value("family", OptionType::Text, "only this family: gpt-4o, gemini-pro"), "", "F"},
          {value("kind", OptionType::Text, "only this kind: chat, embedding, image"), "", "K"},
          {value("capability", OptionType::Text, "only models that have it: function_calling, vision"), "", "C"},
          {flag("all", "also models that are no longer listed")},
          {flag("stats", "how many there are, by provider")},
          {value("explain", OptionType::Text, "what is known of this model, and where it comes from"), "", "ID"},
          {value("within", OptionType::Text, "due: shutdowns within so many days", "90d"), "", "DAYS"},
          {value("since", OptionType::Text, "history: only from this time on: 2026-11-21, or 30d"), "", "T"},
          {value("limit", OptionType::Integer, "history: at most so many events, the newest", "100"), "", "N"}};
}

const std::vector<Command>& builtin_commands() {
  static const std::string syncs_help = "names of syncs; without any, every sync marked default: true";
  static const std::vector<Command> commands{
      {"import", "remote → database: creates and updates rows", "SYNC", 0, 1000, syncs_help, import_options()},
      {"export", "database → remote: creates, updates, recreates and links remote items", "SYNC", 0, 1000, syncs_help,
       run_options("export")},
      {"full", "both ways in one pass, merged field by field against the last agreed state", "SYNC", 0, 1000, syncs_help,
       run_options("full")},
      {"plan", "what a run would do, field by field; writes nothing", "SYNC", 0, 1000, syncs_help, plan_options()},
      {"apply",
       "carries out a saved plan; refuses, before the first write, if either side has moved since",
       "FILE",
       1,
       1,
       "what `lockstep plan --out FILE` saved",
       {timeout_option()}},
      {"status",
       "counts on both sides, what differs, when last synced",
       "SYNC",
       0,
       1000,
       syncs_help,
       {id_option(), owner_option(), {flag("check", "exit 3 when the sides differ")}, timeout_option()}},
      {"history", "the journal: runs, their changes, before and after", "", 0, 0, "", history_options()},
      {"conflicts", "fields that were edited on both sides and await a decision", "", 0, 0, "", {}},
      {"resolve", "decides a conflict and writes at once, on whichever side the decision asks", "ID", 1, 1,
       "as `lockstep conflicts` shows it", resolve_options()},
      {"forget", "what is gone of one pair, a row or an item, stays gone: no run makes it anew; nothing is deleted", "ID", 1, 1,
       "the remote id, or the key of the row", forget_options()},
      {"adopt", "ties a record and a row: writes the record's id into the row", "ID", 1, 1, "the remote id", adopt_options()},
      {"rollback",
       "undoes what a run wrote, where it still is what the run wrote",
       "RUN",
       1,
       1,
       "the run's id, or the beginning of it, as `lockstep history` shows it",
       {dry_run_option(),
        {flag("allow-mass-change", "pass the guard against a run that would empty too much")},
        account_option(),
        timeout_option()}},
      {"rejected", "records that were refused, with the reason", "", 0, 0, "", {}},
      {"retry",
       "tries rejected records again, in the direction in which they were refused",
       "ID",
       0,
       100000,
       "ids as `lockstep rejected` shows them, remote ids, or keys of rows; without any, all",
       {dry_run_option(), timeout_option()}},
      {"models",
       "the model catalogue in the database; `history`: what happened to models; `due`: shutdowns ahead, exit 3 when there are any",
       "WHAT",
       0,
       1,
       "history or due; without it the models themselves",
       models_options(),
       {},
       {"history", "due"}},
      {"check",
       "validates configuration, mappings and hooks, then connects",
       "",
       0,
       0,
       "",
       {{flag("offline", "connect to nothing")},
        {value("schema", OptionType::Text, "print the JSON Schema of such files, for editors, and end"),
         "",
         "configuration|mapping|provider|resources|tests",
         false,
         {"configuration", "mapping", "provider", "resources", "tests"},
         "configuration"},
        timeout_option()}},
      {"migrate",
       "creates missing tables and columns; never drops or narrows one",
       "SYNC",
       0,
       1000,
       "names of syncs; without any, all",
       {{flag("dry-run", "print the statements and run none")}}},
      {"plugins", "the plugins found: kind, version, file, loaded or refused and why; `test NAME`: the conformance checks on one", "ACTION",
       0, 2,
       "`test NAME`: does this plugin keep what its door promises? A provider is only read; a store gets a new file, or what --option "
       "names",
       plugins_options()},
      {"test",
       "runs the tests of mappings and hooks that stand beside the configuration",
       "FILE",
       0,
       1000,
       "files of tests; without any, every *.yaml in the folder tests beside the configuration",
       {}},
      {"init", "writes a commented starter configuration", "DIR", 1, 1, "the directory to write it into", {}},
      {"completion",
       "prints the script that completes commands in a shell",
       "SHELL",
       1,
       1,
       "bash, zsh or fish",
       {},
       {},
       {"bash", "zsh", "fish"}},
      {"man", "prints the manual page: lockstep man | man -l -", "", 0, 0, "", {}},
      {"reference", "prints a page of all commands, keys, converters and stages, in Markdown", "", 0, 0, "", {}}};
  return commands;
}

std::vector<Command> all_commands(const Configuration& configuration) {
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
    if (!entry.catalogue)
      command.options.push_back({{"sync-missing", OptionType::Boolean, nullptr, false, false, nullptr, "accepted, and changes nothing"}});
    command.aliases = entry.aliases;
    commands.push_back(std::move(command));
  }
  const auto& builtin = builtin_commands();
  commands.insert(commands.end(), builtin.begin(), builtin.end());
  return commands;
}

}  // namespace lockstep
