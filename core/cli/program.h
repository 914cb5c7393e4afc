// Program: from the words of a command line to its exit code.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/context.h"

namespace lockstep {

struct ProgramInput {
  std::vector<std::string> words;    ///< behind the program's name
  std::filesystem::path executable;  ///< plugins are found relative to it
  std::stop_token stop;
  bool out_is_terminal = false;
  bool diagnostics_is_terminal = false;
  bool one_stream = false;          ///< standard output and standard error end in the same file, pipe or terminal
  PluginSource* plugins = nullptr;  ///< instead of the plugin directories: for tests
};

/// Runs one command. Never throws; every failure is printed and answered by an exit code: 0, 1, 2, 3 or 130.
int run_program(const ProgramInput& input, Environment& environment, const Clock& clock, Output& out, Output& diagnostics);

}  // namespace lockstep
