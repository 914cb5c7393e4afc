#include "cli/commands/table.h"

#include <algorithm>

#include "cli/commands/commands.h"
#include "cli/print/format.h"
#include "common/text.h"
#include "config/store_address.h"

namespace lockstep {
namespace {

using shared_options::flag;
using shared_options::one_of;
using shared_options::repeatable;
using shared_options::value;

std::vector<CliOption> plan_options() {
  std::vector<CliOption> options{one_of("mode", "which run to plan", "MODE", mode_words().texts(), "import"),
                                 value("out", OptionType::Path, "save the plan as JSON in this file", "FILE")};
  for (CliOption& option : run_options("import")) {
    const std::string_view name = option.option.name;
    if (name == "dry-run" || name == "force") continue;
    if (name == "check") option.option.help = "exit 3 when the run would change anything";
    options.push_back(std::move(option));
  }
  return options;
}

std::vector<CliOption> history_options() {
  return {value("run", OptionType::Text, "only this run (its id or the beginning of it), with its changes", "ID"),
          repeatable(value("sync", OptionType::Text, "only this sync, group or table; repeatable", "SYNC")),
          value("record", OptionType::Text, "only changes of this record (local key or remote id)", "ID"),
          value("field", OptionType::Text, "only this column and its changes", "F"),
          value("since", OptionType::Text, "only from this time on: 2026-11-21, 2026-11-21T08:00:00Z, or 12h for the last 12 hours", "T"),
          value("limit", OptionType::Integer, "at most so many, the newest", "N", "50")};
}

std::vector<CliOption> resolve_options() {
  static const std::string sides = join(side_words().texts(), "|");
  return {
      one_of("take", "whose value both sides shall hold", sides.c_str(), side_words().texts()),
      value("value", OptionType::Text,
            "another value for both sides: JSON, or the text itself where the column holds text; of a create, the ID of what it made", "V"),
      shared_options::timeout()};
}

CliOption sync_option() { return value("sync", OptionType::Text, "of this sync, where several may be meant", "NAME"); }

std::vector<CliOption> forget_options() { return {flag("undo", "make it anew again from the next run on"), sync_option()}; }

std::vector<CliOption> adopt_options() {
  return {value("row", OptionType::Text, "the row's primary key; a composite one as a JSON list", "KEY"), sync_option(),
          shared_options::timeout()};
}

std::vector<CliOption> init_options() {
  return {one_of("store", "the kind of database that the configuration asks for", "KIND", store_kinds(), "sqlite")};
}

std::vector<CliOption> plugins_options() {
  return {
      repeatable(value("option", OptionType::Text,
                       "test: an option of the plugin; repeatable. A provider has those of the configuration besides", "NAME=VALUE")),
      value("resource", OptionType::Text, "test: the resource that a provider's checks read", "NAME"),
      value("hold", OptionType::Text, "test: take this lease of a store, say so and wait; how the checks start another process", "LEASE")};
}

std::vector<CliOption> check_options() {
  CliOption schema =
      one_of("schema", "print the JSON Schema of such files, for editors, and end", "configuration|mapping|provider|resources|tests",
             {"configuration", "mapping", "provider", "resources", "tests"});
  schema.bare = "configuration";
  return {flag("offline", "connect to nothing"), schema, shared_options::timeout()};
}

std::vector<CliOption> token_options() {
  return {one_of("scope", "create: what it may do", "SCOPE", scope_words().texts(), "read"),
          repeatable(value("sync", OptionType::Text, "create: the only sync that it may see; repeatable", "NAME")),
          value("expires-in", OptionType::Text, "create: how long it is good for: 90d; without it, until it is revoked", "TIME")};
}

CliOption lettered(CliOption option, const char* letter) {
  option.letter = letter;
  return option;
}

std::vector<CliOption> models_options() {
  return {value("provider", OptionType::Text, "only this provider's", "P"),
          value("family", OptionType::Text, "only this family: gpt-4o, gemini-pro", "F"),
          value("kind", OptionType::Text, "only this kind: chat, embedding, image", "K"),
          value("capability", OptionType::Text, "only models that have it: function_calling, vision", "C"),
          flag("all", "also models that are no longer listed"),
          flag("stats", "how many there are, by provider"),
          value("explain", OptionType::Text, "what is known of this model, and where it comes from", "ID"),
          value("within", OptionType::Text, "due: shutdowns within so many days", "DAYS", "90d"),
          value("since", OptionType::Text, "history: only from this time on: 2026-11-21, or 30d", "T"),
          value("limit", OptionType::Integer, "history: at most so many events, the newest", "N", "100")};
}

}  // namespace

const std::vector<CliOption>& global_options() {
  static const std::string formats = join(format_names(), "|");
  static const std::vector<CliOption> options{
      value("config", OptionType::Path, "the configuration", "FILE", "config/lockstep.yaml", "LOCKSTEP_CONFIG"),
      repeatable(value("plugins", OptionType::Path, "look for plugins here first; repeatable", "DIR", nullptr, "LOCKSTEP_PLUGINS")),
      one_of("output", "json: one object on standard output", formats.c_str(), format_names(), "text"),
      lettered(flag("quiet", "only errors; a --log-file is kept all the same"), "q"),
      lettered(repeatable(flag("verbose", "-v fields, -vv requests, -vvv bodies (secrets masked)")), "v"),
      flag("no-color", "no colours (also with NO_COLOR set)"),
      one_of("log-format", "how log lines are written", "text|json", {"text", "json"}, "text"),
      value("log-file", OptionType::Path, "write the log here and not to standard error", "FILE")};
  return options;
}

const std::vector<CommandRow>& command_rows() {
  static const std::string syncs_help = "names of syncs; without any, every sync marked default: true";
  static const std::vector<CommandRow> rows{
      {{"import", "remote → database: creates and updates rows", "SYNC", 0, 1000, syncs_help, run_options("import")},
       Needs::Configuration,
       Leaves::Writes,
       run_command},
      {{"export", "database → remote: creates, updates, recreates and links remote items", "SYNC", 0, 1000, syncs_help,
        run_options("export")},
       Needs::Configuration,
       Leaves::Writes,
       run_command},
      {{"full", "both ways in one pass, merged field by field against the last agreed state", "SYNC", 0, 1000, syncs_help,
        run_options("full")},
       Needs::Configuration,
       Leaves::Writes,
       run_command},
      {{"plan", "what a run would do, field by field; writes nothing", "SYNC", 0, 1000, syncs_help, plan_options()},
       Needs::Configuration,
       Leaves::Nothing,
       plan_command},
      {{"apply",
        "carries out a saved plan; refuses, before the first write, if either side has moved since",
        "FILE",
        1,
        1,
        "what `lockstep plan --out FILE` saved",
        {shared_options::timeout()}},
       Needs::Configuration,
       Leaves::Writes,
       apply_command},
      {{"status",
        "counts on both sides, what differs, when last synced",
        "SYNC",
        0,
        1000,
        syncs_help,
        {shared_options::id(), shared_options::owner(), flag("check", "exit 3 when the sides differ"), shared_options::timeout()}},
       Needs::Configuration,
       Leaves::Nothing,
       status_command},
      {{"history", "the journal: runs, their changes, before and after", "", 0, 0, "", history_options()},
       Needs::Configuration,
       Leaves::Nothing,
       history_command},
      {{"conflicts", "fields that were edited on both sides and await a decision", "", 0, 0, "", {}},
       Needs::Configuration,
       Leaves::Nothing,
       conflicts_command},
      {{"resolve", "decides a conflict and writes at once, on whichever side the decision asks", "ID", 1, 1,
        "as `lockstep conflicts` shows it", resolve_options()},
       Needs::Configuration,
       Leaves::Writes,
       resolve_command},
      {{"forget", "what is gone of one pair, a row or an item, stays gone: no run makes it anew; nothing is deleted", "ID", 1, 1,
        "the remote id, or the key of the row", forget_options()},
       Needs::Configuration,
       Leaves::Writes,
       forget_command},
      {{"adopt", "ties a record and a row: writes the record's id into the row", "ID", 1, 1, "the remote id", adopt_options()},
       Needs::Configuration,
       Leaves::Writes,
       adopt_command},
      {{"rollback",
        "undoes what a run wrote, where it still is what the run wrote",
        "RUN",
        1,
        1,
        "the run's id, or the beginning of it, as `lockstep history` shows it",
        {shared_options::dry_run(), flag("allow-mass-change", "pass the guard against a run that would empty too much"),
         shared_options::allow_account_change(), shared_options::timeout()}},
       Needs::Configuration,
       Leaves::Writes,
       rollback_command},
      {{"rejected", "records that were refused, with the reason", "", 0, 0, "", {}},
       Needs::Configuration,
       Leaves::Nothing,
       rejected_command},
      {{"retry",
        "tries rejected records again, in the direction in which they were refused",
        "ID",
        0,
        100000,
        "ids as `lockstep rejected` shows them, remote ids, or keys of rows; without any, all",
        {shared_options::dry_run(), shared_options::timeout()}},
       Needs::Configuration,
       Leaves::Writes,
       retry_command},
      {{"models",
        "the model catalogue in the database; `history`: what happened to models; `due`: shutdowns ahead, exit 3 when there are any",
        "WHAT",
        0,
        1,
        "history or due; without it the models themselves",
        models_options(),
        {},
        {"history", "due"}},
       Needs::Configuration,
       Leaves::Nothing,
       models_command},
      {{"check", "validates configuration, mappings and hooks, then connects", "", 0, 0, "", check_options()},
       Needs::Configuration,
       Leaves::Nothing,
       check_command},
      {{"migrate",
        "creates missing tables and columns; never drops or narrows one",
        "SYNC",
        0,
        1000,
        "names of syncs; without any, all",
        {flag("dry-run", "print the statements and run none"),
         flag("watch", "make the triggers, too, by which a database server says that rows of a sync with `watch: true` have changed")}},
       Needs::Configuration,
       Leaves::Writes,
       migrate_command},
      {{"serve", "an HTTP service until it is stopped: API, runs in the background, events", "", 0, 0, "", {}},
       Needs::Configuration,
       Leaves::Writes,
       serve_command},
      {{"token", "tokens of the service: `create NAME` shows a new one once, `list`, `revoke NAME`", "ACTION", 1, 2,
        "create, list or revoke; and the token's name", token_options()},
       Needs::Configuration,
       Leaves::Nothing,
       token_command},
      {{"plugins", "the plugins found: kind, version, file, loaded or refused and why; `test NAME`: the conformance checks on one",
        "ACTION", 0, 2,
        "`test NAME`: does this plugin keep what its door promises? A provider is only read; a store gets a new file, or what --option "
        "names",
        plugins_options()},
       Needs::Nothing,
       Leaves::Nothing,
       plugins_command},
      {{"test",
        "runs the tests of mappings and hooks that stand beside the configuration",
        "FILE",
        0,
        1000,
        "files of tests; without any, every *.yaml in the folder tests beside the configuration",
        {}},
       Needs::Configuration,
       Leaves::Nothing,
       test_command},
      {{"init", "writes a commented starter configuration", "DIR", 1, 1, "the directory to write it into", init_options()},
       Needs::Nothing,
       Leaves::Writes,
       init_command},
      {{"completion",
        "prints the script that completes commands in a shell",
        "SHELL",
        1,
        1,
        "bash, zsh or fish",
        {},
        {},
        {"bash", "zsh", "fish"}},
       Needs::Nothing,
       Leaves::Nothing,
       completion_command},
      {{"man", "prints the manual page: lockstep man | man -l -", "", 0, 0, "", {}}, Needs::Nothing, Leaves::Nothing, man_command},
      {{"reference", "prints a page of all commands, keys, converters and stages, in Markdown", "", 0, 0, "", {}},
       Needs::Nothing,
       Leaves::Nothing,
       reference_command}};
  return rows;
}

const CommandRow* find_command(std::string_view name) {
  const std::vector<CommandRow>& rows = command_rows();
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const CommandRow& row) { return row.command.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

const std::vector<Command>& builtin_commands() {
  static const std::vector<Command> commands = [] {
    std::vector<Command> all;
    for (const CommandRow& row : command_rows()) all.push_back(row.command);
    return all;
  }();
  return commands;
}

std::vector<Command> all_commands(const Configuration& configuration) {
  std::vector<Command> commands = configured_commands(configuration);
  commands.insert(commands.end(), builtin_commands().begin(), builtin_commands().end());
  return commands;
}

const OwnNames& own_names() {
  static const OwnNames names = [] {
    OwnNames all;
    for (const CommandRow& row : command_rows()) all.commands.push_back(row.command.name);
    for (const CliOption& option : global_options()) all.options.emplace_back(option.option.name);
    return all;
  }();
  return names;
}

}  // namespace lockstep
