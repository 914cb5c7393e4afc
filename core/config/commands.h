// Commands as data: their options, and the commands that a configuration declares, which are runs of the program's own kinds. The program's
// commands themselves are rows of cli/commands/table.cpp.
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

/// Rows that several commands share.
namespace shared_options {
/// It has no value.
CliOption flag(const char* name, const char* help);
/// `fallback`: what it is when it is not given; `env`: the variable that says so then.
CliOption value(const char* name, OptionType type, const char* help, const char* placeholder, const char* fallback = nullptr,
                const char* env = nullptr);
/// One of these texts.
CliOption one_of(const char* name, const char* help, const char* placeholder, std::vector<std::string> choices,
                 const char* fallback = nullptr);
/// The same, whose values add up.
CliOption repeatable(CliOption option);
CliOption id();
CliOption owner();
CliOption timeout();
CliOption dry_run();
CliOption allow_account_change();
}  // namespace shared_options

/// Options of a run of this kind ("import"), as the commands of that name have them.
std::vector<CliOption> run_options(std::string_view run);

/// Options of a command of the configuration with style: catalogue.
std::vector<CliOption> catalogue_options();

/// The commands of the configuration.
std::vector<Command> configured_commands(const Configuration& configuration);

}  // namespace lockstep
