// Context: what a command works with. Made once by the program, lent to the command.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/arguments.h"
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
  bool json = false;
  bool quiet = false;
  int verbosity = 0;
  bool color = false;           ///< of standard output
  bool progress = false;        ///< standard error is a terminal and may show a progress line
  bool problems_logged = true;  ///< false where the log would repeat the run's own lines on the same terminal
  std::vector<std::filesystem::path> plugin_directories = {};
  PluginSource* plugins = nullptr;
  std::unique_ptr<Workspace> workspace = nullptr;  ///< null for commands that need no configuration
  const CommandEntry* configured = nullptr;        ///< the command is one of the configuration

  /// One JSON object, a line.
  void print(const Json& object) const;
};

/// What a command answers is the exit code; what it throws is told by the program.
int run_command(Context& context);  ///< import, and commands of the configuration
int retry_command(Context& context);
int catalogue_command(Context& context);  ///< commands of the configuration with style: catalogue
int models_command(Context& context);
int plan_command(Context& context);
int apply_command(Context& context);
int conflicts_command(Context& context);
int resolve_command(Context& context);
int forget_command(Context& context);
int adopt_command(Context& context);
int status_command(Context& context);
int history_command(Context& context);
int rollback_command(Context& context);
int rejected_command(Context& context);
int check_command(Context& context);
int migrate_command(Context& context);
int plugins_command(Context& context);
int plugins_test(Context& context, const std::string& name);  ///< `plugins test NAME`
int test_command(Context& context);
int init_command(Context& context);
int completion_command(Context& context);
int man_command(Context& context);
int reference_command(Context& context);

}  // namespace lockstep
