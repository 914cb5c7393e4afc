// migrate: creates what is missing, and says the statements store by store.
#include "operations/migrate.h"

#include "cli/commands/commands.h"
#include "cli/print/answer.h"

namespace lockstep {

int migrate_command(Context& context) {
  const operations::MigrateRequest request{context.arguments.positionals, context.arguments.has("dry-run"), context.arguments.has("watch")};
  const auto done = [&](const operations::MigratedStore& migrated) {
    if (!context.for_programs() && !context.quiet) print_lines(context, migrated);
  };
  return answer(context, operations::migrate(*context.workspace, request, done, context.stop), [] {});
}

}  // namespace lockstep
