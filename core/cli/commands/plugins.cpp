// plugins: what lies in the plugin directories, and what came of loading it; `plugins test NAME` is in command_plugins_test.cpp.
#include "cli/context.h"
#include "common/error.h"
#include "common/text.h"
#include "plugin/registry.h"

namespace lockstep {
namespace {

Json file_json(const PluginFile& file) {
  return Json::Object{{"name", file.name},
                      {"kind", file.kind.empty() ? Json() : Json(file.kind)},
                      {"version", file.version},
                      {"summary", file.summary},
                      {"file", file.path.lexically_normal().string()},
                      {"loaded", file.loaded},
                      {"refused", file.refused.empty() ? Json() : Json(file.refused)}};
}

void print_files(Context& context, const std::vector<PluginFile>& files) {
  if (files.empty()) {
    context.out.line("No plugins found. Looked in:");
    for (const auto& directory : context.plugin_directories) context.out.line("  " + printable(directory.string()));
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

}  // namespace

int plugins_command(Context& context) {
  if (const auto& words = context.arguments.positionals; !words.empty()) {
    if (words[0] != "test" || words.size() != 2) {
      throw Error(ErrorKind::Invalid, "plugins takes nothing, or: test NAME", "run: lockstep plugins test NAME");
    }
    return plugins_test(context, words[1]);
  }
  Registry registry(context.plugin_directories);
  const std::vector<PluginFile> files = registry.survey();
  if (context.json) {
    Json::Array plugins, directories;
    for (const PluginFile& file : files) plugins.push_back(file_json(file));
    for (const auto& directory : context.plugin_directories) directories.emplace_back(directory.string());
    context.print(Json::Object{{"plugins", std::move(plugins)}, {"directories", std::move(directories)}});
  } else if (!context.quiet) {
    print_files(context, files);
  }
  return 0;
}

}  // namespace lockstep
