#include "operations/plugins.h"

namespace lockstep::operations {
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

}  // namespace

PluginsOutcome plugins(const std::vector<std::filesystem::path>& directories) { return {Registry(directories).survey(), directories}; }

Json to_json(const PluginsOutcome& outcome) {
  Json::Array plugins, directories;
  for (const PluginFile& file : outcome.plugins) plugins.push_back(file_json(file));
  for (const auto& directory : outcome.directories) directories.emplace_back(directory.string());
  return Json::Object{{"plugins", std::move(plugins)}, {"directories", std::move(directories)}};
}

}  // namespace lockstep::operations
