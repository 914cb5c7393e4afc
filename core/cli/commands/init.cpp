// init: writes the starter configuration.
#include "cli/commands/commands.h"
#include "cli/context.h"
#include "cli/texts/starter.h"
#include "common/text.h"
#include "config/store_address.h"

namespace lockstep {

int init_command(Context& context) {
  const std::filesystem::path directory(context.arguments.positionals.front());
  const std::string store = context.arguments.text("store");
  std::string text;
  const std::vector<std::filesystem::path> written = write_starter(directory, starter_for(store, text));
  if (context.for_programs()) {
    Json::Array files;
    for (const auto& path : written) files.emplace_back(path.string());
    context.print(Json::Object{{"files", std::move(files)}, {"exit", 0}});
    return 0;
  }
  if (context.quiet) return 0;
  for (const auto& path : written) context.out.line("Wrote " + printable(path.string()));
  context.out.line("Next:");
  if (directory.lexically_normal() != ".") context.out.line("  cd " + printable(directory.string()));
  context.out.line("  echo 'VAPI_API_KEY=…' > .env && chmod 600 .env");
  const bool served = !store.empty() && store != store_kinds().front();
  if (served) context.out.line("  echo 'LOCKSTEP_STORE=" + store + "://USER@HOST/DATABASE' >> .env");
  context.out.line("  lockstep check");
  context.out.line("  lockstep migrate");
  context.out.line("  lockstep assistants:sync --dry-run");
  return 0;
}

}  // namespace lockstep
