#include "config/config.h"

#include <algorithm>

#include "common/error.h"
#include "common/text.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using yaml::Node;
using yaml::Problems;

template <class Entry>
const Entry* find_by_name(const std::vector<Entry>& entries, std::string_view name) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

/// "a.yaml" without "./" in front, so that places read as people write them.
std::string shown_path(const fs::path& path) { return path.lexically_normal().string(); }

}  // namespace

const PluginUse* Configuration::provider(std::string_view name) const { return find_by_name(providers, name); }
const PluginUse* Configuration::store(std::string_view name) const { return find_by_name(stores, name); }
const SyncUse* Configuration::sync(std::string_view name) const { return find_by_name(syncs, name); }
const CommandEntry* Configuration::command(std::string_view name) const { return find_by_name(commands, name); }
std::vector<std::string> Configuration::sync_names() const { return entry_names(syncs); }

std::vector<std::string> Configuration::members(std::string_view name) const {
  if (sync(name) != nullptr) return {std::string(name)};
  std::vector<std::string> names;
  for (const SyncUse& entry : syncs) {
    if (!name.empty() && entry.group == name) names.push_back(entry.name);
  }
  return names;
}

std::vector<std::string> Configuration::group_names() const {
  std::vector<std::string> names;
  for (const SyncUse& entry : syncs) {
    if (!entry.group.empty() && std::find(names.begin(), names.end(), entry.group) == names.end()) names.push_back(entry.group);
  }
  return names;
}

std::vector<std::string> Configuration::default_syncs() const {
  std::vector<std::string> names;
  for (const SyncUse& entry : syncs) {
    if (entry.is_default) names.push_back(entry.name);
  }
  return names;
}

std::string resolve_path(const fs::path& directory, const Node& node) {
  const fs::path path(node.scalar);
  if (node.scalar.empty() || node.scalar.front() == ':' || node.from_environment || path.is_absolute()) return node.scalar;
  return shown_path(directory / path);
}

std::string near_file(const std::string& file) {
  const fs::path path(file);
  std::error_code failure;
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(path.has_parent_path() ? path.parent_path() : ".", failure)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  const auto near = nearest(path.filename().string(), names);
  return near ? "; did you mean \"" + printable((path.parent_path() / *near).string()) + "\"?" : "";
}

Configuration read_configuration(const std::string& file, const yaml::Environment& environment, const OwnNames& own, Problems& problems) {
  std::error_code failure;
  if (!fs::exists(file, failure)) {
    throw Error(ErrorKind::Invalid, "there is no configuration " + file + near_file(file),
                "write one with `lockstep init .`, or name yours with --config FILE");
  }
  return parse_configuration(yaml::load_file(file, file, environment, problems), file, own, problems);
}

}  // namespace lockstep
