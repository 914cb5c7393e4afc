#include "cli/print/lines.h"
#include "common/text.h"
#include "operations/plugins.h"

namespace lockstep {

void print_lines(Context& context, const operations::PluginsOutcome& outcome) {
  const std::vector<PluginFile>& files = outcome.plugins;
  if (files.empty()) {
    context.out.line("No plugins found. Looked in:");
    for (const auto& directory : outcome.directories) context.out.line("  " + printable(directory.string()));
    return;
  }
  std::vector<std::vector<std::string>> rows{{"NAME", "KIND", "VERSION", "STATE", "FILE"}};
  for (const PluginFile& file : files) {
    rows.push_back({printable(file.name), file.kind, printable(file.version), file.loaded ? "loaded" : "refused",
                    printable(file.path.lexically_normal().string())});
  }
  context.out.lines(align(rows));
  for (const PluginFile& file : files) {
    if (!file.refused.empty()) context.out.line(printable(file.path.filename().string()) + ": " + printable(file.refused));
  }
}

}  // namespace lockstep
