// Arguments: commands and their options as tables, and what was given for them. The parser and --help are made from these tables.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/options.h"

namespace lockstep {

/// One command-line option. `option` is a row as plugins have it; a Boolean one is a flag without a value.
struct CliOption {
  Option option;
  const char* letter = "";                ///< "q" for -q
  const char* placeholder = "";           ///< "FILE"
  bool repeatable = false;                ///< values add up; a flag counts (-vvv)
  std::vector<std::string> choices = {};  ///< allowed texts; empty: any
  const char* bare = nullptr;             ///< the value when it is given without one; nullptr: it needs one
};

/// A command as the parser sees it.
struct Command {
  std::string name;
  std::string summary;
  std::string positional;  ///< "SYNC", "ID", "DIR"; empty: none
  std::size_t least = 0;   ///< positionals that must be given
  std::size_t most = 0;
  std::string positional_help;
  std::vector<CliOption> options;
  /// Other names under which an option of a configured command is given: "user-id" → "owner".
  std::map<std::string, std::string> aliases = {};
  std::vector<std::string> positional_choices = {};  ///< allowed positionals; empty: any
};

/// What every command has.
const std::vector<CliOption>& global_options();
/// The commands of the program, in the order of its help.
const std::vector<Command>& builtin_commands();
/// Options of a run of this kind ("import"), as the commands of that name have them.
std::vector<CliOption> run_options(std::string_view run);

/// Options of a command of the configuration with style: catalogue.
std::vector<CliOption> catalogue_options();

/// Everything that --help says of an option: its help, choices, default and variable.
std::string help_text(const CliOption& option);
/// "--owner", "--user-id": the names of an option in a command, its own first.
std::vector<std::string> long_names(const CliOption& option, const Command* command);
/// True when it is given with a value.
bool takes_value(const CliOption& option);

/// What was given, by option name.
class Arguments {
 public:
  std::string command;
  std::vector<std::string> positionals;

  void add(const std::string& option, std::string value) { values_[option].push_back(std::move(value)); }
  bool has(std::string_view option) const { return values_.contains(option); }
  /// The last value given, or `fallback`.
  std::string text(std::string_view option, std::string_view fallback = {}) const;
  std::vector<std::string> list(std::string_view option) const;
  /// How often a flag was given.
  std::size_t count(std::string_view option) const { return list(option).size(); }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

struct Parsed {
  Arguments arguments;
  std::string help;  ///< asked for: print this and end
  bool version = false;
};

/// Parses the words behind the program's name. Throws Error{Invalid} with a suggestion for unknown commands and options.
Parsed parse_arguments(const std::vector<std::string>& words, const std::vector<Command>& commands);

/// `; did you mean "plan"?` for a command that is not among `names`: by its meaning ("diff"), else by its spelling; empty: nothing near.
std::string other_command(const std::string& word, const std::vector<std::string>& names);

/// Global options and the command's name from words that may not parse as a whole yet: the configuration that is named among them
/// may declare the command. Never throws.
Arguments glance(const std::vector<std::string>& words);

}  // namespace lockstep
