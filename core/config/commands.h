// Commands: the commands of the program and their options as data. The parser of the command line, --help, the manual, the completions and
// the keys of commands in the configuration are made from these tables.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
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

/// The commands of the program and those of the configuration.
std::vector<Command> all_commands(const Configuration& configuration);

}  // namespace lockstep
