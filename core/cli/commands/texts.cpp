// completion, man and reference: texts that are made from the program's own tables.
#include "cli/commands/commands.h"
#include "cli/commands/table.h"
#include "cli/context.h"
#include "cli/texts/completion.h"
#include "cli/texts/manual.h"
#include "cli/texts/reference.h"
#include "plugin/registry.h"

namespace lockstep {
namespace {

int give(Context& context, std::string_view name, std::string text) {
  if (context.for_programs()) {
    context.print(Json::Object{{std::string(name), std::move(text)}, {"exit", 0}});
  } else {
    context.out.lines(text);
  }
  return 0;
}

}  // namespace

int completion_command(Context& context) {
  return give(context, "script", std::string(completion_script(context.arguments.positionals.front())));
}

int reference_command(Context& context) {
  Registry registry(context.plugin_directories);
  return give(context, "page", reference(builtin_commands(), registry));
}

int man_command(Context& context) { return give(context, "page", manual(builtin_commands())); }

}  // namespace lockstep
