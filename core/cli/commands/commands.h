// The functions behind the rows of table.cpp. Each reads what was given into a request, asks for it, and shows the outcome: the exit code.
#pragma once

#include <string>

#include "cli/context.h"

namespace lockstep {

int run_command(Context& context);  ///< import, export, full, and commands of the configuration
int plan_command(Context& context);
int apply_command(Context& context);
int status_command(Context& context);
int history_command(Context& context);
int conflicts_command(Context& context);
int resolve_command(Context& context);
int forget_command(Context& context);
int adopt_command(Context& context);
int rollback_command(Context& context);
int rejected_command(Context& context);
int retry_command(Context& context);
int models_command(Context& context);
int catalogue_command(Context& context);  ///< commands of the configuration with style: catalogue
int check_command(Context& context);
int migrate_command(Context& context);
int serve_command(Context& context);
int token_command(Context& context);
int plugins_command(Context& context);
int plugins_test(Context& context, const std::string& name);  ///< `plugins test NAME`
int test_command(Context& context);
int init_command(Context& context);
int completion_command(Context& context);
int man_command(Context& context);
int reference_command(Context& context);

}  // namespace lockstep
