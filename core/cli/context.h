// Context: what a command works with. Made once by the program, lent to the command.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/print/format.h"
#include "cli/print/output.h"
#include "common/time.h"
#include "config/environment.h"
#include "config/workspace.h"
#include "data/json.h"

namespace lockstep {

struct Context {
  Arguments arguments;
  Output& out;
  Output& diagnostics;  ///< standard error, for what is no log line
  Environment& environment;
  std::stop_token stop;
  const Clock& clock;
  const Format* format = &format_named("text");
  bool quiet = false;
  int verbosity = 0;
  bool color = false;           ///< of standard output
  bool progress = false;        ///< standard error is a terminal and may show a progress line
  bool problems_logged = true;  ///< false where the log would repeat the run's own lines on the same terminal
  std::vector<std::filesystem::path> plugin_directories = {};
  PluginSource* plugins = nullptr;
  std::unique_ptr<Workspace> workspace = nullptr;                         ///< null for commands that need no configuration
  std::function<std::shared_ptr<const Workspace>()> read_anew = nullptr;  ///< the configuration as it is now; throws its mistakes
  const CommandEntry* configured = nullptr;                               ///< the command is one of the configuration

  /// Programs read the answer: one object in the format that they asked for, and no lines for people.
  bool for_programs() const { return format->write != nullptr; }
  void print(const Json& object) const;
};

}  // namespace lockstep
