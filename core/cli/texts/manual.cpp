#include "cli/texts/manual.h"
#include "cli/commands/table.h"
#include "common/text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "cli/print/output.h"

namespace lockstep {
namespace {

using Row = std::pair<const char*, const char*>;

constexpr std::array<Row, 5> kExitCodes{
    {{"0", "All that was asked is done, or there was nothing to do."},
     {"1", "Nothing was done: bad usage or configuration, or every sync failed as a whole (refused, unreachable, list incomplete)."},
     {"2", "Some syncs failed and others did not, or a record failed, was rejected or awaits a decision."},
     {"3", "Only with --check, or --dry-run --quiet: changes are pending."},
     {"130", "Interrupted: what was committed stays, and the next run goes on from there."}}};

constexpr std::array<Row, 6> kFiles{
    {{"config/lockstep.yaml", "The configuration: stores, providers, syncs and commands of your own."},
     {"config/mappings/*.yaml", "Mappings: which column holds which field."},
     {"config/providers/*.yaml", "Tables: APIs that the plugin rest speaks to."},
     {"config/schema/*.json", "JSON Schemas of these, for editors."},
     {"scripts/*.lua", "Hooks: who owns a new row, and whatever else a mapping cannot say."},
     {".env", "Variables, in the working directory, else beside the configuration. The real environment wins."}}};

/// Text as roff takes it: no escape begins by accident, a hyphen is one that can be copied, and no line starts a request.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  if (out.starts_with('.') || out.starts_with('\'')) out.insert(0, "\\&");
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + escaped(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + escaped(text) + "\\fR"; }

/// A tagged paragraph.
std::string item(const std::string& tag, std::string_view text) { return ".TP\n" + tag + "\n" + escaped(text) + "\n"; }

std::string option_item(const CliOption& option) {
  std::string tag = *option.letter == '\0' ? "" : bold("-" + std::string(option.letter)) + ", ";
  tag += bold("--" + std::string(option.option.name));
  if (takes_value(option)) {
    const std::string value = italic(option.placeholder);
    tag += option.bare != nullptr ? " [" + value + "]" : " " + value;
  }
  return item(tag, help_text(option));
}

std::string command_section(const Command& command) {
  std::string usage = bold("lockstep " + command.name);
  if (!command.options.empty()) usage += " [" + italic("OPTION") + "\\|.\\|.\\|.]";
  if (!command.positional.empty()) {
    const std::string word = italic(command.positional);
    usage += command.least > 0 ? " " + word : " [" + word + (command.most > 1 ? "\\|.\\|.\\|.]" : "]");
  }
  std::string out = ".SS " + escaped(command.name) + "\n" + usage + "\n.PP\n" + escaped(capitalised(command.summary)) + ".\n";
  if (!command.positional.empty()) out += item(italic(command.positional), command.positional_help);
  for (const CliOption& option : command.options) out += option_item(option);
  return out;
}

std::string variables() {
  std::string out;
  for (const CliOption& option : global_options()) {
    if (option.option.env != nullptr) out += item(bold(option.option.env), "stands in for --" + std::string(option.option.name));
  }
  return out + item(bold("NO_COLOR"), "when set: no colours") +
         item(bold("VAPI_API_KEY") + ", " + bold("LOCKSTEP_DB"), "what the shipped configuration reads; any value may hold ${NAME}");
}

template <std::size_t Count>
std::string rows(const std::array<Row, Count>& table) {
  std::string out;
  for (const auto& [name, text] : table) out += item(bold(name), text);
  return out;
}

}  // namespace

std::string manual(const std::vector<Command>& commands) {
  std::string out =
      ".\\\" Made by `lockstep man` from the tables of commands and options.\n.TH LOCKSTEP 1 \"\" \"lockstep " LOCKSTEP_VERSION
      "\" \"User Commands\"\n"
      ".SH NAME\nlockstep \\- keeps a remote API and a SQL database in step\n"
      ".SH SYNOPSIS\n.B lockstep\n.I COMMAND\n.RI [ OPTION \"\\|.\\|.\\|.]\"\n"
      ".SH DESCRIPTION\n"
      "Lockstep reads the items of a remote API, maps their fields to columns as YAML files say, and keeps the rows of a SQL "
      "database in step with them: with a preview, change detection and a journal.\nIt never deletes.\n"
      ".SH COMMANDS\n";
  for (const Command& command : commands) out += command_section(command);
  out += ".SH OPTIONS\nEvery command has these, before or behind its name.\n";
  for (const CliOption& option : global_options()) out += option_item(option);
  out += item(bold("-h") + ", " + bold("--help"), "print the help of the program or of the command");
  out += item(bold("--version"), "print the version");
  out += ".SH \"EXIT STATUS\"\n" + rows(kExitCodes);
  out += ".SH ENVIRONMENT\n" + variables();
  out += ".SH FILES\n" + rows(kFiles);
  return out;
}

}  // namespace lockstep
