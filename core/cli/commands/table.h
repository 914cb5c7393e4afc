// The table of commands: each is a row with its name, its options, what it needs and the function that it is. Parser, --help, manual, page
// of reference and completions are made from it.
#pragma once

#include <string_view>
#include <vector>

#include "config/commands.h"

namespace lockstep {

struct Context;

/// What has to be there before a command can run.
enum class Needs { Nothing, Configuration };
/// What a command leaves behind unless it is a dry run.
enum class Leaves { Nothing, Writes };

struct CommandRow {
  Command command;
  Needs needs;
  Leaves leaves;
  /// Answers the exit code; what it throws is told by the program.
  int (*run)(Context&);
};

/// In the order of the program's help.
const std::vector<CommandRow>& command_rows();
/// nullptr when the program has no such command.
const CommandRow* find_command(std::string_view name);

/// The rows as the parser sees them.
const std::vector<Command>& builtin_commands();
/// The configuration's commands and the program's.
std::vector<Command> all_commands(const Configuration& configuration);
/// What every command has.
const std::vector<CliOption>& global_options();
/// What the configuration cannot give a meaning again.
const OwnNames& own_names();

}  // namespace lockstep
