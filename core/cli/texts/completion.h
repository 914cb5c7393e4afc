// Completion: what may follow the words of a command line so far, from the same tables as the parser and --help.
//
// The scripts of the shells hold no command themselves: at each press of TAB they run `lockstep __complete WORD…` (the words behind the
// program's name up to the cursor, the last one perhaps empty) and read a line for each candidate, `WORD<TAB>HELP`. A line `:files` or
// `:directories` asks the shell to complete paths. So the commands and syncs of the configuration at hand are completed too.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.h"

namespace lockstep {

struct Completion {
  std::string word, help;
};

struct Completions {
  enum class Paths { None, Files, Directories };
  std::vector<Completion> words;
  Paths paths = Paths::None;

  /// The lines that the shells' scripts read.
  std::string lines() const;
};

/// `words`: behind the program's name, the last being the one to complete. `syncs`: names of the configuration.
Completions complete(const std::vector<std::string>& words, const std::vector<Command>& commands, const std::vector<std::string>& syncs);

/// The script of "bash", "zsh" or "fish".
std::string_view completion_script(std::string_view shell);

}  // namespace lockstep
