// Arguments: what was given on the command line, parsed by the tables of the commands.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/commands.h"

namespace lockstep {

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

/// The option `limit`, 0 for no limit. Throws Error{Invalid} when it is no number, or negative.
std::size_t limit_of(const Arguments& given, std::string_view fallback);

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
